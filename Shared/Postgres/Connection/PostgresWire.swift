internal import CLibpq
internal import ConnectionThread
internal import DequeModule
internal import Synchronization

/// One libpq connection in pipeline mode, non-blocking.
///
/// Work goes out in groups: the statements of one caller, or the reads of many, closed by one Sync. The next group waits
/// until the Sync of the one before has come back, so whatever is asked meanwhile forms the next group by itself.
///
/// `@unchecked Sendable`: everything but `inbox` is only touched on `thread`; every entry is either called by the thread's
/// loop or by the actor that runs there.
final class PostgresWire: ConnectionReactor, @unchecked Sendable {
    enum Phase {
        case new
        case connecting(wantsWrite: Bool, deadline: ContinuousClock.Instant, UnsafeContinuation<PostgresError?, Never>)
        case ready
        case closed(PostgresError)
    }

    /// What is under way on the connection.
    enum Activity {
        case idle
        case group(PipelineGroup)
        case script(WireRequest)
    }

    struct ReadInbox {
        var requests: [WireRequest] = []
        var closed: PostgresError?
    }

    /// Longest wait for the server's answer to a cancel request.
    static let cancelGrace: Duration = .seconds(5)
    /// Most reads in one group.
    static let largestGroup = 1024

    unowned let thread: ConnectionThread
    let health: ConnectionHealth
    var connection: OpaquePointer?
    var phase = Phase.new
    var activity = Activity.idle
    var queue: Deque<WireRequest> = []
    var cache: StatementCache
    var needsFlush = false
    /// A cancel request is on its way; nothing new is sent, so that it cannot hit the wrong statement.
    var isCancelling = false
    /// The connection is given up when a cancelled statement has not ended by then.
    var giveUpAt: ContinuousClock.Instant?
    /// No deadline lies before this moment.
    var earliestDeadline: ContinuousClock.Instant?
    var onNotification: (@Sendable (PostgresNotification) -> Void)?
    let onClose: @Sendable (PostgresError) -> Void
    let inbox = Mutex(ReadInbox())

    init(
        thread: ConnectionThread, health: ConnectionHealth, preparedStatements: Int,
        onClose: @escaping @Sendable (PostgresError) -> Void
    ) {
        self.thread = thread
        self.health = health
        self.onClose = onClose
        cache = StatementCache(capacity: preparedStatements)
    }

    deinit {
        if let connection { PQfinish(connection) }
    }

    // MARK: ConnectionReactor

    func prepareToWait() -> ConnectionInterest? {
        switch phase {
        case .new, .closed:
            return nil
        case .connecting(let wantsWrite, let deadline, _):
            return (PQsocket(connection), !wantsWrite, wantsWrite, deadline)
        case .ready:
            takeReads()
            sendNext()
            flush()
            // Sending may have failed and closed the connection, or libpq may have dropped its socket.
            guard case .ready = phase, let connection else { return nil }
            guard PQstatus(connection) == CONNECTION_OK, PQsocket(connection) >= 0 else {
                close(PostgresError(.connection, Self.message(of: connection)))
                return nil
            }
            let deadline = [earliestDeadline, giveUpAt].compactMap(\.self).min()
            return (PQsocket(connection), true, needsFlush, deadline)
        }
    }

    func ready(readable: Bool, writable: Bool) {
        switch phase {
        case .new, .closed: break
        case .connecting: continueConnecting()
        case .ready:
            if readable { receive() }
        }
    }

    func deadlinePassed() {
        if case .connecting(_, let deadline, _) = phase, deadline <= .now {
            let attempt = connection.map { Self.message(of: $0) } ?? ""
            close(PostgresError(.connection, "no answer in time from PostgreSQL. \(attempt)"))
            return
        }
        if let giveUpAt, giveUpAt <= .now {
            close(PostgresError(.connection, "a cancelled statement did not end; the connection was given up"))
            return
        }
        interruptLateRequests()
    }

    // MARK: Requests

    func add(_ request: WireRequest) {
        if case .closed(let error) = phase {
            request.fail(error)
            return
        }
        queue.append(request)
        earliestDeadline = min(earliestDeadline ?? request.deadline, request.deadline)
    }

    private func takeReads() {
        let reads = inbox.withLock { inbox in
            guard !inbox.requests.isEmpty else { return [WireRequest]() }
            return exchange(&inbox.requests, with: [])
        }
        for read in reads { add(read) }
    }

    /// Fails everything, frees the connection and tells its owner. Nothing is possible afterwards.
    func close(_ error: PostgresError) {
        if case .closed = phase { return }
        let previous = phase
        phase = .closed(error)
        health.isClosed = true
        if let connection { PQfinish(connection) }
        connection = nil
        earliestDeadline = nil
        giveUpAt = nil
        let reads = inbox.withLock { inbox in
            inbox.closed = error
            return exchange(&inbox.requests, with: [])
        }
        var unanswered = Array(queue) + reads
        queue = []
        switch exchange(&activity, with: .idle) {
        case .idle: break
        case .group(let group): unanswered += group.requests
        case .script(let request): unanswered.append(request)
        }
        for request in unanswered { request.fail(request.interruption ?? request.connectionFailure ?? error) }
        if case .connecting(_, _, let waiting) = previous { waiting.resume(returning: error) }
        onClose(error)
    }

    /// What libpq has to say, on one line.
    static func message(of connection: OpaquePointer) -> String {
        guard let text = PQerrorMessage(connection) else { return "" }
        return String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension WireRequest {
    /// The server's own reason for ending the session, when it gave one.
    fileprivate var connectionFailure: PostgresError? {
        guard var failure, failure.isConnectionFailure else { return nil }
        failure.code = .connection
        return failure
    }
}
