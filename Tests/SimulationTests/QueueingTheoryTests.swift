import Domain
import Foundation
import Testing

/// A queue without end: Poisson arrivals, one service, c windows; exponential or log-normal services, endless or
/// exponential patience.
private struct MarkovWorld: HallWorld {
    var draw: RandomSequence
    var left: Int
    /// Seconds; long, so that whole seconds round nothing away.
    let gap: Double
    let mean: Double
    let priorityShare: Double
    /// Of log-normal services; `nil`: exponential.
    let variation: Double?
    /// Seconds; `nil`: endless.
    let patience: Double?
    var time = 0.0
    var number = 0
    var waits: [Standing: (sum: Double, count: Int)] = [:]

    init(
        seed: UInt64, people: Int, gap: Double, mean: Double, priorityShare: Double = 0, variation: Double? = nil,
        patience: Double? = nil
    ) {
        self.variation = variation
        self.patience = patience
        draw = RandomSequence(seed: seed)
        left = people
        self.gap = gap
        self.mean = mean
        self.priorityShare = priorityShare
        time = gap * draw.exponential()
    }

    var nextArrival: Int { left > 0 ? Int(time) : .max }

    mutating func arrive(in hall: HallModel) -> Waiting {
        let now = Int(time)
        left -= 1
        number += 1
        time += gap * draw.exponential()
        let standing: Standing = draw.unit() < priorityShare ? .priority : .walkIn
        var person = Waiting(person: number, service: 0, standing: standing, joined: now, arrived: now, due: now)
        person.isPriority = standing == .priority
        if let patience { person.leavesAt = now + Int(patience * draw.exponential()) }
        return person
    }

    func nextTrigger(after now: Int) -> Int { .max }

    mutating func duration(of person: Waiting, at window: Int, from began: Int, in hall: HallModel) -> Int {
        guard let variation else { return Int(mean * draw.exponential()) }
        let variance = log(1 + variation * variation)
        return Int(mean * exp(variance.squareRoot() * draw.normal() - variance / 2))
    }

    mutating func called(_ person: Waiting, to window: Int, from began: Int, to end: Int) {
        let old = waits[person.standing] ?? (0, 0)
        waits[person.standing] = (old.sum + Double(began - person.arrived), old.count + 1)
    }

    func follows(_ person: Waiting, calledAt began: Int, in hall: HallModel) -> (service: Int, hint: Double?)? { nil }

    func mean(_ standing: Standing) -> Double {
        guard let wait = waits[standing] else { return .nan }
        return wait.sum / Double(wait.count)
    }
}

@Suite("The simulated hall agrees with queueing theory")
struct QueueingTheoryTests {
    /// Seconds.
    private let mean = 100_000.0

    private func run(
        _ windows: Int, load: Double, priority: Double = 0, variation: Double? = nil, patience: Double? = nil,
        rule: some AssignmentRule
    ) -> MarkovWorld {
        let hall = HallModel(
            open: 0, services: [ServiceTime(mean: mean, variation: 1)],
            windows: (0..<windows).map { _ in HallModel.Window(pace: [1]) })
        let world = MarkovWorld(
            seed: 21, people: 1_500_000, gap: mean / load / Double(windows), mean: mean, priorityShare: priority,
            variation: variation, patience: patience)
        var run = HallRun(floor: HallFloor(hall: hall, now: 0), world: world, rule: rule)
        run.run()
        return run.world
    }

    /// Erlang's C formula: the odds of waiting.
    private func waitingOdds(_ windows: Int, _ load: Double) -> Double {
        let offered = load * Double(windows)
        var blocked = 1.0
        for number in 1...windows { blocked = offered * blocked / (Double(number) + offered * blocked) }
        return blocked / (1 - load * (1 - blocked))
    }

    @Test(arguments: [(1, 0.5), (3, 0.6)])
    func `The mean wait in M-M-c is Erlang's`(windows: Int, load: Double) {
        let expected = waitingOdds(windows, load) * mean / (Double(windows) * (1 - load))
        let wait = run(windows, load: load, rule: FirstComeRule()).mean(.walkIn)
        #expect(abs(wait / expected - 1) < 0.01)
    }

    @Test func `Two classes wait as Cobham's formula says`() {
        let world = run(1, load: 0.6, priority: 0.3, rule: ServiceBCRule())
        // Non-pre-emptive priorities (Cobham 1954), exponential services: the residual is load · mean.
        let residual = 0.6 * mean
        let first = residual / (1 - 0.18)
        let second = residual / (1 - 0.18) / (1 - 0.6)
        #expect(abs(world.mean(.priority) / first - 1) < 0.01)
        #expect(abs(world.mean(.walkIn) / second - 1) < 0.01)
    }

    @Test func `The mean wait in M-G-1 is that of Pollaczek and Khinchine`() {
        let variation = 0.7
        let expected = 0.6 * mean * (1 + variation * variation) / (2 * (1 - 0.6))
        let wait = run(1, load: 0.6, variation: variation, rule: FirstComeRule()).mean(.walkIn)
        #expect(abs(wait / expected - 1) < 0.01)
    }

    @Test func `As many lose patience as the Erlang-A model says`() {
        let windows = 4
        let patience = 0.5 * mean
        let world = run(windows, load: 1.1, patience: patience, rule: FirstComeRule())
        // The birth and death process of Palm (1957): n busy windows, then waiting people who leave at the rate 1/patience.
        let arrivals = 1.1 * Double(windows)
        var weight = 1.0
        var total = 1.0
        var leaving = 0.0
        for number in 1...200 {
            let waiting = max(0, number - windows)
            weight *= arrivals / (Double(min(number, windows)) + Double(waiting) * mean / patience)
            total += weight
            leaving += weight * Double(waiting) * mean / patience
        }
        let expected = leaving / total / arrivals
        let called = Double(world.waits[.walkIn]?.count ?? 0)
        #expect(abs((1 - called / Double(world.number)) / expected - 1) < 0.01)
    }
}
