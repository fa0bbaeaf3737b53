/// What has happened in a hall's queue. The queue's state is the fold of these; nothing else changes it.
///
/// Events carry identifiers only, never a person's name, number or address.
package enum QueueEvent: Hashable, Sendable {
    case dayOpened(DayOpened)
    case dayClosed(DayClosed)

    case windowOpened(WindowOpened)
    case windowPaused(WindowPaused)
    case windowResumed(WindowResumed)
    case windowClosed(WindowClosed)

    /// A booking made the person expected; again for the same ticket after a change of the appointment.
    case ticketExpected(TicketExpected)
    /// The booking was taken back before the person came.
    case ticketWithdrawn(TicketWithdrawn)
    case ticketCheckedIn(TicketCheckedIn)
    case ticketIssued(TicketIssued)
    case ticketCalled(TicketCalled)
    case ticketRecalled(TicketRecalled)
    case ticketServing(TicketServing)
    case ticketFinished(TicketFinished)
    case ticketMissed(TicketMissed)
    /// Back among the waiting: from parked or missed, or called and sent back.
    case ticketReturned(TicketReturned)
    case ticketParked(TicketParked)
    case ticketTransferred(TicketTransferred)
    case ticketLeft(TicketLeft)
    /// Expected, and did not come before the day closed.
    case ticketNoShow(TicketNoShow)

    /// A step was taken back: the ticket (and the window) stand as they stood before the event at `position`.
    case stepUndone(StepUndone)
}

/// How the person came to be in the queue; the routing rule may weigh the classes differently.
package enum TicketClass: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case appointment
    case walkIn
    /// Elderly, disabled, pregnant, with small children, soldiers: as the hall's published rules say.
    case priority
}

/// Through which door the ticket came.
package enum Channel: String, Codable, Sendable, CaseIterable {
    case online, kiosk, counter, telephone, phone
}

package enum PauseReason: String, Codable, Sendable, CaseIterable {
    case rest, paperwork, technical, training
}

/// Whether the visit brought what it was for.
package enum ServiceOutcome: String, Codable, Sendable, CaseIterable {
    /// Done in this visit.
    case completed
    /// The person must come again because papers were missing.
    case papersMissing
    /// The person must come again for another reason.
    case furtherVisit
    /// Nothing was to be done here.
    case notApplicable
}

package struct DayOpened: Hashable, Codable, Sendable {
    package var date: LocalDate
    /// What the hall has learned from the days before; `nil` before the first is over.
    package var history: HallHistory?
    package init(date: LocalDate, history: HallHistory? = nil) {
        self.date = date
        self.history = history
    }
}

package struct DayClosed: Hashable, Codable, Sendable {
    package var date: LocalDate
    package init(date: LocalDate) { self.date = date }
}

package struct WindowOpened: Hashable, Codable, Sendable {
    package var window: WindowID
    package var staff: StaffID
    /// What may be served there now: the window's services that the clerk is skilled in.
    package var services: [ServiceID]
    package init(window: WindowID, staff: StaffID, services: [ServiceID]) {
        self.window = window
        self.staff = staff
        self.services = services
    }
}

package struct WindowPaused: Hashable, Codable, Sendable {
    package var window: WindowID
    package var staff: StaffID
    package var reason: PauseReason
    package init(window: WindowID, staff: StaffID, reason: PauseReason) {
        self.window = window
        self.staff = staff
        self.reason = reason
    }
}

package struct WindowResumed: Hashable, Codable, Sendable {
    package var window: WindowID
    package var staff: StaffID
    package init(window: WindowID, staff: StaffID) {
        self.window = window
        self.staff = staff
    }
}

package struct WindowClosed: Hashable, Codable, Sendable {
    package var window: WindowID
    package var staff: StaffID
    package init(window: WindowID, staff: StaffID) {
        self.window = window
        self.staff = staff
    }
}

package struct TicketExpected: Hashable, Codable, Sendable {
    /// The appointment's identifier.
    package var ticket: TicketID
    package var service: ServiceID
    package var slot: Timestamp
    package var channel: Channel
    /// Keyed hashes under which a kiosk finds the person: of the reference and of the last digits of the phone.
    package var checkInKeys: [String]
    /// SHA-256 (hex) of the token of the person's page.
    package var follow: String
    package init(
        ticket: TicketID, service: ServiceID, slot: Timestamp, channel: Channel, checkInKeys: [String], follow: String
    ) {
        self.ticket = ticket
        self.service = service
        self.slot = slot
        self.channel = channel
        self.checkInKeys = checkInKeys
        self.follow = follow
    }
}

package struct TicketWithdrawn: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package init(ticket: TicketID) { self.ticket = ticket }
}

package struct TicketCheckedIn: Hashable, Codable, Sendable {
    package var ticket: TicketID
    /// As shown on paper and screens, such as `A012`.
    package var number: String
    package var channel: Channel
    /// `walkIn` for who came too late for the booking to count.
    package var kind: TicketClass
    /// The place in line: the moment from which the person is due.
    package var due: Timestamp
    /// Nobody whose own such moment has not come passes the person after it; `nil` where the hall's policy promises nothing.
    package var promisedBy: Timestamp?
    /// The wait that the person was told.
    package var quoted: QuotedWait?
    package init(
        ticket: TicketID, number: String, channel: Channel, kind: TicketClass, due: Timestamp,
        promisedBy: Timestamp? = nil, quoted: QuotedWait? = nil
    ) {
        self.ticket = ticket
        self.number = number
        self.channel = channel
        self.kind = kind
        self.due = due
        self.promisedBy = promisedBy
        self.quoted = quoted
    }
}

/// A service of a visit, as it was asked for.
package struct AskedLeg: Hashable, Codable, Sendable {
    package var service: ServiceID
    /// The services of the same visit that must have ended before.
    package var after: [ServiceID]
    package init(service: ServiceID, after: [ServiceID] = []) {
        self.service = service
        self.after = after
    }
}

package struct TicketIssued: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var number: String
    /// With an itinerary, the first of it that may be next.
    package var service: ServiceID
    /// All services of the visit in the order in which they were asked for; empty when it is for one.
    package var itinerary: [AskedLeg]
    package var kind: TicketClass
    package var channel: Channel
    package var follow: String
    /// The place in line: the moment from which the person is due.
    package var due: Timestamp
    /// Nobody whose own such moment has not come passes the person after it; `nil` where the hall's policy promises nothing.
    package var promisedBy: Timestamp?
    /// The wait that the person was told.
    package var quoted: QuotedWait?
    package init(
        ticket: TicketID, number: String, service: ServiceID, itinerary: [AskedLeg] = [], kind: TicketClass,
        channel: Channel, follow: String, due: Timestamp, promisedBy: Timestamp? = nil, quoted: QuotedWait? = nil
    ) {
        self.ticket = ticket
        self.number = number
        self.service = service
        self.itinerary = itinerary
        self.kind = kind
        self.channel = channel
        self.follow = follow
        self.due = due
        self.promisedBy = promisedBy
        self.quoted = quoted
    }
}

package struct TicketCalled: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var number: String
    package var window: WindowID
    package var staff: StaffID
    /// The leg for which it was called; `nil` when the visit has only one.
    package var service: ServiceID?
    /// Why this ticket and no other.
    package var reason: RoutingReason
    /// The waiting tickets that this call passed: waiting for longer (since arrival or, if that is later, since their
    /// due time), and such as the window could have served.
    package var overtook: [TicketID]
    package init(
        ticket: TicketID, number: String, window: WindowID, staff: StaffID, service: ServiceID? = nil,
        reason: RoutingReason, overtook: [TicketID]
    ) {
        self.ticket = ticket
        self.number = number
        self.window = window
        self.staff = staff
        self.service = service
        self.reason = reason
        self.overtook = overtook
    }
}

package struct TicketRecalled: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var number: String
    package var window: WindowID
    package var staff: StaffID
    /// 2 for the first repetition.
    package var attempt: Int
    package init(ticket: TicketID, number: String, window: WindowID, staff: StaffID, attempt: Int) {
        self.ticket = ticket
        self.number = number
        self.window = window
        self.staff = staff
        self.attempt = attempt
    }
}

package struct TicketServing: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    package init(ticket: TicketID, window: WindowID, staff: StaffID) {
        self.ticket = ticket
        self.window = window
        self.staff = staff
    }
}

package struct TicketFinished: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    package var outcome: ServiceOutcome
    package init(ticket: TicketID, window: WindowID, staff: StaffID, outcome: ServiceOutcome) {
        self.ticket = ticket
        self.window = window
        self.staff = staff
        self.outcome = outcome
    }
}

package struct TicketMissed: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    /// Until when the person may still come back to the queue; after that the ticket ends.
    package var returnableUntil: Timestamp
    package init(ticket: TicketID, window: WindowID, staff: StaffID, returnableUntil: Timestamp) {
        self.ticket = ticket
        self.window = window
        self.staff = staff
        self.returnableUntil = returnableUntil
    }
}

package struct TicketReturned: Hashable, Codable, Sendable {
    package var ticket: TicketID
    /// The new place in line: the moment from which the person is due.
    package var due: Timestamp
    package init(ticket: TicketID, due: Timestamp) {
        self.ticket = ticket
        self.due = due
    }
}

package struct TicketParked: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    package init(ticket: TicketID, window: WindowID, staff: StaffID) {
        self.ticket = ticket
        self.window = window
        self.staff = staff
    }
}

/// A leg has ended and the visit goes on: sent on by a clerk, or finished with others of the itinerary open.
package struct TicketTransferred: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    /// The service that comes next, or one of those that may; number and earned waiting stay. One that the visit did
    /// not have is added to it.
    package var service: ServiceID
    /// The new due time: now, less the waiting already endured.
    package var due: Timestamp
    /// What came of the leg that ended; `nil` when a clerk sent the person on.
    package var outcome: ServiceOutcome?
    /// Whether the same window serves the next leg at once, without the person waiting again.
    package var goesOn: Bool
    package init(
        ticket: TicketID, window: WindowID, staff: StaffID, service: ServiceID, due: Timestamp,
        outcome: ServiceOutcome? = nil, goesOn: Bool = false
    ) {
        self.outcome = outcome
        self.goesOn = goesOn
        self.ticket = ticket
        self.window = window
        self.staff = staff
        self.service = service
        self.due = due
    }
}

package struct TicketLeft: Hashable, Codable, Sendable {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        /// The person said so.
        case person
        /// Missed, and not back in time.
        case expired
        /// The hall closed.
        case dayEnd
        /// Taken out by staff.
        case staff
    }

    package var ticket: TicketID
    package var cause: Cause
    package init(ticket: TicketID, cause: Cause) {
        self.ticket = ticket
        self.cause = cause
    }
}

package struct TicketNoShow: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package init(ticket: TicketID) { self.ticket = ticket }
}

package struct StepUndone: Hashable, Codable, Sendable {
    package var ticket: TicketID
    package var window: WindowID
    package var staff: StaffID
    /// Position of the event that is taken back.
    package var position: Int64
    /// Where the ticket stands again.
    package var state: TicketState
    package init(ticket: TicketID, window: WindowID, staff: StaffID, position: Int64, state: TicketState) {
        self.ticket = ticket
        self.window = window
        self.staff = staff
        self.position = position
        self.state = state
    }
}

/// Why a ticket was called: the facts of the decision, from which the text in each language is made.
package struct RoutingReason: Hashable, Codable, Sendable {
    package enum Rule: String, Codable, Sendable, CaseIterable {
        /// First by due time among those that the window may serve.
        case due
        /// Beyond the promise, so before all who are not.
        case promise
        /// The largest index: waiting costs this person most, and the service is short or fast at this window.
        case urgency
        /// Ahead of the largest index, because the look-ahead expects less waiting in all.
        case lookAhead
        /// Passed as often as the hall's bound allows, so first now.
        case overtakingBound
        /// The clerk called this very ticket.
        case picked
    }

    package var rule: Rule
    /// The moment from which the person was due.
    package var due: Timestamp
    /// Seconds waited since check-in or issue.
    package var waitedSeconds: Int
    /// Waiting tickets that the window could have served, this one included.
    package var candidates: Int
    package init(rule: Rule, due: Timestamp, waitedSeconds: Int, candidates: Int) {
        self.rule = rule
        self.due = due
        self.waitedSeconds = waitedSeconds
        self.candidates = candidates
    }
}
