/// Where an appointment stands.
///
///     booked ── checkedIn ── serving ── served
///       │           │  ╲        │
///       │           │   missed ─┘ (back in the queue: checkedIn)
///       ├ cancelled └ left
///       └ noShow
///
/// Everything right of `booked` follows the events of the hall's queue; an undone step goes back.
package enum AppointmentState: String, Sendable, CaseIterable {
    case booked, checkedIn, serving, served, missed, noShow, cancelled, left

    /// Whether the person still has this appointment before them: one such per person and service.
    package var isLive: Bool {
        switch self {
        case .booked, .checkedIn, .serving, .missed: true
        case .served, .noShow, .cancelled, .left: false
        }
    }
}
