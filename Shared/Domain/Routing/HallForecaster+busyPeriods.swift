extension HallForecaster {
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
        rollout.load(floor)
        for person in asking { _ = rollout.addGhost(person) }
        defer { rollout.removeGhosts() }
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: last, floor.hall)
        for sample in 0..<settings.samples {
            rollout.draw(random.branch(sample), prospect, until: last)
            _ = rollout.roll(until: last)
            for service in 0..<services {
                let free = (0..<steps).first {
                    let place = $0 * services + service
                    return min(Int(rollout.calls[place]), last) - asking[place].arrived < 60
                }
                // Half a step is the expected excess of the grid.
                let end = free.map { asking[$0 * services].arrived - ($0 > 0 ? step / 2 : 0) }
                ends[service].append(Int32(clamping: end ?? asking[asking.count - 1].arrived))
            }
        }
        return ends.map { BusyPeriod(ends: $0) }
    }
}
