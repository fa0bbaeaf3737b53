package import Domain

/// Until when a message is of use. One that comes later than this would mislead, such as a call after the turn has passed.
package enum MessageLifetime {
    /// - Parameter time: when the event happened.
    package static func expiry(of message: PlannedMessage, at time: Timestamp) -> Timestamp {
        switch message.template {
        case .verificationCode, .waitlistOffered: moment("expires", in: message) ?? time.advanced(minutes: 10)
        case .called: time.advanced(minutes: 10)
        case .checkedIn: time.advanced(minutes: 60)
        case .missed: moment("returnableUntil", in: message) ?? time.advanced(minutes: 30)
        case .appointmentConfirmed, .appointmentRescheduled, .appointmentMoved:
            // Never after the appointment itself, but with a little room for bookings made at the last minute.
            max(moment("slot", in: message) ?? time.advanced(minutes: 24 * 60), time.advanced(minutes: 10))
        case .appointmentCancelled, .appointmentClosed, .appointmentClosedWaitlist, .ballotLost:
            time.advanced(minutes: 24 * 60)
        }
    }

    private static func moment(_ name: String, in message: PlannedMessage) -> Timestamp? {
        message.parameters[name].flatMap { Timestamp(rfc3339: $0) }
    }
}
