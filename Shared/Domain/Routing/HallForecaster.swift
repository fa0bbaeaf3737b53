/// How long everybody will wait: the hall rolled forward on sampled futures, in the order of calls that it really has.
///
/// Prediction needs the policy, not luck: who passes whom is in the roll. Everybody who waits, and everybody who asks
/// ("if I came at three?"), is followed in the same rolls. One sample costs one `Rollout.roll`: O(e · (w + n)) for e
/// events until the last who is followed has been called.
package struct HallForecaster {
    package struct Settings: Sendable, Hashable {
        package var samples = 100
        /// Beyond this nobody is followed [s].
        package var horizon = 8 * 3600
        /// How far a future is drawn at first [s].
        var step = 3600
        package init() {}
    }

    private let rollout: Rollout
    private let demand: DemandModel
    private let settings: Settings

    package init(hall: HallModel, order: Rollout.Order = .index, demand: DemandModel, settings: Settings = Settings()) {
        rollout = Rollout(hall: hall, order: order)
        self.demand = demand
        self.settings = settings
    }

    /// The sampled waits of those who wait, in the order of `floor.waiting`, and then of all who ask.
    ///
    /// - Parameters:
    ///   - announced: who is booked or under way, by time.
    ///   - walkIns: how many walk-ins have come today.
    ///   - asking: people who are not there. They change nobody's wait; their `arrived` says when they would come.
    ///   - first: the place from which on those who wait are followed. Fewer are called sooner, so a roll is shorter.
    package func forecast(
        _ floor: HallFloor, announced: [Announced], walkIns: Int, asking: [Waiting] = [], from first: Int = 0,
        random: CounterRandom
    ) -> [WaitDistribution] {
        let last = floor.now + settings.horizon
        rollout.load(floor, track: true, from: first)
        for person in asking { _ = rollout.addGhost(person) }
        defer { rollout.removeGhosts() }
        let count = max(0, floor.waiting.count - first) + asking.count
        guard count > 0 else { return [] }
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: last, floor.hall)
        var calls = Array(repeating: [Int32](), count: count)
        for index in calls.indices { calls[index].reserveCapacity(settings.samples) }
        var end = min(last, max(floor.now, asking.map(\.arrived).max() ?? 0) + settings.step)
        for sample in 0..<settings.samples {
            // A sample is the same future however far it is drawn: it is drawn further only when somebody was not called.
            while true {
                rollout.draw(random.branch(sample), prospect, until: end)
                _ = rollout.roll(until: end)
                if end == last || rollout.calls.allSatisfy({ $0 < Int32(clamping: end) }) { break }
                end = min(last, floor.now + (end - floor.now) * 2)
            }
            for index in calls.indices { calls[index].append(min(rollout.calls[index], Int32(clamping: last))) }
        }
        return calls.map { WaitDistribution(calls: $0) }
    }

    /// The sampled wait of one person who comes now, and of nobody else: a roll ends when that person is called.
    package func forecast(
        of person: Waiting, on floor: HallFloor, announced: [Announced], walkIns: Int, random: CounterRandom
    ) -> WaitDistribution {
        let end = floor.now + settings.horizon
        rollout.load(floor)
        let track = rollout.addGhost(person)
        defer { rollout.removeGhosts() }
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: end, floor.hall)
        var calls: [Int32] = []
        calls.reserveCapacity(settings.samples)
        for sample in 0..<settings.samples {
            rollout.draw(random.branch(sample), prospect, until: end)
            _ = rollout.roll(until: end)
            calls.append(min(rollout.calls[track], Int32(clamping: end)))
        }
        return WaitDistribution(calls: calls)
    }
}
