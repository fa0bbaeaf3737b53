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

    let rollout: Rollout
    let demand: DemandModel
    let settings: Settings

    package init(hall: HallModel, order: Rollout.Order = .index, demand: DemandModel, settings: Settings = Settings()) {
        rollout = Rollout(hall: hall, order: order)
        self.demand = demand
        self.settings = settings
    }

    /// The sampled waits of all who wait, in the order of `floor.waiting`, and then of all who ask.
    ///
    /// - Parameters:
    ///   - announced: who is booked or under way, by time.
    ///   - walkIns: how many walk-ins have come today.
    ///   - asking: people who are not there. They change nobody's wait; their `arrived` says when they would come.
    package func forecast(
        _ floor: HallFloor, announced: [Announced], walkIns: Int, asking: [Waiting] = [], random: CounterRandom
    ) -> [WaitDistribution] {
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: floor.now + settings.horizon,
            floor.hall)
        rollout.load(floor, track: true)
        return sample(asking, at: floor.now, prospect, random)
    }

    /// The sampled waits of those who ask, and of nobody else: a roll ends when they are called. Who comes at this moment
    /// asks too.
    package func forecast(
        of asking: [Waiting], on floor: HallFloor, announced: [Announced], walkIns: Int, random: CounterRandom
    ) -> [WaitDistribution] {
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: floor.now + settings.horizon,
            floor.hall)
        rollout.load(floor)
        return sample(asking, at: floor.now, prospect, random)
    }

    private func sample(
        _ asking: [Waiting], at now: Int, _ prospect: Prospect, _ random: CounterRandom
    ) -> [WaitDistribution] {
        for person in asking { _ = rollout.addGhost(person) }
        defer { rollout.removeGhosts() }
        let last = now + settings.horizon
        var calls = rollout.calls.map { _ in [Int32]() }
        guard !calls.isEmpty else { return [] }
        for index in calls.indices { calls[index].reserveCapacity(settings.samples) }
        var end = min(last, max(now, asking.map(\.arrived).max() ?? 0) + settings.step)
        for sample in 0..<settings.samples {
            // A sample is the same future however far it is drawn: further only when somebody was not called.
            while true {
                rollout.draw(random.branch(sample), prospect, until: end)
                _ = rollout.roll(until: end)
                if end == last || rollout.calls.allSatisfy({ $0 < Int32(clamping: end) }) { break }
                end = min(last, now + (end - now) * 2)
            }
            for index in calls.indices { calls[index].append(min(rollout.calls[index], Int32(clamping: last))) }
        }
        return calls.map { WaitDistribution(calls: $0) }
    }
}
