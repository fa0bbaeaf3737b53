import OrderedCollections
import Synchronization

/// Lets a bounded number of tasks work at once, a bounded number wait in order, and turns the rest away.
///
/// Without it a rush would queue up in the pool until every request has run out of time; with it those that are let
/// in are served, and the others hear at once that they should come again.
package final class AdmissionGate: Sendable {
    private struct State {
        var running = 0
        var waiting: OrderedDictionary<UInt64, CheckedContinuation<Bool, Never>> = [:]
        var cancelled: Set<UInt64> = []
        var next: UInt64 = 0
    }

    private let atOnce: Int
    private let waitingLimit: Int
    private let state = Mutex(State())

    package init(atOnce: Int, waitingLimit: Int) {
        precondition(atOnce > 0, "a gate lets at least one in")
        self.atOnce = atOnce
        self.waitingLimit = waitingLimit
    }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Runs the body when it is its turn.
    ///
    /// - Throws: ``BookingError/busy(retryAfterSeconds:)`` when too many wait, `CancellationError`, and what the body
    ///   throws.
    @discardableResult
    package func pass<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        enum Entry {
            case inside
            case waits(UInt64)
            case full
        }
        let entry: Entry = state.withLock { state in
            if state.running < atOnce {
                state.running += 1
                return .inside
            }
            guard state.waiting.count < waitingLimit else { return .full }
            state.next += 1
            return .waits(state.next)
        }
        switch entry {
        case .inside: return
        case .full: throw BookingError.busy(retryAfterSeconds: 2)
        case .waits(let ticket):
            let isAdmitted = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let now: Bool? = state.withLock { state in
                        if state.cancelled.remove(ticket) != nil { return false }
                        // Somebody may have left between the two looks.
                        if state.running < atOnce {
                            state.running += 1
                            return true
                        }
                        state.waiting[ticket] = continuation
                        return nil
                    }
                    if let now { continuation.resume(returning: now) }
                }
            } onCancel: {
                let continuation = state.withLock { state in
                    let continuation = state.waiting.removeValue(forKey: ticket)
                    if continuation == nil { state.cancelled.insert(ticket) }
                    return continuation
                }
                continuation?.resume(returning: false)
            }
            state.withLock { _ = $0.cancelled.remove(ticket) }
            guard isAdmitted else { throw CancellationError() }
        }
    }

    private func leave() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.removeFirst().value
        }
        next?.resume(returning: true)
    }
}
