extension HallQueue {
    /// What a command comes to now: its events in order, none when it has nothing left to do. Changes nothing.
    ///
    /// On a new local date the events that close the day before and open the new one come first.
    ///
    /// - Parameters:
    ///   - now: the time at which the events will be written.
    ///   - policy: chooses whom `callNext` calls.
    /// - Throws: why the command cannot be done; nothing is to be written then.
    package func decide(
        _ command: QueueCommand, at now: Timestamp, in configuration: HallConfiguration, by policy: any RoutingPolicy
    ) throws(QueueRefusal) -> [QueueEvent] {
        guard let zone = configuration.civilTime else { throw .timeZoneUnknown(configuration.timeZone) }
        let date = zone.date(at: now)
        // The clocks of two processes may differ around midnight: a day once begun is not taken back.
        if let day, date <= day {
            return isDayOpen
                ? try decideToday(command, at: now, in: configuration, by: policy)
                : try decideAfterClosing(command, of: day)
        }
        var events = isDayOpen ? closingEvents() : []
        if command == .closeDay { return events }
        events.append(.dayOpened(DayOpened(date: date, history: learned(in: configuration))))
        if command == .openDay || command == .tick { return events }
        var next = self
        for event in events { next.apply(event, at: now, position: next.position + 1) }
        return events + (try next.decideToday(command, at: now, in: configuration, by: policy))
    }

    private func decideAfterClosing(_ command: QueueCommand, of day: LocalDate) throws(QueueRefusal) -> [QueueEvent] {
        switch command {
        case .openDay: [.dayOpened(DayOpened(date: day, history: history))]
        case .closeDay, .tick, .expect, .withdraw: []
        default: throw .dayClosed
        }
    }

    private func decideToday(
        _ command: QueueCommand, at now: Timestamp, in configuration: HallConfiguration, by policy: any RoutingPolicy
    ) throws(QueueRefusal) -> [QueueEvent] {
        switch command {
        case .openDay: []
        case .closeDay: closingEvents()
        case .tick: expiredReturns(at: now)
        case .openWindow(let window, let staff, let skills):
            try openWindow(window, staff, skills: skills, in: configuration)
        case .pauseWindow(let window, let staff, let reason): try pauseWindow(window, staff, reason)
        case .resumeWindow(let window, let staff): try resumeWindow(window, staff)
        case .closeWindow(let window, let staff): try closeWindow(window, staff)
        case .expect(let facts): try expect(facts, in: configuration)
        case .withdraw(let ticket): withdraw(ticket)
        case .checkIn(let ticket, let channel): try checkIn(ticket, channel, at: now, in: configuration, by: policy)
        case .issue(let ticket, let services, let kind, let channel, let follow):
            try issue(ticket, services, kind, channel, follow: follow, at: now, in: configuration, by: policy)
        case .callNext(let window, let staff): try callNext(window, staff, at: now, in: configuration, by: policy)
        case .call(let ticket, let window, let staff): try call(ticket, window, staff, at: now)
        case .recall(let window, let staff): try recall(window, staff)
        case .startServing(let window, let staff): try startServing(window, staff)
        case .finish(let window, let staff, let outcome): try finish(window, staff, outcome, at: now)
        case .markMissed(let window, let staff): try markMissed(window, staff, at: now, in: configuration)
        case .park(let window, let staff): try park(window, staff)
        case .transfer(let window, let staff, let service):
            try transfer(window, staff, to: service, at: now, in: configuration)
        case .bringBack(let ticket, _): try bringBack(ticket, at: now, in: configuration)
        case .leave(let ticket, let cause): try leave(ticket, cause)
        case .undo(let window, let staff): try undo(window, staff)
        }
    }

    // MARK: Day

    /// What the hall knows after this day.
    private func learned(in configuration: HallConfiguration) -> HallHistory? {
        guard let day else { return history }
        var learned = history ?? HallHistory(through: day)
        learned.learn(self, in: configuration)
        return learned.days > 0 ? learned : nil
    }

    /// Ends every visit and closes every window, in the order of the numbers.
    private func closingEvents() -> [QueueEvent] {
        guard let day else { return [] }
        var events: [QueueEvent] = []
        for ticket in tickets.values.sorted(by: Ticket.isOrderedByNumber) {
            switch ticket.state {
            case .expected: events.append(.ticketNoShow(TicketNoShow(ticket: ticket.id)))
            case .waiting, .called, .parked, .missed:
                events.append(.ticketLeft(TicketLeft(ticket: ticket.id, cause: .dayEnd)))
            case .serving:
                // Nobody pressed "finish": what the visit brought is not known.
                guard let window = ticket.window, let staff = ticket.staff else { continue }
                events.append(
                    .ticketFinished(
                        TicketFinished(ticket: ticket.id, window: window, staff: staff, outcome: .notApplicable)))
            case .done, .left, .withdrawn, .noShow: break
            }
        }
        for window in windows.values.sorted(by: { $0.id < $1.id }) {
            events.append(.windowClosed(WindowClosed(window: window.id, staff: window.staff)))
        }
        return events + [.dayClosed(DayClosed(date: day))]
    }

    private func expiredReturns(at now: Timestamp) -> [QueueEvent] {
        missed.prefix { $0.moment < now }.map { .ticketLeft(TicketLeft(ticket: $0.ticket, cause: .expired)) }
    }
}

extension Ticket {
    /// By number; the expected, who have none, last.
    fileprivate static func isOrderedByNumber(_ lhs: Ticket, _ rhs: Ticket) -> Bool {
        switch (lhs.number, rhs.number) {
        case (let left?, let right?): left != right ? TicketNumber.precedes(left, right) : lhs.id < rhs.id
        case (nil, nil): lhs.id < rhs.id
        case (let left, _): left != nil
        }
    }
}
