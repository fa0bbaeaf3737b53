extension HallQueue {
    /// Carries out an event. Every event of a valid log can be applied; one that names an unknown ticket or window
    /// changes nothing but the position.
    ///
    /// - Parameters:
    ///   - time: when the event happened.
    ///   - position: of the event in the hall's log.
    package mutating func apply(_ event: QueueEvent, at time: Timestamp, position: Int64) {
        self.position = position
        switch event {
        case .dayOpened(let event): openDay(event)
        case .dayClosed: isDayOpen = false
        case .windowOpened(let event): openWindow(event, at: time)
        case .windowPaused(let event): windows[event.window]?.state = .paused(event.reason)
        case .windowResumed(let event): windows[event.window]?.state = .open
        case .windowClosed(let event): windows[event.window] = nil
        case .ticketExpected(let event): expect(event)
        case .ticketWithdrawn(let event): end(event.ticket, as: .withdrawn, at: time)
        case .ticketCheckedIn(let event): checkIn(event, at: time)
        case .ticketIssued(let event): issue(event, at: time)
        case .ticketCalled(let event): call(event, at: time)
        case .ticketRecalled(let event): recall(event, at: time)
        case .ticketServing(let event): serve(event, at: time)
        case .ticketFinished(let event):
            step(.finished, event.ticket, event.window, at: time) { standing in
                standing = standing.ended(outcome: event.outcome, at: time)
                standing.state = .done
                standing.outcome = event.outcome
                standing.endedAt = time
            }
        case .ticketMissed(let event):
            step(.missed, event.ticket, event.window, at: time) { standing in
                standing.state = .missed
                standing.returnableUntil = event.returnableUntil
                standing.window = nil
            }
        case .ticketParked(let event):
            step(.parked, event.ticket, event.window, at: time) { standing in
                standing.state = .parked
                standing.window = nil
            }
        case .ticketTransferred(let event):
            step(.transferred, event.ticket, event.window, at: time) { standing in
                standing = standing.next(event, at: time)
            }
        case .ticketReturned(let event):
            move(event.ticket) { ticket in
                ticket.standing = ticket.standing.waitingAgain(due: event.due, position: position)
            }
        case .ticketLeft(let event): end(event.ticket, as: .left, at: time)
        case .ticketNoShow(let event): end(event.ticket, as: .noShow, at: time)
        case .stepUndone(let event): undo(event)
        }
    }

    // MARK: Day and windows

    private mutating func openDay(_ event: DayOpened) {
        if event.date != day {
            let position = position
            self = HallQueue()
            self.position = position
            day = event.date
            history = event.history
        }
        isDayOpen = true
    }

    private mutating func openWindow(_ event: WindowOpened, at time: Timestamp) {
        if windows[event.window]?.staff == event.staff {
            windows[event.window]?.services = event.services
        } else {
            windows[event.window] = WindowState(
                id: event.window, staff: event.staff, services: event.services, idleSince: time)
        }
    }

    // MARK: Arrivals

    private mutating func expect(_ event: TicketExpected) {
        if let earlier = tickets[event.ticket] { forget(earlier) }
        let ticket = Ticket(expected: event, position: position)
        tickets[ticket.id] = ticket
        remember(ticket)
        enlist(ticket)
        for key in ticket.checkInKeys { idsByCheckInKey[key, default: []].append(ticket.id) }
    }

    private mutating func forget(_ ticket: Ticket) {
        delist(ticket)
        if idsByFollow[ticket.follow] == ticket.id { idsByFollow[ticket.follow] = nil }
        for key in ticket.checkInKeys {
            idsByCheckInKey[key]?.removeAll { $0 == ticket.id }
            if idsByCheckInKey[key]?.isEmpty == true { idsByCheckInKey[key] = nil }
        }
    }

    private mutating func remember(_ ticket: Ticket) {
        idsByFollow[ticket.follow] = ticket.id
        guard let number = ticket.number else { return }
        idsByNumber[number] = ticket.id
        if let (letter, count) = TicketNumber.parts(of: number) {
            counters[letter] = max(counters[letter] ?? 0, count)
        }
    }

    private mutating func checkIn(_ event: TicketCheckedIn, at time: Timestamp) {
        let position = position
        move(event.ticket) { ticket in
            ticket.number = event.number
            ticket.kind = event.kind
            ticket.arrived = time
            ticket.standing.state = .waiting
            ticket.standing.due = event.due
            ticket.standing.promisedBy = event.promisedBy
            ticket.quoted = event.quoted
            ticket.standing.position = position
        }
        if let ticket = tickets[event.ticket] { remember(ticket) }
    }

    private mutating func issue(_ event: TicketIssued, at time: Timestamp) {
        let ticket = Ticket(issued: event, at: time, position: position)
        tickets[ticket.id] = ticket
        walkInCount += 1
        remember(ticket)
        enlist(ticket)
    }

    // MARK: Steps of a window

    private mutating func call(_ event: TicketCalled, at time: Timestamp) {
        pass(event.overtook, by: 1)
        let position = position
        step(.called, event.ticket, event.window, at: time, overtook: event.overtook) { standing in
            standing.state = .called
            if let service = event.service { standing.service = service }
            standing.window = event.window
            standing.staff = event.staff
            standing.calls = 1
            standing.calledAt = time
            standing.firstCalledAt = standing.firstCalledAt ?? time
            standing.lastCalledAt = time
            standing.callPosition = position
        }
    }

    private mutating func recall(_ event: TicketRecalled, at time: Timestamp) {
        tickets[event.ticket]?.standing.calls = event.attempt
        tickets[event.ticket]?.standing.lastCalledAt = time
        tickets[event.ticket]?.standing.callPosition = position
    }

    private mutating func serve(_ event: TicketServing, at time: Timestamp) {
        step(.serving, event.ticket, event.window, at: time) { standing in
            standing.state = .serving
            standing.servingSince = time
        }
    }

    /// Changes where a ticket stands, and keeps in its history how to take that back.
    private mutating func step(
        _ kind: TicketStep.Kind, _ id: TicketID, _ windowID: WindowID, at time: Timestamp, overtook: [TicketID] = [],
        _ change: (inout Ticket.Standing) -> Void
    ) {
        let window = windows[windowID]
        let position = position
        var staysAtWindow = false
        move(id) { ticket in
            ticket.history.append(
                TicketStep(
                    kind: kind, position: position, window: windowID, at: time, before: ticket.standing,
                    windowIdleSince: window?.idleSince, windowLastTicket: window?.lastTicket, overtook: overtook))
            if ticket.history.count > Ticket.historyLimit { ticket.history.removeFirst() }
            change(&ticket.standing)
            ticket.standing.position = position
            staysAtWindow = ticket.state.isAtWindow
        }
        windows[windowID]?.ticket = staysAtWindow ? id : nil
        windows[windowID]?.idleSince = staysAtWindow ? nil : time
        windows[windowID]?.lastTicket = id
    }

    private mutating func undo(_ event: StepUndone) {
        guard let step = tickets[event.ticket]?.history.last, step.position == event.position else { return }
        move(event.ticket) { ticket in
            ticket.history.removeLast()
            ticket.standing = step.before
        }
        windows[step.window]?.ticket = step.before.state.isAtWindow ? event.ticket : nil
        windows[step.window]?.idleSince = step.windowIdleSince
        windows[step.window]?.lastTicket = step.windowLastTicket
        pass(step.overtook, by: -1)
    }

    /// Ends a visit without service.
    private mutating func end(_ id: TicketID, as state: TicketState, at time: Timestamp) {
        if let windowID = tickets[id]?.window, windows[windowID]?.ticket == id {
            windows[windowID]?.ticket = nil
            windows[windowID]?.idleSince = time
        }
        let position = position
        move(id) { ticket in
            ticket.standing.state = state
            ticket.standing.window = nil
            ticket.standing.endedAt = time
            ticket.standing.position = position
        }
    }

    // MARK: Lines

    /// Changes a ticket and keeps the lines right.
    private mutating func move(_ id: TicketID, _ change: (inout Ticket) -> Void) {
        guard let index = tickets.index(forKey: id) else { return }
        delist(tickets.values[index])
        change(&tickets.values[index])
        enlist(tickets.values[index])
    }

    mutating func enlist(_ ticket: Ticket) {
        switch ticket.state {
        case .waiting:
            waiting.insert(ticket.place(at: ticket.due))
            let possible = ticket.possible
            for service in possible { lines[service, default: WaitingLine()].insert(ticket) }
            if possible.count > 1 { inSeveralLines.insert(ticket.id) }
        case .missed: missed.insert(ticket.returnPlace)
        case .expected: expected.insert(ticket.expectedPlace)
        default: break
        }
    }

    mutating func delist(_ ticket: Ticket) {
        switch ticket.state {
        case .waiting:
            waiting.remove(ticket.place(at: ticket.due))
            for service in ticket.possible {
                lines[service]?.remove(ticket)
                if lines[service]?.isEmpty == true { lines[service] = nil }
            }
            if !inSeveralLines.isEmpty { inSeveralLines.remove(ticket.id) }
        case .missed: missed.remove(ticket.returnPlace)
        case .expected: expected.remove(ticket.expectedPlace)
        default: break
        }
    }

    /// Counts that each of the tickets was passed once more, or takes that back.
    mutating func pass(_ ids: [TicketID], by change: Int) {
        for id in ids {
            guard let index = tickets.index(forKey: id) else { continue }
            let count = max(0, tickets.values[index].passedBy + change)
            let ticket = tickets.values[index]
            if ticket.state == .waiting {
                for service in ticket.possible { lines[service]?.count(ticket, passedBy: count) }
            }
            tickets.values[index].passedBy = count
        }
    }
}

extension Ticket {
    fileprivate var expectedPlace: Place {
        Place(moment: due, arrived: due, number: "", ticket: id)
    }

    fileprivate var returnPlace: Place {
        let until = standing.returnableUntil ?? standing.due
        return Place(moment: until, arrived: arrived ?? until, number: number ?? "", ticket: id)
    }
}
