import Domain
import EventContracts
import Messaging

extension LoggedEvent {
    /// The event of a hall's log; `nil` when it is none.
    var queueEvent: QueueEvent? {
        try? QueueEvent(typeName: type, data: payload)
    }
}

extension QueueEvent {
    /// The last part of the type's name, such as `ticket-called`.
    var name: String {
        typeName.split(separator: ".").dropLast().last.map(String.init) ?? typeName
    }

    /// Where it happened, for events that happen at a window.
    var window: WindowID? {
        switch self {
        case .windowOpened(let event): event.window
        case .windowPaused(let event): event.window
        case .windowResumed(let event): event.window
        case .windowClosed(let event): event.window
        case .ticketCalled(let event): event.window
        case .ticketRecalled(let event): event.window
        case .ticketServing(let event): event.window
        case .ticketFinished(let event): event.window
        case .ticketMissed(let event): event.window
        case .ticketParked(let event): event.window
        case .ticketTransferred(let event): event.window
        case .dayOpened, .dayClosed, .ticketExpected, .ticketWithdrawn, .ticketCheckedIn, .ticketIssued,
            .ticketReturned,
            .ticketLeft, .ticketNoShow, .stepUndone:
            nil
        }
    }

    /// Who did it, for events that staff bring about.
    var staff: StaffID? {
        switch self {
        case .windowOpened(let event): event.staff
        case .windowPaused(let event): event.staff
        case .windowResumed(let event): event.staff
        case .windowClosed(let event): event.staff
        case .ticketCalled(let event): event.staff
        case .ticketRecalled(let event): event.staff
        case .ticketServing(let event): event.staff
        case .ticketFinished(let event): event.staff
        case .ticketMissed(let event): event.staff
        case .ticketParked(let event): event.staff
        case .ticketTransferred(let event): event.staff
        case .stepUndone(let event): event.staff
        case .dayOpened, .dayClosed, .ticketExpected, .ticketWithdrawn, .ticketCheckedIn, .ticketIssued,
            .ticketReturned,
            .ticketLeft, .ticketNoShow:
            nil
        }
    }
}
