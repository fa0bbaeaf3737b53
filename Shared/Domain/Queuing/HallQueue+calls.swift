extension HallQueue {
    func callNext(
        _ id: WindowID, _ staff: StaffID, at now: Timestamp, in configuration: HallConfiguration,
        by policy: any RoutingPolicy
    ) throws(QueueRefusal) -> [QueueEvent] {
        let window = try workingWindow(id, staff)
        try requireFree(window)
        guard let decision = policy.choose(for: id, in: self, at: now, configuration: configuration),
            let ticket = tickets[decision.ticket], let number = ticket.number
        else { throw .nobodyWaiting }
        return [
            .ticketCalled(
                TicketCalled(
                    ticket: ticket.id, number: number, window: id, staff: staff,
                    service: ticket.hasSeveralLegs ? decision.service : nil, reason: decision.reason,
                    overtook: decision.overtook))
        ]
    }

    func call(
        _ ticketID: TicketID, _ id: WindowID, _ staff: StaffID, at now: Timestamp
    ) throws(QueueRefusal) -> [QueueEvent] {
        let window = try workingWindow(id, staff)
        try requireFree(window)
        guard let ticket = tickets[ticketID] else { throw .ticketUnknown }
        guard !ticket.state.isEnded else { throw .ticketEnded }
        guard let number = ticket.number else { throw .notCheckedIn }
        guard ticket.state == .waiting else { throw .notWaiting(number: number) }
        guard let service = ticket.possible.first(where: window.services.contains) else {
            throw .serviceNotAtWindow(ticket.service)
        }
        let reason = RoutingReason(
            rule: .picked, due: ticket.due, waitedSeconds: ticket.waitedSeconds(at: now),
            candidates: waitingCount(forAnyOf: window.services))
        return [
            .ticketCalled(
                TicketCalled(
                    ticket: ticketID, number: number, window: id, staff: staff,
                    service: ticket.hasSeveralLegs ? service : nil, reason: reason,
                    overtook: overtaken(by: ticket, for: window.services)))
        ]
    }

    func recall(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, number) = try presentTicket(id, staff)
        guard ticket.state == .called else { throw .alreadyServing(number: number) }
        return [
            .ticketRecalled(
                TicketRecalled(ticket: ticket.id, number: number, window: id, staff: staff, attempt: ticket.calls + 1))
        ]
    }

    func startServing(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, number) = try presentTicket(id, staff)
        guard ticket.state == .called else { throw .alreadyServing(number: number) }
        return [.ticketServing(TicketServing(ticket: ticket.id, window: id, staff: staff))]
    }

    func finish(
        _ id: WindowID, _ staff: StaffID, _ outcome: ServiceOutcome, at now: Timestamp
    ) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, number) = try presentTicket(id, staff)
        guard ticket.state == .serving else { throw .notServing(number: number) }
        let next = ticket.standing.possible(after: outcome)
        guard let first = next.first else {
            return [.ticketFinished(TicketFinished(ticket: ticket.id, window: id, staff: staff, outcome: outcome))]
        }
        let here = next.first { windows[id]?.services.contains($0) == true }
        return [
            .ticketTransferred(
                TicketTransferred(
                    ticket: ticket.id, window: id, staff: staff, service: here ?? first, due: ticket.dueAgain(at: now),
                    outcome: outcome, goesOn: here != nil))
        ]
    }

    func markMissed(
        _ id: WindowID, _ staff: StaffID, at now: Timestamp, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, number) = try presentTicket(id, staff)
        guard ticket.state == .called else { throw .alreadyServing(number: number) }
        let until = now.advanced(minutes: configuration.rules.missedReturnMinutes)
        return [.ticketMissed(TicketMissed(ticket: ticket.id, window: id, staff: staff, returnableUntil: until))]
    }

    func park(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, _) = try presentTicket(id, staff)
        return [.ticketParked(TicketParked(ticket: ticket.id, window: id, staff: staff))]
    }

    func transfer(
        _ id: WindowID, _ staff: StaffID, to service: ServiceID, at now: Timestamp, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [QueueEvent] {
        let (ticket, _) = try presentTicket(id, staff)
        guard configuration.services[service] != nil else { throw .serviceUnknown(service) }
        guard service != ticket.service else { throw .sameService(service) }
        return [
            .ticketTransferred(
                TicketTransferred(
                    ticket: ticket.id, window: id, staff: staff, service: service, due: ticket.dueAgain(at: now)))
        ]
    }

    // MARK: One ticket

    func bringBack(
        _ id: TicketID, at now: Timestamp, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [QueueEvent] {
        guard let ticket = tickets[id] else { throw .ticketUnknown }
        guard !ticket.state.isEnded else { throw .ticketEnded }
        guard let number = ticket.number else { throw .notCheckedIn }
        switch ticket.state {
        case .parked:
            return [.ticketReturned(TicketReturned(ticket: id, due: ticket.due))]
        case .missed:
            if let until = ticket.returnableUntil, now > until { throw .returnExpired(until: until) }
            // Later than before, but never worse than a new number would be.
            let late = ticket.due.advanced(minutes: configuration.rules.missedReturnPenaltyMinutes)
            return [.ticketReturned(TicketReturned(ticket: id, due: max(ticket.due, min(now, late))))]
        default:
            throw .notAway(number: number)
        }
    }

    func leave(_ id: TicketID, _ cause: TicketLeft.Cause) throws(QueueRefusal) -> [QueueEvent] {
        guard let ticket = tickets[id] else { throw .ticketUnknown }
        guard !ticket.state.isEnded else { throw .ticketEnded }
        guard let number = ticket.number else { throw .notCheckedIn }
        guard ticket.state != .serving else { throw .inService(number: number) }
        return [.ticketLeft(TicketLeft(ticket: id, cause: cause))]
    }

    /// The last step of the window's last ticket. Something builds on it when the ticket has moved on since, or when
    /// the window has another ticket.
    func undo(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let window = try workingWindow(id, staff)
        guard let ticketID = window.lastTicket, let ticket = tickets[ticketID], let step = ticket.history.last else {
            throw .nothingToUndo
        }
        guard step.window == id, step.position == ticket.standing.position,
            window.ticket == (ticket.state.isAtWindow ? ticketID : nil)
        else { throw .stepBuiltUpon }
        return [
            .stepUndone(
                StepUndone(
                    ticket: ticketID, window: id, staff: staff, position: step.position, state: step.before.state))
        ]
    }
}

extension Ticket {
    /// The due time for the next leg: the waiting already endured, and the head start of a priority group, go along.
    fileprivate func dueAgain(at now: Timestamp) -> Timestamp {
        let earned = max(0, (calledAt ?? now).milliseconds - due.milliseconds)
        return Timestamp(milliseconds: now.milliseconds - earned)
    }

    /// Seconds since check-in or issue.
    func waitedSeconds(at now: Timestamp) -> Int {
        max(0, Int(now.seconds(since: arrived ?? now)))
    }
}
