/// One visit to the hall, from the booking or the walk-in's number to its end.
///
/// A visit is for one service or for several, its legs. A waiting ticket waits in the line of every leg that may be
/// next: the order is free, except where the catalogue puts a service after another. Whichever window becomes free may
/// take it for any such leg that it serves. What the window can also give, it gives at once, without the person waiting
/// again; for the rest the ticket waits once more, with the waiting already endured.
package struct Ticket: Sendable, Hashable, Codable, Identifiable {
    package let id: TicketID
    /// As shown on paper and screens, such as `A012`; `nil` while only expected.
    package var number: String?
    package var kind: TicketClass
    package var channel: Channel
    /// The booked time; `nil` for walk-ins.
    package var slot: Timestamp?
    /// When the person came: check-in or issue; `nil` while only expected.
    package var arrived: Timestamp?
    /// Keyed hashes under which a kiosk finds an expected person.
    package var checkInKeys: [String]
    /// SHA-256 (hex) of the token of the person's page.
    package var follow: String
    /// The wait that the person was told on coming.
    package var quoted: QuotedWait?
    /// How often others were called first although this person had been waiting for longer.
    package var passedBy: Int
    /// What a step of a window changes, and its undo restores.
    package var standing: Standing
    /// The last steps that windows took with the ticket, oldest first; at most `historyLimit`.
    package var history: [TicketStep]

    /// How many steps can be taken back, one after another.
    package static let historyLimit = 8

    init(expected facts: TicketExpected, position: Int64) {
        id = facts.ticket
        kind = .appointment
        channel = facts.channel
        slot = facts.slot
        checkInKeys = facts.checkInKeys
        follow = facts.follow
        passedBy = 0
        standing = Standing(state: .expected, service: facts.service, due: facts.slot, position: position)
        history = []
    }

    init(issued facts: TicketIssued, at time: Timestamp, position: Int64) {
        id = facts.ticket
        number = facts.number
        kind = facts.kind
        channel = facts.channel
        arrived = time
        checkInKeys = []
        follow = facts.follow
        passedBy = 0
        standing = Standing(state: .waiting, service: facts.service, due: facts.due, position: position)
        if !facts.itinerary.isEmpty {
            standing.legs = facts.itinerary.map { VisitLeg($0.service, after: $0.after) }
        }
        standing.promisedBy = facts.promisedBy
        quoted = facts.quoted
        history = []
    }
}

extension Ticket {
    /// Where the ticket stands in its visit.
    package struct Standing: Sendable, Hashable, Codable {
        package var state: TicketState
        /// Of the leg at the window. Away from a window, the first of those that may be next; at the end, the last.
        package var service: ServiceID
        package var legs: [VisitLeg]
        /// The moment from which the person is due: the place in line. Later than now for who came early for a booking.
        package var due: Timestamp {
            // Who is sent on or comes back keeps what was promised, counted from the new due time.
            didSet { promisedBy = promisedBy?.advanced(milliseconds: due.milliseconds - oldValue.milliseconds) }
        }
        /// Nobody whose own such moment has not come passes the person after it.
        package var promisedBy: Timestamp?
        package var window: WindowID?
        package var staff: StaffID?
        /// How often the number was called to this window.
        package var calls = 0
        /// The first call of the visit.
        package var firstCalledAt: Timestamp?
        /// The first call in this stretch of waiting.
        package var calledAt: Timestamp?
        /// The last call or its repetition.
        package var lastCalledAt: Timestamp?
        /// Position of the last call or its repetition.
        package var callPosition: Int64?
        package var servingSince: Timestamp?
        /// While missed: until when the person may come back.
        package var returnableUntil: Timestamp?
        /// Of the last leg.
        package var outcome: ServiceOutcome?
        package var endedAt: Timestamp?
        /// Position of the event that brought the ticket here.
        package var position: Int64

        init(state: TicketState, service: ServiceID, due: Timestamp, position: Int64) {
            self.state = state
            self.service = service
            legs = [VisitLeg(service)]
            self.due = due
            self.position = position
        }
    }

    package var state: TicketState { standing.state }
    package var service: ServiceID { standing.service }
    package var due: Timestamp { standing.due }
    package var promisedBy: Timestamp? { standing.promisedBy }
    package var window: WindowID? { standing.window }
    package var staff: StaffID? { standing.staff }
    package var calls: Int { standing.calls }
    package var firstCalledAt: Timestamp? { standing.firstCalledAt }
    package var calledAt: Timestamp? { standing.calledAt }
    package var lastCalledAt: Timestamp? { standing.lastCalledAt }
    package var servingSince: Timestamp? { standing.servingSince }
    package var returnableUntil: Timestamp? { standing.returnableUntil }
    package var outcome: ServiceOutcome? { standing.outcome }
    package var endedAt: Timestamp? { standing.endedAt }

    /// The moment from which waiting counts as the hall's doing: the arrival, or the due time where that is later.
    package var waitingSince: Timestamp {
        max(arrived ?? standing.due, standing.due)
    }
}

/// A step that a window took with a ticket, with what it needs to be taken back.
package struct TicketStep: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case called, serving, finished, missed, parked, transferred
    }

    package var kind: Kind
    /// Of the step's event.
    package var position: Int64
    package var window: WindowID
    package var at: Timestamp
    /// Where the ticket stood before.
    package var before: Ticket.Standing
    /// Since when the window had been idle before, and its last ticket before.
    package var windowIdleSince: Timestamp?
    package var windowLastTicket: TicketID?
    /// Whom a call passed.
    package var overtook: [TicketID]
}
