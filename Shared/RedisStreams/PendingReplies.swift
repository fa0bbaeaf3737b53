private import DequeModule

/// The calls that wait for their answers, oldest first: Redis answers in the order of asking.
///
/// A value without I/O. `Waiter` is whatever resumes the caller.
struct PendingReplies<Waiter> {
    private struct Call {
        let id: UInt64
        let expected: Int
        let deadline: ContinuousClock.Instant
        /// `nil` once the caller has gone away: its answers still come, and are dropped.
        var waiter: Waiter?
        var replies: [RedisReply] = []
    }

    /// What an answer means.
    enum Action {
        /// More answers are missing, or the caller has gone away.
        case none
        case finish(Waiter, [RedisReply])
        /// Nobody had asked: the two ends disagree, so the connection is of no use any more.
        case protocolViolation
    }

    private var calls: Deque<Call> = []

    var isEmpty: Bool { calls.isEmpty }

    /// When the oldest call must have its answer. Later calls cannot have theirs before it.
    var deadline: ContinuousClock.Instant? { calls.first?.deadline }

    /// - Parameter expected: number of answers, at least 1.
    mutating func add(id: UInt64, expected: Int, deadline: ContinuousClock.Instant, waiter: Waiter) {
        calls.append(Call(id: id, expected: expected, deadline: deadline, waiter: waiter))
    }

    mutating func receive(_ reply: RedisReply) -> Action {
        guard !calls.isEmpty else { return .protocolViolation }
        calls[0].replies.append(reply)
        guard calls[0].replies.count == calls[0].expected else { return .none }
        let call = calls.removeFirst()
        guard let waiter = call.waiter else { return .none }
        return .finish(waiter, call.replies)
    }

    /// The caller does not wait any longer; returns its waiter, if it has not been answered yet.
    mutating func abandon(id: UInt64) -> Waiter? {
        guard let index = calls.firstIndex(where: { $0.id == id }) else { return nil }
        return exchange(&calls[index].waiter, with: nil)
    }

    /// Ends all calls. Those whose deadline has passed come first in `overdue`.
    mutating func removeAll(at now: ContinuousClock.Instant) -> (overdue: [Waiter], others: [Waiter]) {
        var result: (overdue: [Waiter], others: [Waiter]) = ([], [])
        for call in calls {
            guard let waiter = call.waiter else { continue }
            if call.deadline <= now { result.overdue.append(waiter) } else { result.others.append(waiter) }
        }
        calls = []
        return result
    }
}
