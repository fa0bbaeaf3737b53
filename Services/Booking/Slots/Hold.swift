package import Domain

/// A place kept for somebody who is filling in the form. It counts as taken until it is used, given back or out of
/// time.
package struct Hold: Sendable {
    package enum State: String, Sendable {
        case held, used, released, expired
    }

    package var id: String
    package var slot: Slot
    package var expires: Timestamp
    package var state: State
    /// What the person has entered so far, sealed.
    package var draft: [UInt8]?
    package var appointment: AppointmentID?

    /// Whether the place is still kept. The hold is good up to, and not at, its last millisecond.
    package func isGood(at now: Timestamp) -> Bool {
        state == .held && now < expires
    }
}
