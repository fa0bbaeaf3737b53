import Domain

/// Somebody whose place is gone.
struct ClosureMove: Sendable {
    enum State: String, Sendable {
        /// Still to be moved.
        case due
        case moved, cancelled
        /// Nothing was to be done any more.
        case gone
    }

    let id: Int64
    let appointment: AppointmentID
    /// The place that is gone.
    let slot: SlotID
    let hall: HallID
    let start: Timestamp
    /// `nil` where the hours or the offers of the hall have changed.
    let closure: Int64?
    let state: State
}
