import Domain
import Foundation
import Simulation
import Testing

/// Watches another rule: counts calls that pass somebody whose promise is past for somebody whose promise is not.
private struct WatchedRule<Inner: AssignmentRule>: AssignmentRule {
    var inner: Inner
    var broken = 0
    var late = 0

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) { inner.admit(&person, on: floor) }

    mutating func next(on floor: HallFloor) -> Assignment? {
        let choice = inner.next(on: floor)
        guard let choice else { return nil }
        let called = floor.waiting[choice.place]
        let passed = floor.waiting.filter {
            $0.promisedBy <= floor.now && floor.hall.pace(choice.window, $0.service) > 0 && $0.person != called.person
        }
        if !passed.isEmpty { late += 1 }
        if called.promisedBy > floor.now, !passed.isEmpty { broken += 1 }
        return choice
    }
}

@Suite("Rules on simulated days")
struct PolicyTests {
    private func watch<Rule: AssignmentRule>(_ rule: Rule, _ day: Day, _ scenario: Scenario) -> WatchedRule<Rule> {
        var run = HallRun(
            floor: HallFloor(hall: scenario.hallModel(), now: 0),
            world: RecordedDay(day: day, speedClasses: scenario.speedClasses()), rule: WatchedRule(inner: rule))
        run.run()
        return run.rule
    }

    @Test func `Nobody is passed beyond the promise except by somebody whose own promise is past`() throws {
        let scenario = try Worlds.small(walkIns: 110, booked: 60)
        var late = 0
        for seed in 0..<40 {
            let day = DayGenerator(scenario).day(seed: seed)
            let lite = watch(GuardedIndexRule(random: CounterRandom(UInt64(seed))), day, scenario)
            #expect(lite.broken == 0)
            late += lite.late
            guard seed < 4 else { continue }
            let engine = watch(
                LookAheadRule(
                    hall: scenario.hallModel(), random: CounterRandom(UInt64(seed)), demand: scenario.demandModel(),
                    announced: day.announced), day,
                scenario)
            #expect(engine.broken == 0)
        }
        // Otherwise the days were too quiet to prove anything.
        #expect(late > 100)
        let unguarded = watch(ServiceBCRule(), DayGenerator(scenario).day(seed: 1), scenario)
        #expect(unguarded.late == 0)
    }

    @Test(arguments: Policy.allCases)
    func `Everybody who comes is served once in each leg, at one window with the skill, by one person at a time`(
        policy: Policy
    ) throws {
        let scenario = try Worlds.small()
        let day = DayGenerator(scenario).day(seed: 5)
        let served = try policy.run(day, of: scenario).served
        let hall = scenario.hallModel()
        let legs = day.citizens.filter { $0.arrived != nil }.map(\.legs.count).reduce(0, +)
        #expect(served.count == legs)
        #expect(Set(served.map { "\($0.citizen).\($0.leg)" }).count == legs)
        for leg in served {
            let citizen = day.citizens[leg.citizen]
            if policy != .pooledWindows { #expect(hall.pace(leg.window, citizen.legs[leg.leg].service) > 0) }
            #expect(leg.start >= max(hall.open, citizen.arrived ?? .max))
        }
        for window in Dictionary(grouping: served, by: \.window).values {
            let sorted = window.sorted { $0.start < $1.start }
            for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(one.end <= next.start) }
        }
    }

    @Test(arguments: [Policy.engineLite, .engine, .bcgov])
    func `The same day gives the same schedule again`(policy: Policy) throws {
        let scenario = try Worlds.small(walkIns: 60, booked: 30)
        let day = DayGenerator(scenario).day(seed: 3)
        #expect(try policy.run(day, of: scenario) == policy.run(day, of: scenario))
    }

    @Test func `No rule foresees an outage`() throws {
        let scenario = try Worlds.small(walkIns: 60, booked: 30)
        var quiet = scenario
        for window in quiet.windows.indices { quiet.windows[window].outages = [] }
        let day = DayGenerator(scenario).day(seed: 3)
        // Until the outage begins, the same calls.
        let before = { (legs: [RecordedDay.Served]) in legs.filter { $0.start < 600 * 60 } }
        let with = try Policy.engine.run(day, of: scenario).served
        let without = try Policy.engine.run(day, of: quiet).served
        #expect(before(with) == before(without))
        #expect(with != without)
    }

    @Test func `The engine costs people less than Service BC's rule on the same days`() throws {
        let scenario = try Worlds.small(walkIns: 100, booked: 60)
        var ratio = 0.0
        for seed in 0..<30 {
            let day = DayGenerator(scenario).day(seed: seed)
            let cost = { (policy: Policy) throws -> Double in
                try policy.metrics(day, of: scenario)["J"] ?? .nan
            }
            ratio += try log(cost(.engineLite) / cost(.bcgov)) / 30
        }
        #expect(exp(ratio) < 0.95)
    }
}
