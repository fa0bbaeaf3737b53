import Simulation
import Testing

@testable import Domain

@Suite("Futures rolled in reused memory")
struct RolloutTests {
    /// Looks at every call: the reused memory must choose whom the rule chooses.
    private struct ComparingRule: AssignmentRule {
        var rule = GuardedIndexRule(random: CounterRandom(1))
        let rollout: Rollout
        let prospect: Prospect
        var compared = 0
        var different = 0

        mutating func admit(_ person: inout Waiting, on floor: HallFloor) { rule.admit(&person, on: floor) }

        mutating func next(on floor: HallFloor) -> Assignment? {
            let choice = rule.next(on: floor)
            rollout.load(floor, track: true)
            // Until now and no further: only what is assigned at this instant.
            rollout.draw(CounterRandom(2), prospect, until: floor.now)
            _ = rollout.roll(until: floor.now)
            let called = rollout.calls.indices.filter { rollout.calls[$0] == Int32(floor.now) }
            compared += 1
            if let choice {
                if !called.contains(choice.place) { different += 1 }
            } else if !called.isEmpty {
                different += 1
            }
            return choice
        }
    }

    @Test func `The same people are called at the same instant as by the rule`() throws {
        let scenario = try Worlds.small(walkIns: 110, booked: 60)
        for seed in 0..<10 {
            let day = DayGenerator(scenario).day(seed: seed)
            let hall = scenario.hallModel()
            let nobody = Prospect(demand: DemandModel(), announced: [], walkIns: 0, at: 0, until: 0, hall)
            var run = HallRun(
                floor: HallFloor(hall: hall, now: 0),
                world: RecordedDay(day: day, speedClasses: scenario.speedClasses()),
                rule: ComparingRule(rollout: Rollout(hall: hall), prospect: nobody))
            run.run()
            #expect(run.rule.compared > 100)
            #expect(run.rule.different == 0)
        }
    }

    @Test func `Who asks changes nobody's wait`() throws {
        let scenario = try Worlds.small(walkIns: 110, booked: 0)
        let hall = scenario.hallModel()
        var floor = HallFloor(hall: hall, now: 600 * 60)
        floor.waiting = (0..<20).map {
            Waiting(person: $0, service: $0 % 3, standing: .walkIn, joined: 36_000, arrived: 36_000, due: 36_000)
        }
        let forecaster = HallForecaster(hall: hall, demand: DemandModel())
        let alone = forecaster.forecast(floor, announced: [], walkIns: 0, random: CounterRandom(1))
        let asking = (0..<3).map {
            Waiting(person: 900 + $0, service: $0, standing: .priority, joined: 36_000, arrived: 36_000, due: 36_000)
        }
        let asked = forecaster.forecast(floor, announced: [], walkIns: 0, asking: asking, random: CounterRandom(1))
        #expect(Array(asked.prefix(20)) == alone)
        #expect(asked.count == 23)
    }
}

@Suite("Rules side by side")
struct ComparisonTests {
    @Test func `Ratios are of the same days, and the interval holds the mean`() async throws {
        let scenario = try Worlds.small(walkIns: 60, booked: 40)
        let days = (0..<8).map { DayGenerator(scenario).day(seed: $0) }
        let one = try await Comparison([.bcgov, .engineLite], days: days, scenario: scenario, workers: 1)
        let two = try await Comparison([.bcgov, .engineLite], days: days, scenario: scenario, workers: 2)
        for metric in DayMetrics.names {
            #expect(one.values(metric, of: .engineLite) == two.values(metric, of: .engineLite))
        }
        #expect(one.ratio("J", of: .bcgov, to: .bcgov).mean == 1)
        #expect(one.ratio("J", of: .bcgov, to: .bcgov).margin == 0)
        let mean = one.estimate("mean", of: .engineLite)
        #expect(abs(mean.mean - one.values("mean", of: .engineLite).mean) < 1e-12)
        #expect(mean.margin > 0)
    }

    @Test func `Without check-in people are called in vain`() throws {
        let scenario = try Worlds.small()
        let day = DayGenerator(scenario).day(seed: 4)
        let literal = try Policy.zmsLiteral.run(day, of: scenario)
        let absent = day.citizens.count { $0.isBooked && !$0.shows }
        #expect(absent > 0)
        #expect(literal.vainCalls >= 3 * absent)
        #expect(try Policy.zms.run(day, of: scenario).vainCalls == 0)
    }
}

@Suite("Slot plans")
struct SlotPlanTests {
    @Test func `The newsvendor gives all places, fewer where walk-ins press and windows rest`() throws {
        var scenario = try Worlds.small(walkIns: 60, booked: 48)
        // All rest from 11:00 to 11:30.
        for window in scenario.windows.indices { scenario.windows[window].breaks = [[660, 30]] }
        let planner = SlotPlanner(scenario)
        let plan = planner.newsvendor()
        #expect(plan.reduce(0, +) == planner.flat.reduce(0, +))
        let noon = (660 - 540) / 15
        #expect(plan[noon] == 0)
        #expect(plan[noon + 1] == 0)
        // The profile is 1, 3, 2, 1 over four hours.
        #expect(plan[0..<4].reduce(0, +) > plan[4..<8].reduce(0, +))
    }

    @Test func `Search lowers the waits of days that it has not seen, with as many places`() throws {
        let scenario = try Worlds.small(walkIns: 60, booked: 45)
        let planner = SlotPlanner(scenario)
        var settings = SlotPlanner.Settings()
        settings.days = 4
        settings.rounds = 3
        let found = try planner.search(from: planner.newsvendor(), seed: 900, settings: settings)
        #expect(found.reduce(0, +) == planner.flat.reduce(0, +))
        func cost(_ plan: [Int]) throws -> Double {
            try (0..<30).map { try Policy.gcmu.metrics(planner.day(seed: $0, plan), of: scenario)["J"] ?? .nan }.mean
        }
        #expect(try cost(found) < 0.9 * cost(planner.flat))
    }

    @Test func `A demand of another size keeps booked people, and the same people at the same factor`() throws {
        let scenario = try Worlds.small()
        let day = DayGenerator(scenario).day(seed: 2)
        let more = day.withDemand(1.5)
        let walkIns = day.citizens.count { !$0.isBooked }
        #expect(more.citizens.count { $0.isBooked } == day.citizens.count { $0.isBooked })
        #expect((1.3...1.7).contains(Double(more.citizens.count { !$0.isBooked }) / Double(walkIns)))
        #expect(day.withDemand(0).citizens.allSatisfy { $0.isBooked })
        #expect(more.citizens.map(\.joined) == day.withDemand(1.5).citizens.map(\.joined))
    }
}
