/// Which event gives which message: at most one for an event.
package enum MessagePlan {
    /// The message that an event of a hall's queue gives.
    ///
    /// A walk-in has the number in the hand, so its issue gives none; and a repeated call repeats on screens, not by message.
    ///
    /// - Parameter hall: the hall of the queue's stream.
    package static func message(for event: QueueEvent, in hall: HallID) -> PlannedMessage? {
        switch event {
        case .ticketCheckedIn(let event):
            PlannedMessage(
                template: .checkedIn, subject: .ticket(event.ticket),
                parameters: ["hall": hall.rawValue, "number": event.number])
        case .ticketCalled(let event):
            PlannedMessage(
                template: .called, subject: .ticket(event.ticket),
                parameters: ["hall": hall.rawValue, "number": event.number, "window": event.window.rawValue])
        case .ticketMissed(let event):
            PlannedMessage(
                template: .missed, subject: .ticket(event.ticket),
                parameters: [
                    "hall": hall.rawValue, "window": event.window.rawValue,
                    "returnableUntil": event.returnableUntil.rfc3339(),
                ])
        case .dayOpened, .dayClosed, .windowOpened, .windowPaused, .windowResumed, .windowClosed, .ticketExpected,
            .ticketWithdrawn, .ticketIssued, .ticketRecalled, .ticketServing, .ticketFinished, .ticketReturned,
            .ticketParked, .ticketTransferred, .ticketLeft, .ticketNoShow, .stepUndone:
            nil
        }
    }
}
