package import Domain

/// What the holder of a personal link sees of the ticket. Also the JSON of the API and of `event: ticket`; what is unknown is left out.
package struct TicketStatus: Hashable, Codable, Sendable {
    /// A service of a visit that has several.
    package struct Leg: Hashable, Codable, Sendable {
        package enum State: String, Hashable, Codable, Sendable {
            /// At the window now.
            case present
            /// May be next.
            case open
            /// Comes after others of the visit.
            case later
            case ended
        }

        package var service: ServiceID
        package var state: State
        /// What came of it; left out when a clerk sent the person on.
        package var outcome: ServiceOutcome?

        package init(service: ServiceID, state: State, outcome: ServiceOutcome? = nil) {
            self.service = service
            self.state = state
            self.outcome = outcome
        }
    }

    package var hall: HallID
    package var service: ServiceID
    package var state: TicketState
    package var number: String?
    /// Where the person was called to, or is served.
    package var window: WindowID?
    package var ahead: Int?
    package var expectedMinutes: Int?
    package var lowMinutes: Int?
    package var highMinutes: Int?
    /// The booked time.
    package var slot: Timestamp?
    /// While missed: until when the person may come back.
    package var returnableUntil: Timestamp?
    /// In the order in which they were asked for; left out when there is only one.
    package var legs: [Leg]?
    /// Only for who said how far away the person is.
    package var setOut: SetOut?

    package init(
        hall: HallID, service: ServiceID, state: TicketState, number: String? = nil, window: WindowID? = nil,
        ahead: Int? = nil, expectedMinutes: Int? = nil, lowMinutes: Int? = nil, highMinutes: Int? = nil,
        slot: Timestamp? = nil, returnableUntil: Timestamp? = nil, legs: [Leg]? = nil
    ) {
        self.hall = hall
        self.service = service
        self.state = state
        self.number = number
        self.window = window
        self.ahead = ahead
        self.expectedMinutes = expectedMinutes
        self.lowMinutes = lowMinutes
        self.highMinutes = highMinutes
        self.slot = slot
        self.returnableUntil = returnableUntil
        self.legs = legs
    }

    /// A ticket of the hall's day.
    ///
    /// - Parameters:
    ///   - outlook: `nil` when the ticket does not wait or no open window serves it.
    ///   - ahead: how many are due before the ticket, for when there is no outlook.
    package init(_ ticket: Ticket, hall: HallID, outlook: WaitOutlook?, ahead: Int?) {
        self.init(
            hall: hall, service: ticket.service, state: ticket.state, number: ticket.number,
            window: ticket.state.isAtWindow ? ticket.window : nil,
            ahead: ticket.state == .waiting ? outlook?.ahead ?? ahead : nil, expectedMinutes: outlook?.expectedMinutes,
            lowMinutes: outlook?.lowMinutes, highMinutes: outlook?.highMinutes, slot: ticket.slot,
            returnableUntil: ticket.state == .missed ? ticket.returnableUntil : nil,
            legs: ticket.hasSeveralLegs ? ticket.legs.map { Leg($0, of: ticket) } : nil)
    }

    /// A ticket of another day.
    package init(_ ticket: FollowedTicket) {
        self.init(
            hall: ticket.hall, service: ticket.service, state: ticket.state, number: ticket.number, slot: ticket.slot)
    }
}

extension TicketStatus.Leg {
    fileprivate init(_ leg: VisitLeg, of ticket: Ticket) {
        let state: State =
            if !leg.isOpen {
                .ended
            } else if ticket.state.isAtWindow, leg.service == ticket.service {
                .present
            } else {
                ticket.possible.contains(leg.service) ? .open : .later
            }
        self.init(service: leg.service, state: state, outcome: leg.end?.outcome)
    }
}
