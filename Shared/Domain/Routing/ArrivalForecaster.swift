/// When people who are not there would be called, if they came: the hall rolled forward with them as onlookers, who take
/// no window and so change nobody's wait.
///
/// Unlike `HallForecaster` it follows only who asks, so a roll ends when these have been called. One sample costs one
/// `Rollout.roll`: O(e · (w + n)) for e events until then, w windows and n waiting people.
package struct ArrivalForecaster {
    private let rollout: Rollout
    private let demand: DemandModel
    private let samples: Int
    /// Beyond this nobody is followed [s].
    private let horizon: Int

    package init(
        hall: HallModel, order: Rollout.Order = .index, demand: DemandModel, samples: Int = 32, horizon: Int = 9000
    ) {
        rollout = Rollout(hall: hall, order: order)
        self.demand = demand
        self.samples = samples
        self.horizon = horizon
    }

    /// The sampled moments of the call of all who ask; their `arrived` says when they would come.
    ///
    /// - Parameters:
    ///   - announced: who is booked or under way.
    ///   - walkIns: how many walk-ins have come today.
    package func forecast(
        _ asking: [Waiting], on floor: HallFloor, announced: [Announced], walkIns: Int, random: CounterRandom
    ) -> [WaitDistribution] {
        var calls = asking.map { _ in [Int32]() }
        roll(asking, floor, announced, walkIns, random, floor.now + horizon) { sample in
            for index in calls.indices { calls[index].append(sample[index]) }
        }
        return calls.map { WaitDistribution(calls: $0) }
    }

    /// Until when somebody who comes for each service has to wait: the sampled ends of the busy period that is going on
    /// at `floor.now` or begins within a step.
    ///
    /// Onlookers come every `step` seconds; the period ends with the first who is called at once. Costs one roll over
    /// `steps · step` seconds a sample, so it is asked every few minutes and not for every person.
    package func busyPeriods(
        on floor: HallFloor, announced: [Announced], walkIns: Int, step: Int = 1200, steps: Int = 15,
        random: CounterRandom
    ) -> [BusyPeriod] {
        let services = floor.hall.services.count
        var asking: [Waiting] = []
        for number in 0..<steps {
            let time = max(floor.now, floor.hall.open) + number * step
            for service in 0..<services {
                var person = Waiting(
                    person: -1, service: service, standing: .walkIn, joined: time, arrived: time, due: time)
                person.weight = floor.hall.dials.walkIn.alpha
                asking.append(person)
            }
        }
        var ends = (0..<services).map { _ in [Int32]() }
        let last = max(floor.now, floor.hall.open) + steps * step
        roll(asking, floor, announced, walkIns, random, last) { sample in
            for service in 0..<services {
                let free = (0..<steps).first {
                    let place = $0 * services + service
                    return Int(sample[place]) - asking[place].arrived < 60
                }
                // Half a step is the expected excess of the grid.
                let end = free.map { asking[$0 * services].arrived - ($0 > 0 ? step / 2 : 0) }
                ends[service].append(Int32(clamping: end ?? asking[asking.count - 1].arrived))
            }
        }
        return ends.map { BusyPeriod(ends: $0) }
    }

    private func roll(
        _ asking: [Waiting], _ floor: HallFloor, _ announced: [Announced], _ walkIns: Int, _ random: CounterRandom,
        _ end: Int, take: ([Int32]) -> Void
    ) {
        guard !asking.isEmpty else { return }
        rollout.load(floor)
        for person in asking { _ = rollout.addGhost(person) }
        defer { rollout.removeGhosts() }
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: end, floor.hall)
        for sample in 0..<samples {
            rollout.draw(random.branch(sample), prospect, until: end)
            _ = rollout.roll(until: end)
            take(rollout.calls.map { min($0, Int32(clamping: end)) })
        }
    }
}
