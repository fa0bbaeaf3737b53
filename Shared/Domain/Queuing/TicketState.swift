/// Where a visit stands.
///
/// ```
///              expect             checkIn            callNext, call          startServing           finish
///     (none) ─────────► expected ─────────► waiting ───────────────► called ─────────────► serving ────────► done
///        │               │    ▲              ▲ ▲ ▲                   │ │ │                  │ │
///        │      withdraw │    │ expect       │ │ │                   │ │ │     transfer     │ │
///        │               ▼    │              │ │ └───────────────────┼─┼─┴──────────────────┘ │
///        │             withdrawn             │ │                     │ │          park        │
///        │               issue               │ └─────── parked ◄─────┼─┴──────────────────────┘
///        └───────────────────────────────────┤  bringBack            │
///                                            └───────── missed ◄─────┘ markMissed
///                                                         │
///                                                         ▼ tick, when the time to return is over
///     waiting, called, parked, missed ────── leave ────► left
/// ```
///
/// - `recall` repeats a call and changes no state.
/// - `finish` ends the visit with its last leg only. Before that the next leg follows, and the ticket stands in one of
///   two states, as the present window serves a leg that may be next or not:
///
/// ```
///                 ┌────┐ finish, and the window goes on with another leg
///                 ▼    │
///     called ──► serving ────────► done
///       ▲          │   │   finish of the last leg
///       │ callNext │   │
///     waiting ◄────┴───┘ finish, and the next leg is given elsewhere; transfer, which adds a leg where it is a new one
/// ```
///
/// - Close of the day: expected → noShow; waiting, called, parked, missed → left; serving → done (outcome
///   `notApplicable`).
/// - `undo`: called → waiting; serving → called, or serving again with the leg before; done → serving; missed →
///   called; parked → called or serving, whichever it was; waiting after a leg, or after having been sent on → serving
///   or called.
package enum TicketState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Booked for today, and not here yet.
    case expected
    /// Here, and callable.
    case waiting
    /// Called to a window.
    case called
    /// At a window.
    case serving
    /// Served; the visit is over.
    case done
    /// Set aside by a clerk until the person is back.
    case parked
    /// Called, and did not come; may come back for a while.
    case missed
    /// Gone without service.
    case left
    /// The booking was cancelled before the person came.
    case withdrawn
    /// Expected, and did not come all day.
    case noShow

    /// Whether the visit is over (a withdrawn one may be booked again).
    package var isEnded: Bool {
        switch self {
        case .done, .left, .withdrawn, .noShow: true
        case .expected, .waiting, .called, .serving, .parked, .missed: false
        }
    }

    /// Whether the ticket is at a window.
    package var isAtWindow: Bool { self == .called || self == .serving }
}
