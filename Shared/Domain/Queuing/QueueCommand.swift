/// What somebody wants to happen in a hall's queue. `HallQueue.decide` turns it into events or refuses it.
package enum QueueCommand: Sendable, Hashable {
    // MARK: Day

    /// Opens today. Any other command on a new local date does the same first, closing the day before.
    case openDay
    /// Ends the day: who was expected is a no-show, who waits has left, who is served is finished, and the windows
    /// close.
    case closeDay
    /// Does what time alone brings: missed tickets whose return time is over, and the change of the day. Nothing due,
    /// no events.
    case tick

    // MARK: Windows

    /// The clerk sits down at a window. `skills` limits what is served there; `nil` takes all the window's services.
    case openWindow(WindowID, StaffID, skills: Set<ServiceID>?)
    case pauseWindow(WindowID, StaffID, PauseReason)
    case resumeWindow(WindowID, StaffID)
    case closeWindow(WindowID, StaffID)

    // MARK: Arrivals

    /// A booking for today. Replaces the earlier one while the person is only expected; of another day, it is not for
    /// this queue (and takes back an earlier one of today).
    case expect(TicketExpected)
    /// The booking was cancelled. Does nothing for unknown tickets, for ended ones, and for people who have already
    /// come.
    case withdraw(TicketID)
    /// The booked person is here.
    case checkIn(TicketID, Channel)
    /// A walk-in takes a number for one service or several, at most `Ticket.legLimit`. The caller makes the identifier;
    /// `follow` is the hash of the token of the ticket's page.
    case issue(TicketID, [ServiceID], TicketClass, Channel, follow: String)

    // MARK: Calls

    /// The routing policy chooses whom to call.
    case callNext(WindowID, StaffID)
    /// Calls this very ticket. Whether the clerk may is decided outside.
    case call(TicketID, WindowID, StaffID)

    // MARK: The window's present ticket

    case recall(WindowID, StaffID)
    case startServing(WindowID, StaffID)
    /// Ends the present leg. When others are open the window goes on with one that it serves, else the ticket waits
    /// again with the waiting already endured.
    case finish(WindowID, StaffID, ServiceOutcome)
    /// Called, and did not come.
    case markMissed(WindowID, StaffID)
    /// Set aside, such as while the person copies a paper.
    case park(WindowID, StaffID)
    /// Ends the present leg and sends the person on to another service, with the same number and the waiting already
    /// endured. Where the visit has no such leg open, one is added.
    case transfer(WindowID, StaffID, to: ServiceID)

    // MARK: One ticket

    /// A parked or missed person is back: by a clerk, or (`nil`) by the person at the kiosk.
    case bringBack(TicketID, StaffID?)
    case leave(TicketID, TicketLeft.Cause)

    /// Takes back the last step of the window's last ticket, when nothing depends on it.
    case undo(WindowID, StaffID)
}

extension QueueCommand {
    /// A number for one service.
    package static func issue(
        _ ticket: TicketID, _ service: ServiceID, _ kind: TicketClass, _ channel: Channel, follow: String
    ) -> QueueCommand {
        .issue(ticket, [service], kind, channel, follow: follow)
    }
}
