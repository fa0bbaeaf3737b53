import Domain
import Foundation
import Simulation
import Testing

/// What the engine promises against its peers, on the published days and on some that nobody has seen.
@Suite("The engine's figures", .enabled(if: !Expected.names.isEmpty))
struct EngineFiguresTests {
    private static let worlds = [
        "balanced", "morning_peak", "skill_n", "skill_w", "no_show", "transfers", "surge_outage",
    ]

    /// Published days 0 to 3 and two generated ones. Fewer than the published tables have, so the bars have slack.
    private func comparison(_ world: String) async throws -> Comparison {
        func file(_ path: String) throws -> Data {
            try Data(contentsOf: Expected.scenarios.appendingPathComponent(path))
        }
        let scenario = try Scenario(json: file("config/\(world).json"))
        let published = try (0..<4).map { try Day(json: file("days/\(world)_\($0).json"), scenario: scenario) }
        let generated = (9000..<9002).map { DayGenerator(scenario).day(seed: $0) }
        return try await Comparison(
            [.engine, .bcgov, .zms], days: published + generated, scenario: scenario, workers: 1)
    }

    @Test func `People wait and cost less than under the peers' rules, in each scenario and over all`() async throws {
        var logs: [String: Double] = [:]
        for world in Self.worlds {
            let comparison = try await comparison(world)
            let ratio = { (metric: String, base: Policy) in comparison.ratio(metric, of: .engine, to: base).mean }
            for metric in ["mean", "p90", "p99", "J"] {
                logs[metric, default: 0] += log(ratio(metric, .bcgov)) / Double(Self.worlds.count)
            }
            logs["zms", default: 0] += log(ratio("J", .zms)) / Double(Self.worlds.count)
            #expect(ratio("mean", .bcgov) < 0.93, "\(world)")
            #expect(ratio("p99", .bcgov) < 1.08, "\(world)")
            #expect(ratio("J", .bcgov) < 0.97, "\(world)")
            let punctual = comparison.estimate("punct10", of: .engine).mean
            #expect(punctual > (world == "no_show" ? 0.89 : 0.945), "\(world)")
            #expect(comparison.estimate("prio_mean", of: .engine).mean < 4, "\(world)")
        }
        let bars = ["mean": 0.83, "p90": 0.79, "p99": 0.85, "J": 0.79, "zms": 0.74]
        for (figure, bar) in bars { #expect(exp(logs[figure] ?? .infinity) < bar, "\(figure)") }
    }

    @Test func `Stricter dials let booked people and priority groups wait less, and gamma the short services`() throws {
        let scenario = try Worlds.small(walkIns: 100, booked: 60)
        func means(_ change: (inout RoutingDials) -> Void) throws -> [String: Double] {
            var dials = RoutingDials()
            change(&dials)
            let days = try (0..<12).map {
                try Policy.engineLite.metrics(DayGenerator(scenario).day(seed: $0), of: scenario, dials: dials)
            }
            return Dictionary(
                uniqueKeysWithValues: DayMetrics.names.map { name in
                    (name, days.compactMap { $0[name] }.reduce(0, +) / Double(days.count))
                })
        }
        func value(_ name: String, _ figures: [String: Double]) -> Double { figures[name] ?? .nan }
        let usual = try means { _ in }
        let punctual = try means { $0.appointmentStrictness = 5 }
        let caring = try means { $0.priorityStrictness = 5 }
        let fair = try means { $0.gamma = 0 }
        #expect(value("appt_mean", punctual) < value("appt_mean", usual))
        #expect(value("prio_mean", caring) < value("prio_mean", usual))
        #expect(value("mean", usual) < value("mean", fair))
    }
}

@Suite("Punctuality")
struct PunctualityTests {
    @Test func `More of the booked people are called in time the more that counts`() throws {
        let scenario = try Worlds.small(walkIns: 100, booked: 64)
        func share(_ punctuality: Double) throws -> Double {
            var dials = RoutingDials()
            dials.punctuality = punctuality
            return try (0..<12).map {
                try Policy.engine.metrics(DayGenerator(scenario).day(seed: $0), of: scenario, dials: dials)["punct10"]
                    ?? .nan
            }.mean
        }
        #expect(try share(500) > share(0) + 0.01)
    }
}

@Suite("Dials of the engine")
struct OperatorDialTests {
    @Test func `The defaults are in range, and what is not is named with its range`() {
        #expect(RoutingDials().problems().isEmpty)
        var dials = RoutingDials()
        dials.gamma = 2.5
        dials.guardFactor = -1
        dials.guardMinutes = .nan
        dials.appointmentStrictness = 0
        dials.priorityStrictness = .infinity
        dials.punctuality = -1
        dials.flexibility = 1.01
        dials.lookAhead.samples = 201
        dials.clerkMinutePrice = 0.5
        #expect(
            dials.problems().map(\.dial) == [
                .gamma, .guardFactor, .guardMinutes, .appointmentStrictness, .priorityStrictness, .punctuality,
                .flexibility, .lookAheadSamples, .clerkMinutePrice,
            ])
        #expect(dials.problems()[0].description.hasPrefix("gamma is 2.5, and must be from 0.0 to 2.0."))
    }

    @Test func `Dials are written and read, and what is not given keeps its default`() throws {
        let some = try JSONDecoder().decode(
            RoutingDials.self,
            from: Data(#"{"gamma":0.5,"lookAhead":false,"priorityStrictness":2,"clerkMinutePrice":35}"#.utf8))
        #expect(some.gamma == 0.5)
        #expect(!some.lookAhead.isOn)
        #expect(some.priorityStrictness == 2)
        #expect(some.punctuality == RoutingDials().punctuality)
        #expect(some.clerkMinutePrice == 35)
        #expect(some.guardMinutes == RoutingDials().guardMinutes)
        #expect(try JSONDecoder().decode(RoutingDials.self, from: JSONEncoder().encode(some)) == some)
    }

    @Test func `Without look-ahead the engine is the index under the guard`() throws {
        let scenario = try Worlds.small(walkIns: 60, booked: 30)
        let day = DayGenerator(scenario).day(seed: 6)
        var dials = RoutingDials()
        let ahead = try Policy.engine.run(day, of: scenario, dials: dials)
        dials.lookAhead.isOn = false
        let off = try Policy.engine.run(day, of: scenario, dials: dials)
        dials.lookAhead.isOn = true
        dials.lookAhead.samples = 0
        #expect(try Policy.engine.run(day, of: scenario, dials: dials) == off)
        #expect(off != ahead)
    }
}
