package import Domain

/// A day of a hall as its log tells it: its people and windows as a world to simulate, and what really became of them.
///
/// Services take as long as they really took, from the call to the end; at another window, or with another clerk, as much
/// longer or shorter as the hall has learned of their paces. Whoever was not served gets a time drawn from what the hall
/// knew of the service, the same each time.
package struct RecordedHallDay: Sendable {
    /// An event of the log with its moment.
    package struct Entry: Sendable, Hashable {
        package var event: QueueEvent
        package var time: Timestamp

        package init(event: QueueEvent, time: Timestamp) {
            self.event = event
            self.time = time
        }
    }

    /// A window with the clerk who sat there, in the order of the scenario's windows.
    package struct Line: Sendable, Hashable {
        package var window: WindowID
        package var staff: StaffID?
    }

    package let scenario: Scenario
    package let day: Day
    /// What really happened.
    package let served: [RecordedDay.Served]
    package let lines: [Line]
    /// What the hall sets of the engine.
    package let dials: RoutingDials
    /// Services that nobody finished, whose length was drawn.
    package let drawn: Int
    /// People left out, because no window was open for what they wanted.
    package let impossible: Int
    /// Whether the log has the day to its end.
    package let isComplete: Bool

    /// - Parameters:
    ///   - log: the events from the one that opened the day up to its end, in order.
    ///   - hours: when the hall was open by its calendar.
    /// - Throws: `SimulationError.invalid` when the day had no people or no windows.
    package init(
        _ log: [Entry], of date: LocalDate, hours: [TimeRange], configuration: HallConfiguration
    ) throws(SimulationError) {
        guard let zone = configuration.civilTime else {
            throw .invalid("the time zone \(configuration.timeZone) is not known")
        }
        let midnight = zone.moment(of: date, minute: 0)
        var reading = HallDayReading(midnight: midnight)
        for (number, entry) in log.enumerated() { reading.take(entry, position: Int64(number + 1)) }
        reading.end()
        let lines = reading.lines
        guard let open = lines.compactMap(\.duty.first?.lowerBound).min() else {
            throw .invalid("no window was open on \(date)")
        }
        let last = max(open + 60, log.last.map { reading.seconds($0.time) } ?? 0)
        let close = max(open + 60, hours.map { $0.end * 60 }.max() ?? last)
        let belief = HallBelief(
            configuration: configuration, history: reading.queue.history, weekday: date.weekday)
        let scenario = belief.scenario(
            name: "\(configuration.hall.rawValue) \(date)", open: open, close: close, lines: lines)
        let served = Set(lines.flatMap(\.services))
        let speeds = scenario.speedNames.compactMap { scenario.speed[$0] }
        let random = CounterRandom(UInt64(truncatingIfNeeded: date.daysSinceEpoch))
        var drawn = 0
        var impossible = 0
        var people: [(citizen: Day.Citizen, taken: [HallDayReading.Taken])] = []
        let visits = reading.visits.sorted { ($0.joined, $0.ticket) < ($1.joined, $1.ticket) }
        for (number, visit) in visits.enumerated() {
            var legs: [Day.Leg] = []
            func add(_ service: ServiceID, _ seconds: Double) {
                guard let index = belief.services.firstIndex(of: service) else { return }
                legs.append(
                    Day.Leg(
                        service: index, expected: belief.history.serviceTime(service, in: configuration).mean.rounded(),
                        durations: speeds.map { max(1, Int((seconds * $0).rounded())) }))
            }
            for leg in visit.taken where !leg.isForgotten {
                let line = DutyLine(window: leg.window, staff: leg.staff, services: [leg.service], duty: [])
                add(leg.service, Double(leg.seconds) / belief.pace(leg.service, line))
            }
            for service in visit.open {
                let time = belief.history.serviceTime(service, in: configuration)
                add(service, time.sample(hint: nil, bits: random.branch(number).bits(legs.count)))
                if visit.shows { drawn += 1 }
            }
            let wanted = visit.taken.map(\.service) + visit.open
            guard !legs.isEmpty, wanted.allSatisfy({ served.contains($0) }) else {
                impossible += 1
                continue
            }
            people.append(
                (
                    Day.Citizen(
                        id: people.count, isBooked: visit.slot != nil, shows: visit.shows,
                        isPriority: visit.isPriority, slot: visit.slot ?? 0, joined: visit.joined,
                        arrived: visit.arrived, patience: visit.patience, home: 0, hall: 0, legs: legs), visit.taken
                ))
        }
        guard people.contains(where: \.citizen.shows) else { throw .invalid("nobody came on \(date)") }
        self.scenario = scenario
        dials = configuration.dials
        self.drawn = drawn
        self.impossible = impossible
        self.lines = lines.map { Line(window: $0.window, staff: $0.staff) }
        isComplete = !reading.queue.isDayOpen
        day = Day(scenario: scenario.name, seed: date.daysSinceEpoch, citizens: people.map(\.citizen))
        self.served = people.enumerated().flatMap { citizen, person in
            person.taken.enumerated().map { number, leg in
                RecordedDay.Served(
                    citizen: citizen, leg: number, start: leg.start, end: leg.end,
                    window: lines.firstIndex {
                        $0.window == leg.window && $0.staff == leg.staff && $0.services.contains(leg.service)
                    } ?? 0)
            }
        }
    }

    /// What the day really was like.
    package var metrics: DayMetrics { DayMetrics(day: day, served: served, scenario: scenario) }
}
