/// The kinds of message that people get. The raw value names the texts in the message catalogues.
package enum MessageTemplate: String, Codable, Sendable, CaseIterable {
    case verificationCode
    case appointmentConfirmed
    case appointmentRescheduled
    case appointmentCancelled
    case checkedIn
    case called
    case missed
    case waitlistOffered, ballotLost
    /// The hall closes: another place is kept, or there is none; the last for services with a waitlist.
    case appointmentMoved, appointmentClosed, appointmentClosedWaitlist
}
