internal import CLibpq
internal import ConnectionThread
internal import DequeModule
internal import Synchronization

extension PostgresWire {
    /// Nobody waits for the request any longer. What has not been sent is dropped, what runs is cancelled at the server.
    func interrupt(id: UInt64, _ reason: PostgresError) {
        if let index = queue.firstIndex(where: { $0.id == id }) {
            let request = queue.remove(at: index)
            request.fail(reason)
            return
        }
        let waiting = inbox.withLock { inbox in
            inbox.requests.firstIndex { $0.id == id }.map { inbox.requests.remove(at: $0) }
        }
        if let waiting {
            waiting.fail(reason)
            return
        }
        switch activity {
        case .idle: break
        case .script(let request):
            guard request.id == id, request.interruption == nil else { return }
            request.interruption = reason
            sendCancel()
        case .group(var group):
            guard let request = group.requests.first(where: { $0.id == id }), request.interruption == nil else {
                return
            }
            request.interruption = reason
            // A read may be let go at once; a caller's own statements must have ended before the caller goes on.
            if request.kind == .read { request.fail(reason) }
            guard request.kind != .read || group.currentRequest === request, !group.cancelSent else { return }
            group.cancelSent = true
            activity = .group(group)
            sendCancel()
        }
    }

    func interruptLateRequests() {
        let now = ContinuousClock.now
        guard let earliestDeadline, earliestDeadline <= now else { return }
        var late: [UInt64] = []
        var next: ContinuousClock.Instant?
        func look(at request: WireRequest) {
            guard request.interruption == nil else { return }
            if request.deadline <= now {
                late.append(request.id)
            } else {
                next = min(next ?? request.deadline, request.deadline)
            }
        }
        for request in queue { look(at: request) }
        switch activity {
        case .idle: break
        case .script(let request): look(at: request)
        case .group(let group): for request in group.requests { look(at: request) }
        }
        self.earliestDeadline = next
        for id in late {
            interrupt(id: id, PostgresError(.timeout, "the statement took longer than its deadline and was cancelled"))
        }
    }

    /// Asks the server to cancel what runs. libpq makes a second connection for that and blocks, so another thread does it.
    func sendCancel() {
        giveUpAt = .now + Self.cancelGrace
        guard !isCancelling, let connection, let handle = PQgetCancel(connection) else { return }
        isCancelling = true
        let cancellation = Cancellation(handle)
        // The thread outlives this closure by the reference that the closure holds.
        DetachedThread.start(name: "pg-cancel") { [thread] in
            cancellation.send()
            thread.perform { [weak self] in self?.cancelWasSent() }
        }
    }

    private func cancelWasSent() {
        isCancelling = false
        if case .idle = activity { giveUpAt = nil }
    }
}

/// `@unchecked Sendable`: a `PGcancel` is a copy of what the cancel request needs, made for use from any thread (PostgreSQL
/// manual, 34.7).
private final class Cancellation: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    func send() {
        // A failure leaves the statement running; the grace period then gives the connection up.
        var problem = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &problem, Int32(problem.count))
    }
}
