package import Domain

/// Why the booking service refused something. The message for people is made where it leaves the service.
package enum BookingError: Error, Hashable, Sendable {
    case slotUnknown
    /// No place is left. Carries the slot, so that others near it can be offered.
    case slotFull(Slot)
    /// The slot has begun, or begins too soon to be booked.
    case slotClosed(Slot)
    /// The slot opens later.
    case slotNotOpen(Slot, SlotOpening)
    /// The slot is for another service than the appointment that would move there.
    case slotOfOtherService
    /// The person has a living appointment for the service already.
    case alreadyBooked
    /// The service asks for another document, or for none.
    case identityRefused(IdentityRefusal)
    /// The phone has as many living appointments of persons with a document as it may have.
    case phoneFull(limit: Int)
    /// The person has booked the service as often as the service lets one person, or has not come too often.
    case limited(LimitRefusal)
    case holdUnknown
    /// The hold ran out, was given back or was used.
    case holdEnded(Slot)
    /// The checklist has changed since the person accepted it; carries the version that is valid now.
    case checklistChanged(current: Int)
    case appointmentUnknown
    /// Somebody changed the appointment in between; carries the version that is valid now.
    case appointmentStale(version: Int)
    /// Served, cancelled, or the visit has begun.
    case appointmentEnded
    /// Less time is left than the hall needs to give the place to somebody else.
    case tooLate(minutes: Int)
    /// Nobody can wait for a place of the service.
    case noWaitlist
    /// A hall where the service cannot be booked, or none.
    case waitlistHall
    /// The days are over, out of order, too many or too far ahead.
    case waitlistDays(limit: Int)
    case alreadyWaiting
    case waitlistUnknown
    /// The place that was kept has gone to somebody else.
    case offerEnded
    case keyReused
    case busy(retryAfterSeconds: Int)
    case verificationUnknown
    case verificationEnded
    case codeWrong(attemptsLeft: Int)
    case tooManyVerifications(retryAfterSeconds: Int)
    case contactTokenInvalid
    /// A phone or a device has asked too often.
    case tooManyRequests(retryAfterSeconds: Int)
    /// A limit is near: the request must come again with some work.
    case challenged(Challenge)
    case ballotUnknown
    /// The round takes no entries now. Carries what is published of it.
    case ballotClosed(BallotRecord)
    /// The person has entered the round already.
    case alreadyEntered
    /// The stored thing cannot be read, for example because it was sealed under another key.
    case unreadable(String)
}
