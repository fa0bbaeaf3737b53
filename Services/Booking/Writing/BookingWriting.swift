package import Domain
package import EventContracts

/// Carries out everything that changes places: the one door to slots, holds and appointments.
///
/// Every method is atomic, keeps `0 ≤ taken ≤ capacity`, appends its events with the effect, and may be called again
/// with the same ``IdempotentRequest`` for the same answer. Refusals are ``BookingError``s and change nothing.
package protocol BookingWriting: Sendable {
    /// Keeps a place for a while.
    func hold(_ order: HoldOrder) async throws -> StoredAnswer
    /// Gives a held place back; `false` when there was none to give back.
    func release(holdTokenHash: String, at now: Timestamp) async throws -> Bool
    func book(_ order: BookOrder) async throws -> StoredAnswer
    /// Takes the new place and frees the old one, or does neither.
    func reschedule(_ order: RescheduleOrder) async throws -> Appointment
    func cancel(_ order: CancelOrder) async throws -> Appointment
    /// Gives an offered place to the next of the waitlist; `false` when it was not offered any more.
    func decline(_ order: DeclineOrder) async throws -> Bool
}

/// The place that somebody wants.
package enum Place: Hashable, Sendable {
    case slot(SlotID)
    /// A place that is already kept, by the hash of the hold's token.
    case hold(tokenHash: String)
}

package struct HoldOrder: Sendable {
    package var request: IdempotentRequest
    package var slot: SlotID
    package var tokenHash: String
    package var id: String
    package var expires: Timestamp
    package var draft: [UInt8]?
    package var now: Timestamp
    /// The earliest start that may still be booked, in the slot's hall.
    package var earliestStart: Timestamp
    /// When the slot opens; `nil` where nothing keeps it closed.
    package var opening: SlotOpening?
    /// Makes the answer from the slot as it is with this place taken.
    package var answer: @Sendable (Slot) throws -> StoredAnswer

    package init(
        request: IdempotentRequest, slot: SlotID, tokenHash: String, id: String, expires: Timestamp, draft: [UInt8]?,
        now: Timestamp, earliestStart: Timestamp, opening: SlotOpening? = nil,
        answer: @escaping @Sendable (Slot) throws -> StoredAnswer
    ) {
        self.request = request
        self.slot = slot
        self.tokenHash = tokenHash
        self.id = id
        self.expires = expires
        self.draft = draft
        self.now = now
        self.earliestStart = earliestStart
        self.opening = opening
        self.answer = answer
    }
}

package struct BookOrder: Sendable {
    package var request: IdempotentRequest
    package var place: Place
    /// The slot of the place, as it was seen; only when and where it is counts.
    package var slot: Slot
    package var personKey: String
    /// The document of who comes.
    package var identitySealed: [UInt8]?
    /// Keyed hash of the phone where living appointments of it are limited.
    package var phoneKey: String?
    package var phoneLimit: Int
    /// Where the service limits how often one person books.
    package var limited: LimitedVisit?
    package var nameSealed: [UInt8]
    package var phone: PhoneNumber
    package var phoneSealed: [UInt8]
    package var checklist: AcceptedChecklist
    package var language: Language
    package var channel: Channel
    package var now: Timestamp
    package var earliestStart: Timestamp
    /// When the slot opens. A held place was open when it was taken, or was kept for its person.
    package var opening: SlotOpening?
    /// Makes the answer; gets the personal token, which is stored nowhere in the clear.
    package var answer: @Sendable (Appointment, _ token: String) throws -> StoredAnswer

    package init(
        request: IdempotentRequest, place: Place, slot: Slot, personKey: String, nameSealed: [UInt8],
        phone: PhoneNumber,
        phoneSealed: [UInt8], checklist: AcceptedChecklist, language: Language, channel: Channel, now: Timestamp,
        earliestStart: Timestamp, identitySealed: [UInt8]? = nil, phoneKey: String? = nil,
        phoneLimit: Int = BookingRules.usualPhoneLimit, limited: LimitedVisit? = nil, opening: SlotOpening? = nil,
        answer: @escaping @Sendable (Appointment, _ token: String) throws -> StoredAnswer
    ) {
        self.request = request
        self.place = place
        self.slot = slot
        self.personKey = personKey
        self.identitySealed = identitySealed
        self.phoneKey = phoneKey
        self.phoneLimit = phoneLimit
        self.limited = limited
        self.nameSealed = nameSealed
        self.phone = phone
        self.phoneSealed = phoneSealed
        self.checklist = checklist
        self.language = language
        self.channel = channel
        self.now = now
        self.earliestStart = earliestStart
        self.opening = opening
        self.answer = answer
    }
}

package struct RescheduleOrder: Sendable {
    package var appointment: AppointmentID
    /// The version that the person has seen; `nil` moves whatever version there is.
    package var version: Int?
    package var place: Place
    package var now: Timestamp
    package var earliestStart: Timestamp
    /// As ``BookOrder/limited``, with the person's key.
    package var limited: (personKey: String, service: ServiceID, visit: LimitedVisit)?
    /// When the slot to which it moves opens.
    package var opening: SlotOpening?
    /// The hall moves it, because the place is gone.
    package var lost: LostPlace?

    package init(
        appointment: AppointmentID, version: Int?, place: Place, now: Timestamp, earliestStart: Timestamp,
        limited: (personKey: String, service: ServiceID, visit: LimitedVisit)? = nil, opening: SlotOpening? = nil,
        lost: LostPlace? = nil
    ) {
        self.appointment = appointment
        self.version = version
        self.place = place
        self.now = now
        self.earliestStart = earliestStart
        self.limited = limited
        self.opening = opening
        self.lost = lost
    }
}

package struct CancelOrder: Sendable {
    package var appointment: AppointmentID
    package var version: Int?
    package var cause: AppointmentCancelled.Cause
    package var now: Timestamp
    /// The place is gone, and there is no other.
    package var lost: LostPlace?

    package init(
        appointment: AppointmentID, version: Int?, cause: AppointmentCancelled.Cause, now: Timestamp,
        lost: LostPlace? = nil
    ) {
        self.appointment = appointment
        self.version = version
        self.cause = cause
        self.now = now
        self.lost = lost
    }
}

package struct DeclineOrder: Sendable {
    /// Of the place that is kept.
    package var tokenHash: String
    /// The entry of the waitlist that it was offered to.
    package var position: Int64
    /// Whether the person does not want to wait any more.
    package var leaves: Bool
    package var now: Timestamp
}
