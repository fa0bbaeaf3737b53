/// One service of a visit, and what came of it.
package struct VisitLeg: Sendable, Hashable, Codable {
    /// How a leg ended.
    package struct End: Sendable, Hashable, Codable {
        /// `nil` when a clerk sent the person on without one.
        package var outcome: ServiceOutcome?
        package var at: Timestamp
        /// Where it was given; `nil` when nothing was served.
        package var given: Given?
        /// The service that a clerk added on ending the leg: a need that came as a surprise.
        package var sentTo: ServiceID?
    }

    /// The window that served a leg.
    package struct Given: Sendable, Hashable, Codable {
        package var window: WindowID
        package var staff: StaffID
        /// The call, or the end of the leg before when the window went on with this one.
        package var calledAt: Timestamp
    }

    package let service: ServiceID
    /// The services of the visit that must have ended before.
    package var after: [ServiceID]
    /// `nil` while the leg is open.
    package var end: End?

    init(_ service: ServiceID, after: [ServiceID] = []) {
        self.service = service
        self.after = after
    }

    package var isOpen: Bool { end == nil }
}

extension Ticket {
    /// The most services that one number can be for when it is taken.
    package static let legLimit = 6

    /// The services of the visit in the order in which they were asked for; at least one.
    package var legs: [VisitLeg] { standing.legs }

    /// Whether the visit is, or became, one for several services.
    package var hasSeveralLegs: Bool { standing.legs.count > 1 }

    /// The services of which the next may be one: in the line of each of them a waiting ticket waits.
    package var possible: [ServiceID] { standing.possible }

    /// Whether everything that was asked for was completed; `nil` while the visit goes on, and where nothing was to be
    /// done, or nobody said what came of it.
    package var isComplete: Bool? {
        switch state {
        case .done:
            if legs.contains(where: { $0.isOpen || $0.end?.outcome?.needsAnotherVisit == true }) { return false }
            return legs.contains { $0.end?.outcome == .completed } ? true : nil
        case .left: return false
        case .expected, .waiting, .called, .serving, .parked, .missed, .withdrawn, .noShow: return nil
        }
    }
}

extension Ticket.Standing {
    package var openServices: [ServiceID] { legs.lazy.filter(\.isOpen).map(\.service) }

    /// The open services before which no other open one must come, in the order in which they were asked for.
    package var possible: [ServiceID] {
        if legs.count == 1, let only = legs.first { return only.isOpen ? [only.service] : [] }
        let open = openServices
        let free = legs.lazy.filter { leg in leg.isOpen && !leg.after.contains(where: open.contains) }.map(\.service)
        // A catalogue whose order goes in a circle is not imported; nobody would wait for ever if it were.
        return free.isEmpty ? open : Array(free)
    }

    /// The services that a window with these gives one after another when it takes the person now, `first` first.
    package func oneGo(from first: ServiceID, at services: [ServiceID]) -> [ServiceID] {
        var standing = self
        var given: [ServiceID] = []
        var next: ServiceID? = first
        while let service = next {
            given.append(service)
            standing.endLeg(of: service, outcome: .completed, at: due)
            next = standing.possible.first(where: services.contains)
        }
        return given
    }

    /// As it stands when the present leg has ended so.
    func ended(outcome: ServiceOutcome?, at time: Timestamp) -> Ticket.Standing {
        var after = self
        after.endLeg(of: service, outcome: outcome, at: time)
        return after
    }

    /// The services that may be next when the present leg has ended so; none ends the visit.
    package func possible(after outcome: ServiceOutcome) -> [ServiceID] {
        ended(outcome: outcome, at: due).possible
    }

    /// Ends the open leg of a service. What must come after it cannot be done in this visit when the person has to
    /// come again for it.
    mutating func endLeg(of service: ServiceID, outcome: ServiceOutcome?, at time: Timestamp) {
        guard let index = legs.firstIndex(where: { $0.isOpen && $0.service == service }) else { return }
        var end = VisitLeg.End(outcome: outcome, at: time)
        if servingSince != nil, service == self.service, let window, let staff, let calledAt {
            end.given = VisitLeg.Given(window: window, staff: staff, calledAt: calledAt)
        }
        legs[index].end = end
        guard outcome?.needsAnotherVisit == true else { return }
        var failed = [service]
        while let cause = failed.popLast() {
            for index in legs.indices where legs[index].isOpen && legs[index].after.contains(cause) {
                legs[index].end = VisitLeg.End(outcome: .furtherVisit, at: time)
                failed.append(legs[index].service)
            }
        }
    }

    /// After the present leg: at the same window with the next, or waiting for what may be next.
    func next(_ event: TicketTransferred, at time: Timestamp) -> Ticket.Standing {
        var after = self
        let present = after.legs.firstIndex { $0.isOpen && $0.service == service }
        after.endLeg(of: service, outcome: event.outcome, at: time)
        if !after.openServices.contains(event.service) {
            after.legs.append(VisitLeg(event.service))
            if let present { after.legs[present].end?.sentTo = event.service }
        }
        guard event.goesOn else { return after.waitingAgain(due: event.due, position: position) }
        after.service = event.service
        after.due = event.due
        // The number is not called again: screens announce each call once.
        after.calledAt = time
        after.servingSince = time
        return after
    }

    /// Back in the lines of what may be next, with the promise moved along with the due time.
    func waitingAgain(due: Timestamp, position: Int64) -> Ticket.Standing {
        var again = Ticket.Standing(
            state: .waiting, service: possible.first ?? service, due: self.due, position: position)
        again.legs = legs
        again.promisedBy = promisedBy
        again.due = due
        again.firstCalledAt = firstCalledAt
        return again
    }
}

extension ServiceOutcome {
    /// Whether the person has to come once more.
    package var needsAnotherVisit: Bool { self == .papersMissing || self == .furtherVisit }
}
