package import Domain

extension MessagePlan {
    /// The message that an event of a booking stream gives.
    ///
    /// A cancellation that is half of a move to another hall gives none: the other half tells of the move.
    package static func message(for event: BookingEvent) -> PlannedMessage? {
        switch event {
        case .appointmentBooked(let event):
            PlannedMessage(
                template: .appointmentConfirmed, subject: .appointment(event.appointment),
                parameters: parameters(of: event))
        case .appointmentRescheduled(let event) where event.closed != nil:
            PlannedMessage(
                template: .appointmentMoved, subject: .appointment(event.appointment),
                parameters: parameters(of: event).merging(
                    [
                        "previousHall": event.closed?.hall.rawValue, "previousSlot": event.closed?.slot.rfc3339(),
                    ].compactMapValues(\.self)
                ) { own, _ in own })
        case .appointmentRescheduled(let event):
            PlannedMessage(
                template: .appointmentRescheduled, subject: .appointment(event.appointment),
                parameters: parameters(of: event))
        case .appointmentCancelled(let event) where event.cause == .rescheduled:
            nil
        case .appointmentCancelled(let event) where event.cause == .closure:
            PlannedMessage(
                template: event.canWait ? .appointmentClosedWaitlist : .appointmentClosed,
                subject: .appointment(event.appointment),
                parameters: ["hall": event.hall.rawValue, "cause": event.cause.rawValue])
        case .appointmentCancelled(let event):
            PlannedMessage(
                template: .appointmentCancelled, subject: .appointment(event.appointment),
                parameters: ["hall": event.hall.rawValue, "cause": event.cause.rawValue])
        case .verificationRequested(let event):
            PlannedMessage(
                template: .verificationCode, subject: .verification(event.verification),
                parameters: ["expires": event.expires.rfc3339()])
        case .waitlistOffered(let event):
            PlannedMessage(
                template: .waitlistOffered, subject: .waitlistEntry(event.entry),
                parameters: [
                    "hall": event.hall.rawValue, "service": event.service.rawValue, "slot": event.slot.rfc3339(),
                    "slotEnd": event.slotEnd.rfc3339(), "expires": event.expires.rfc3339(),
                    "sequence": String(event.sequence),
                ])
        case .ballotLost(let event):
            PlannedMessage(
                template: .ballotLost, subject: .ballotEntry(event.entry),
                parameters: ["service": event.service.rawValue])
        }
    }

    private static func parameters(of event: AppointmentBooked) -> [String: String] {
        [
            "hall": event.hall.rawValue, "service": event.service.rawValue, "slot": event.slot.rfc3339(),
            "slotEnd": event.slotEnd.rfc3339(), "sequence": String(event.sequence),
        ]
    }
}
