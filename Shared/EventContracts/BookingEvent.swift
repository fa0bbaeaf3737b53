package import Domain

/// What has happened to a booking. Written by the booking service; identifiers only.
package enum BookingEvent: Hashable, Sendable {
    case appointmentBooked(AppointmentBooked)
    /// The appointment moved to another slot, perhaps of another hall: then the old hall's stream has a cancellation
    /// with cause `rescheduled`, and the new hall's stream has this.
    case appointmentRescheduled(AppointmentBooked)
    case appointmentCancelled(AppointmentCancelled)
    /// A person asked for a code to prove a contact.
    case verificationRequested(VerificationRequested)
    /// A place that came free is kept for somebody on the waitlist, who has to take it in time.
    case waitlistOffered(WaitlistOffered)
    /// An entry in a ballot got no place.
    case ballotLost(BallotLost)
}

package struct BallotLost: Hashable, Codable, Sendable {
    /// Names the entry; the contact is fetched from the booking service when the message is sent.
    package var entry: String
    /// Of the entry's first preference.
    package var hall: HallID
    package var service: ServiceID
    package init(entry: String, hall: HallID, service: ServiceID) {
        self.entry = entry
        self.hall = hall
        self.service = service
    }
}

package struct AppointmentBooked: Hashable, Codable, Sendable {
    package var appointment: AppointmentID
    package var hall: HallID
    package var service: ServiceID
    package var slot: Timestamp
    package var slotEnd: Timestamp
    package var channel: Channel
    package var checkInKeys: [String]
    /// SHA-256 (hex) of the token of the person's page.
    package var follow: String
    /// 0 when booked, one more at each change.
    package var sequence: Int
    /// The place that is gone, where the hall has moved the appointment because it closes.
    package var closed: Closed?

    package struct Closed: Hashable, Codable, Sendable {
        package var hall: HallID
        package var slot: Timestamp

        package init(hall: HallID, slot: Timestamp) {
            self.hall = hall
            self.slot = slot
        }
    }

    package init(
        appointment: AppointmentID, hall: HallID, service: ServiceID, slot: Timestamp, slotEnd: Timestamp,
        channel: Channel, checkInKeys: [String], follow: String, sequence: Int, closed: Closed? = nil
    ) {
        self.appointment = appointment
        self.hall = hall
        self.service = service
        self.slot = slot
        self.slotEnd = slotEnd
        self.channel = channel
        self.checkInKeys = checkInKeys
        self.follow = follow
        self.sequence = sequence
        self.closed = closed
    }
}

package struct AppointmentCancelled: Hashable, Codable, Sendable {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case person, staff, closure, rescheduled
    }

    package var appointment: AppointmentID
    package var hall: HallID
    package var cause: Cause
    package var sequence: Int
    /// Whether the person can wait for another place of the service. Said where the hall has taken the place away.
    package var canWait: Bool

    package init(appointment: AppointmentID, hall: HallID, cause: Cause, sequence: Int, canWait: Bool = false) {
        self.appointment = appointment
        self.hall = hall
        self.cause = cause
        self.sequence = sequence
        self.canWait = canWait
    }
}

package struct VerificationRequested: Hashable, Codable, Sendable {
    /// Names the request; the contact and the code are fetched from the booking service when the message is sent.
    package var verification: String
    package var expires: Timestamp
    package init(verification: String, expires: Timestamp) {
        self.verification = verification
        self.expires = expires
    }
}

package struct WaitlistOffered: Hashable, Codable, Sendable {
    /// Names the entry; the contact is fetched from the booking service when the message is sent.
    package var entry: String
    package var hall: HallID
    package var service: ServiceID
    package var slot: Timestamp
    package var slotEnd: Timestamp
    /// Until when the place is kept for the person.
    package var expires: Timestamp
    /// Counts the offers to the entry, from 1.
    package var sequence: Int
    package init(
        entry: String, hall: HallID, service: ServiceID, slot: Timestamp, slotEnd: Timestamp, expires: Timestamp,
        sequence: Int
    ) {
        self.entry = entry
        self.hall = hall
        self.service = service
        self.slot = slot
        self.slotEnd = slotEnd
        self.expires = expires
        self.sequence = sequence
    }
}
