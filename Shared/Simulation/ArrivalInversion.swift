/// Finds who must have come for an office to have had the waits that were recorded, given what is assumed of its staff.
///
/// The start is pointwise: in each hour the load at which M/G/c people wait so long (stationary), and what makes the backlog
/// grow or shrink to the next hour's wait (fluid). Then a damped fixed point: the hours are simulated first come, first
/// served (or by another rule) on the same days again and again, and the arrivals of each hour move by what its own wait, beyond what it inherits
/// from the hour before, is off. Days differ by as much as makes the 90 % quantile of the walk-ins' waits stand as far above
/// the mean as recorded. Costs `rounds · days` simulated days.
package struct ArrivalInversion: Sendable {
    package struct Settings: Sendable, Hashable {
        package var days = 40
        /// The number of the first day.
        package var seed = 1000
        package var rounds = 30
        /// Mean absolute error of the hourly waits that is good enough: so many minutes, or such a share of the mean wait.
        package var minutes = 0.5
        package var share = 0.03
        package var damping = 0.5
        package init() {}
    }

    package struct Fit: Sendable, Hashable {
        package var hour: Int
        /// Mean wait of walk-ins [min].
        package var recorded: Double
        package var simulated: Double
        /// The 90 % quantile over the days of the hour's mean wait.
        package var recordedP90: Double
        package var simulatedP90: Double
        /// Of those with an appointment; recorded, and simulated although the inversion does not look at them.
        package var recordedAppointment: Double
        package var simulatedAppointment: Double
        /// Walk-ins in the hour.
        package var arrivals: Double
    }

    package let scenario: Scenario
    /// How the recorded office is taken to call.
    package let policy: Policy
    package let fits: [Fit]
    package let rounds: Int

    /// Mean absolute error of the hourly mean waits of walk-ins [min].
    package var error: Double { Self.error(fits) }

    package init(
        _ record: [HourlyWaits.Hour], name: String, office: AssumedOffice = AssumedOffice(),
        policy: Policy = .fcfs, settings: Settings = Settings()
    ) throws {
        guard let first = record.first else { throw SimulationError.invalid("there are no hours to invert") }
        guard office.bookedShare < 1, office.windows > 0 else {
            throw SimulationError.invalid("an office needs windows, and time for walk-ins")
        }
        let targets = record.map(\.walkIn.mean)
        var loads = Self.start(targets, office)
        var variation = 0.08
        var best: (error: Double, scenario: Scenario, fits: [Fit])?
        var round = 0
        while true {
            round += 1
            let walkIns = loads.map { max(0.5, $0 * office.capacity - office.bookedComing) }
            let scenario = office.scenario(name: name, open: first.hour, walkIns: walkIns, dayVariation: variation)
            let fits = try Self.fits(
                scenario, record, policy, seeds: settings.seed..<settings.seed + settings.days)
            let error = Self.error(fits)
            if error < best?.error ?? .infinity { best = (error, scenario, fits) }
            let enough = max(settings.minutes, settings.share * targets.mean)
            guard error > enough, round < settings.rounds else { break }
            Self.move(&loads, fits, office, damping: settings.damping)
            variation = Self.moved(variation, fits, damping: settings.damping)
        }
        guard let best else { throw SimulationError.invalid("\(name): no day could be simulated") }
        scenario = best.scenario
        fits = best.fits
        rounds = round
        self.policy = policy
    }

    /// How the simulated office compares with the record on other days.
    package func fits(_ record: [HourlyWaits.Hour], seeds: Range<Int>) throws -> [Fit] {
        try Self.fits(scenario, record, policy, seeds: seeds)
    }

    package static func error(_ fits: [Fit]) -> Double { fits.map { abs($0.simulated - $0.recorded) }.mean }

    // MARK: Arrivals

    private static func start(_ waits: [Double], _ office: AssumedOffice) -> [Double] {
        waits.indices.map { hour in
            let before = hour == 0 ? 0 : (waits[hour - 1] + waits[hour]) / 2
            let after =
                hour + 1 < waits.count ? (waits[hour] + waits[hour + 1]) / 2 : waits[hour] + (waits[hour] - before) / 2
            // A backlog of so many minutes is as many minutes of work for each window.
            return max(0.05, office.load(ofWait: waits[hour]) + (after - before) / 60)
        }
    }

    private static func move(_ loads: inout [Double], _ fits: [Fit], _ office: AssumedOffice, damping: Double) {
        var inherited = 0.0
        for hour in fits.indices {
            let off = fits[hour].recorded - fits[hour].simulated
            // Minutes of wait for the load of the hour: 30 while a backlog grows, less where the queue comes to rest.
            let load = office.load(ofWait: fits[hour].recorded)
            let slope = (office.wait(atLoad: min(0.999, load + 0.01)) - office.wait(atLoad: load)) / 0.01
            let response = min(30, max(3, slope))
            let step = damping * (off - inherited * response / 30) / response
            loads[hour] = max(0.05, loads[hour] + min(0.15, max(-0.15, step)))
            inherited = off
        }
    }

    private static func moved(_ variation: Double, _ fits: [Fit], damping: Double) -> Double {
        let recorded = fits.map { $0.recordedP90 - $0.recorded }.mean
        let simulated = fits.map { $0.simulatedP90 - $0.simulated }.mean
        guard recorded > 0, simulated > 0 else { return variation }
        return min(0.4, max(0.01, variation * min(1.5, max(0.67, 1 + damping * (recorded / simulated - 1)))))
    }

    // MARK: Waits

    private static func fits(_ scenario: Scenario, _ record: [HourlyWaits.Hour], _ policy: Policy, seeds: Range<Int>)
        throws -> [Fit]
    {
        let generator = DayGenerator(scenario)
        var walkIns = record.map { _ in [Double]() }
        var booked = record.map { _ in [Double]() }
        for seed in seeds {
            let day = generator.day(seed: seed)
            let served = try policy.run(day, of: scenario).served
            var today = record.map { _ in (walkIns: [Double](), booked: [Double]()) }
            for person in Waits(day: day, served: served).all {
                let hour = person.arrived / 3600 - record[0].hour
                guard today.indices.contains(hour), !person.isPriority else { continue }
                if person.isBooked {
                    today[hour].booked.append(person.wait)
                } else {
                    today[hour].walkIns.append(person.wait)
                }
            }
            for hour in today.indices {
                if !today[hour].walkIns.isEmpty { walkIns[hour].append(today[hour].walkIns.mean) }
                if !today[hour].booked.isEmpty { booked[hour].append(today[hour].booked.mean) }
            }
        }
        return record.indices.map { hour in
            Fit(
                hour: record[hour].hour, recorded: record[hour].walkIn.mean, simulated: walkIns[hour].mean,
                recordedP90: record[hour].walkIn.p90, simulatedP90: walkIns[hour].quantile(0.9),
                recordedAppointment: record[hour].appointment.mean, simulatedAppointment: booked[hour].mean,
                arrivals: scenario.walkin.shape[hour])
        }
    }
}
