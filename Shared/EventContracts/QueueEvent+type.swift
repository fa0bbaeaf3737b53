package import Domain

extension QueueEvent {
    /// The kinds of events, by their name in transit.
    enum Kind: String, CaseIterable {
        case dayOpened = "day-opened"
        case dayClosed = "day-closed"
        case windowOpened = "window-opened"
        case windowPaused = "window-paused"
        case windowResumed = "window-resumed"
        case windowClosed = "window-closed"
        case ticketExpected = "ticket-expected"
        case ticketWithdrawn = "ticket-withdrawn"
        case ticketCheckedIn = "ticket-checked-in"
        case ticketIssued = "ticket-issued"
        case ticketCalled = "ticket-called"
        case ticketRecalled = "ticket-recalled"
        case ticketServing = "ticket-serving"
        case ticketFinished = "ticket-finished"
        case ticketMissed = "ticket-missed"
        case ticketReturned = "ticket-returned"
        case ticketParked = "ticket-parked"
        case ticketTransferred = "ticket-transferred"
        case ticketLeft = "ticket-left"
        case ticketNoShow = "ticket-no-show"
        case stepUndone = "step-undone"

        /// The type of version 1 of the event's data.
        var typeName: String { "cn.onetrip.queue.\(rawValue).v1" }
        /// The kinds by type name.
        static let byTypeName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.typeName, $0) })
    }

    var kind: Kind {
        switch self {
        case .dayOpened: .dayOpened
        case .dayClosed: .dayClosed
        case .windowOpened: .windowOpened
        case .windowPaused: .windowPaused
        case .windowResumed: .windowResumed
        case .windowClosed: .windowClosed
        case .ticketExpected: .ticketExpected
        case .ticketWithdrawn: .ticketWithdrawn
        case .ticketCheckedIn: .ticketCheckedIn
        case .ticketIssued: .ticketIssued
        case .ticketCalled: .ticketCalled
        case .ticketRecalled: .ticketRecalled
        case .ticketServing: .ticketServing
        case .ticketFinished: .ticketFinished
        case .ticketMissed: .ticketMissed
        case .ticketReturned: .ticketReturned
        case .ticketParked: .ticketParked
        case .ticketTransferred: .ticketTransferred
        case .ticketLeft: .ticketLeft
        case .ticketNoShow: .ticketNoShow
        case .stepUndone: .stepUndone
        }
    }

    /// The CloudEvents type, such as `cn.onetrip.queue.ticket-called.v1`.
    package var typeName: String { kind.typeName }

    /// The CloudEvents subject: the ticket, else the window; `nil` for events of the whole day.
    package var subject: String? {
        switch self {
        case .dayOpened, .dayClosed: nil
        case .windowOpened(let event): event.window.rawValue
        case .windowPaused(let event): event.window.rawValue
        case .windowResumed(let event): event.window.rawValue
        case .windowClosed(let event): event.window.rawValue
        default: ticket?.rawValue
        }
    }

    /// The ticket that the event is about; `nil` for events of windows and days.
    package var ticket: TicketID? {
        switch self {
        case .dayOpened, .dayClosed, .windowOpened, .windowPaused, .windowResumed, .windowClosed: nil
        case .ticketExpected(let event): event.ticket
        case .ticketWithdrawn(let event): event.ticket
        case .ticketCheckedIn(let event): event.ticket
        case .ticketIssued(let event): event.ticket
        case .ticketCalled(let event): event.ticket
        case .ticketRecalled(let event): event.ticket
        case .ticketServing(let event): event.ticket
        case .ticketFinished(let event): event.ticket
        case .ticketMissed(let event): event.ticket
        case .ticketReturned(let event): event.ticket
        case .ticketParked(let event): event.ticket
        case .ticketTransferred(let event): event.ticket
        case .ticketLeft(let event): event.ticket
        case .ticketNoShow(let event): event.ticket
        case .stepUndone(let event): event.ticket
        }
    }
}
