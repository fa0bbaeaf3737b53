import Domain
import Foundation
import Simulation
import Testing

@Suite("People with several services")
struct ItineraryTrialTests {
    /// Six windows for four services: four narrow ones, and two that serve two services each.
    private static let hall = HallConfiguration(
        hall: "h", timeZone: "Asia/Shanghai",
        services: [
            "household": QueuedService(letter: "A", meanMinutes: 8),
            "insurance": QueuedService(letter: "B", meanMinutes: 6),
            "property": QueuedService(letter: "C", meanMinutes: 12),
            "tax": QueuedService(letter: "D", meanMinutes: 10),
        ],
        windows: [
            "1": ["household"], "2": ["insurance"], "3": ["property"], "4": ["tax"], "5": ["household", "insurance"],
            "6": ["property", "tax"],
        ])

    /// A morning of four hours: each needs two or three services, named in any order.
    private func visitors(_ seed: UInt64, count: Int = 55) -> [ItineraryTrial.Visitor] {
        var random = SplitMix(state: seed)
        let arrivals = (0..<count).map { _ in Int64.random(in: 0..<4 * 3600, using: &random) }.sorted()
        return arrivals.map { arrives in
            let wanted = Self.hall.services.keys.sorted().shuffled(using: &random)
                .prefix(Int.random(in: 2...3, using: &random))
            let lengths = wanted.map { service in
                // Exponential around half the mean, above the other half.
                let mean = (Self.hall.services[service]?.meanMinutes ?? 0) * 60
                return Int64(mean / 2 - mean / 2 * log(Double.random(in: 0.001..<1, using: &random)))
            }
            return ItineraryTrial.Visitor(arrives: arrives, services: Array(wanted), lengths: lengths)
        }
    }

    private func trial(_ seed: UInt64) throws -> ItineraryTrial {
        ItineraryTrial(
            visitors(seed), in: Self.hall, opens: try #require(Timestamp(rfc3339: "2026-11-23T09:00:00+08:00")))
    }

    @Test func `Who may go wherever a window is free first waits a fifth less in all than in the order given`() throws {
        var free = 0.0
        var fixed = 0.0
        for seed in 1...12 as ClosedRange<UInt64> {
            let trial = try trial(seed)
            free += try trial.run(.free, by: EnginePolicy()).waits.mean
            fixed += try trial.run(.asGiven, by: EnginePolicy()).waits.mean
        }
        // 16.7 and 21.4 minutes a person.
        #expect(free < fixed * 0.85)
    }

    @Test(arguments: ItineraryTrial.Order.allCases)
    func `Everybody gets every service once, and stays for the waits and the services`(
        order: ItineraryTrial.Order
    ) throws {
        let people = visitors(7)
        let result = try trial(7).run(order, by: DueTimePolicy())
        for (index, person) in people.enumerated() {
            let served = Double(person.lengths.reduce(0, +)) / 60
            #expect(abs(result.stays[index] - served - result.waits[index]) < 0.001)
        }
        #expect(result.wentOn > 0)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
