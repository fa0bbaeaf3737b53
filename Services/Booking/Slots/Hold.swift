package import Domain

/// A place kept for somebody who is filling in the form. It counts as taken until it is used, given back or out of
/// time.
package struct Hold: Sendable {
    /// Whose the place is.
    package enum Kind: String, Sendable {
        /// Of somebody who is filling in the form.
        case hold
        /// Nobody's: when its time is over it goes to whoever waits for it, or back to the open.
        case returning
        /// Of somebody on the waitlist.
        case offer
    }

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
    package var kind = Kind.hold
    /// The entry of the waitlist that it is offered to.
    package var waitlistPosition: Int64?

    /// Whether the place is still kept. The hold is good up to, and not at, its last millisecond.
    package func isGood(at now: Timestamp) -> Bool {
        state == .held && now < expires
    }
}
