package import Domain

/// Somebody who waits for a place.
package struct WaitlistEntry: Sendable {
    ///     waiting ⇄ offered ── taken
    ///        │         │
    ///        └─────────┴── left, expired
    ///
    /// An offer that is declined or runs out leads back to waiting; one too many that runs out ends it.
    package enum State: String, Sendable, CaseIterable {
        case waiting, offered, taken, left, expired

        package var isLive: Bool { self == .waiting || self == .offered }
    }

    /// The order: whoever joined first is asked first.
    package var position: Int64
    package var id: String
    package var tokenHash: String
    package var tokenSealed: [UInt8]
    package var service: ServiceID
    package var personKey: String
    package var nameSealed: [UInt8]
    package var phoneSealed: [UInt8]
    package var identitySealed: [UInt8]?
    package var phoneKey: String?
    package var checklist: AcceptedChecklist
    package var language: Language
    package var halls: [HallID]
    package var firstDay: LocalDate
    package var lastDay: LocalDate
    /// Whether a place is booked at once, without asking.
    package var isAutomatic: Bool
    package var state: State
    /// The place that is kept for the person now.
    package var offerHold: String?
    package var offers: Int
    package var appointment: AppointmentID?
}

/// A living entry, as far as a booking of the person matters to it.
struct LiveWaiting: Sendable {
    var position: Int64
    var offerHold: String?
}

/// What a batch does to an entry that it has locked.
struct WaitlistChange: Sendable {
    enum What: Sendable {
        /// The person has an appointment now: perhaps the place that was offered, perhaps another, and then the offer ends.
        case taken(AppointmentID, offer: String?)
        /// The person did not want a place in this slot, and waits on.
        case passed(SlotID)
        case left
    }

    var position: Int64
    var what: What
    var now: Timestamp
}
