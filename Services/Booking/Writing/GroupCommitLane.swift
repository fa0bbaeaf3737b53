import DequeModule
import Synchronization

/// Gathers what is asked for while the last batch is being committed, and carries it out as the next batch.
///
/// Self-clocking: there is no timer, so a lone command starts at once and costs one commit, and in a rush a commit
/// serves hundreds. What waits is bounded: beyond `waitingLimit` a caller is told at once to come again.
///
/// Growth: O(1) for each command besides the work itself.
package final class GroupCommitLane<Command: Sendable, Outcome: Sendable>: Sendable {
    package typealias Work = @Sendable ([Command]) async -> [Result<Outcome, any Error>]

    private struct State {
        var waiting: Deque<(ticket: UInt64, command: Command)> = []
        /// Those of `waiting` whose caller has not gone.
        var callers: [UInt64: CheckedContinuation<Outcome, any Error>] = [:]
        var isRunning = false
        var next: UInt64 = 0
    }

    private enum Entry { case first, waits, full }

    private let batchLimit: Int
    private let waitingLimit: Int
    private let state = Mutex(State())
    private let work: Work

    /// - Parameter work: gives an outcome for each command, in their order.
    package init(batchLimit: Int, waitingLimit: Int, work: @escaping Work) {
        precondition(batchLimit > 0, "a batch has at least one command")
        self.batchLimit = batchLimit
        self.waitingLimit = waitingLimit
        self.work = work
    }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.callers.count } }

    /// Carries out a command with the next batch.
    ///
    /// - Throws: ``BookingError/busy(retryAfterSeconds:)`` when too many wait, `CancellationError` when the task is cancelled
    ///   before its batch begins, and the failure of the command.
    package func submit(_ command: Command) async throws -> Outcome {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { caller in
                let entry: Entry = state.withLock { state in
                    guard state.callers.count < waitingLimit else { return .full }
                    state.waiting.append((ticket, command))
                    state.callers[ticket] = caller
                    guard !state.isRunning else { return .waits }
                    state.isRunning = true
                    return .first
                }
                switch entry {
                case .waits: break
                case .full: caller.resume(throwing: BookingError.busy(retryAfterSeconds: 2))
                case .first: Task { await drain() }
                }
                // The handler may have run before the caller was there to be found.
                if Task.isCancelled { leave(ticket) }
            }
        } onCancel: {
            leave(ticket)
        }
    }

    private func leave(_ ticket: UInt64) {
        state.withLock { $0.callers.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
    }

    private func drain() async {
        while true {
            let batch = state.withLock { state in
                var batch: [(command: Command, caller: CheckedContinuation<Outcome, any Error>)] = []
                while batch.count < batchLimit, let (ticket, command) = state.waiting.popFirst() {
                    if let caller = state.callers.removeValue(forKey: ticket) { batch.append((command, caller)) }
                }
                if batch.isEmpty { state.isRunning = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            let outcomes = await work(batch.map(\.command))
            precondition(outcomes.count == batch.count, "each command has an outcome")
            for (one, outcome) in zip(batch, outcomes) { one.caller.resume(with: outcome) }
        }
    }
}
