package import Synchronization

/// Everything that was asked for and answered in a run, in the order in which it was seen by those who asked.
///
/// A moment is a number: each call and each answer takes the next one. Of two calls of which neither had been answered when the other began, either
/// may have come first.
package final class BookingHistory: Sendable {
    /// What somebody wanted.
    package enum Action: Sendable, Hashable {
        case hold(slot: Int64, expires: Int64)
        /// Of the hold that an earlier call got.
        case release(hold: Int)
        case book(person: String, place: Place)
        /// Of the appointment that an earlier call got.
        case move(appointment: Int, place: Place)
        case cancel(appointment: Int)
        /// The clock goes on; who asks afterwards asks at this time or later.
        case pass(to: Int64)
        /// Holds that have run out are ended.
        case sweep
    }

    package enum Place: Sendable, Hashable {
        case slot(Int64)
        /// The call that got the hold, and its slot.
        case hold(Int, slot: Int64)

        package var slot: Int64 {
            switch self {
            case .slot(let slot), .hold(_, let slot): slot
            }
        }
    }

    package enum Refusal: String, Sendable, Hashable {
        case full, alreadyBooked, holdEnded, other
    }

    package enum Outcome: Sendable, Hashable {
        /// With the name of what was granted, such as the reference of an appointment.
        case done(String)
        case refused(Refusal)
        /// The caller does not know: it may have happened, or may still.
        case unknown
    }

    package struct Call: Sendable, Hashable {
        package var action: Action
        package var began: Int
        package var ended: Int
        package var outcome: Outcome

        package init(_ action: Action, began: Int, ended: Int, _ outcome: Outcome) {
            self.action = action
            self.began = began
            self.ended = ended
            self.outcome = outcome
        }

        var isRefused: Bool { if case .refused = outcome { true } else { false } }
        var isDone: Bool { if case .done = outcome { true } else { false } }
    }

    private struct State {
        var calls: [Call] = []
        var moment = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// All calls; those that nobody has answered are unknown, and never end.
    package var calls: [Call] { state.withLock { $0.calls } }

    package func begin(_ action: Action) -> Int {
        state.withLock { state in
            state.moment += 1
            state.calls.append(Call(action, began: state.moment, ended: .max, .unknown))
            return state.calls.count - 1
        }
    }

    package func end(_ call: Int, _ outcome: Outcome) {
        state.withLock { state in
            state.moment += 1
            state.calls[call].outcome = outcome
            // What may still happen has no end.
            if outcome != .unknown { state.calls[call].ended = state.moment }
        }
    }
}
