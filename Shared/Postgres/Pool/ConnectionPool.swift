internal import Logging
internal import Synchronization

/// Carries out what ``PoolStateMachine`` decides.
final class ConnectionPool: Sendable {
    typealias ConnectionID = PoolStateMachine.ConnectionID
    typealias RequestID = PoolStateMachine.RequestID
    fileprivate typealias Waiter = UnsafeContinuation<Result<Lease, PostgresError>, Never>

    struct Lease {
        let id: ConnectionID
        let connection: PostgresConnection
    }

    fileprivate struct State {
        var machine: PoolStateMachine
        var connections: [ConnectionID: PostgresConnection] = [:]
        var waiters: [RequestID: Waiter] = [:]
        var lastRequest: UInt64 = 0
        var lastFailure: PostgresError?
    }

    /// What needs time and so a task of its own, under ``run()``.
    private enum Errand: Sendable {
        case connect(ConnectionID, attempt: Int)
        case pause(ConnectionID, Duration)
        case alarm(ContinuousClock.Instant)
    }

    private let configuration: PostgresConfiguration
    private let readOnly: Bool
    private let logger: Logger
    private let metrics: PoolMetrics
    private let state: Mutex<State>
    private let errands: AsyncStream<Errand>
    private let errandsContinuation: AsyncStream<Errand>.Continuation

    init(
        name: String, configuration: PostgresConfiguration, settings: PoolStateMachine.Settings, readOnly: Bool,
        logger: Logger
    ) {
        self.configuration = configuration
        self.readOnly = readOnly
        var logger = logger
        logger[metadataKey: "pool"] = "\(name)"
        self.logger = logger
        metrics = PoolMetrics(pool: name)
        state = Mutex(State(machine: PoolStateMachine(settings)))
        (errands, errandsContinuation) = AsyncStream.makeStream()
    }

    // MARK: Life

    /// Keeps the connections until ``shutDown()`` and the end of the last lease, or until the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                change { $0.start() }
                for await errand in errands {
                    group.addTask { await self.carryOut(errand) }
                }
                // Pauses and alarms have no purpose any more.
                group.cancelAll()
            }
        } onCancel: {
            change { $0.abort() }
        }
    }

    func shutDown() {
        change { $0.shutDown() }
    }

    private func carryOut(_ errand: Errand) async {
        switch errand {
        case .connect(let id, let attempt):
            await connect(id, attempt: attempt)
        case .pause(let id, let duration):
            guard (try? await Task.sleep(for: duration, tolerance: .milliseconds(5))) != nil else { return }
            change { $0.retryDue(id) }
        case .alarm(let instant):
            guard (try? await Task.sleep(until: instant, clock: .continuous)) != nil else { return }
            change { $0.clockReached(.now) }
        }
    }

    private func connect(_ id: ConnectionID, attempt: Int) async {
        do {
            let connection = try await PostgresConnection.connect(
                configuration, readOnly: readOnly, hostRotation: attempt
            ) { [weak self] error in
                self?.ended(id, error)
            }
            if attempt > 0 { logger.notice("connected to PostgreSQL again", metadata: ["attempt": "\(attempt)"]) }
            state.withLock {
                $0.connections[id] = connection
                $0.lastFailure = nil
            }
            change { $0.connected(id) }
            // It may have ended before the pool knew it.
            if connection.isClosed { forget(id) }
        } catch {
            // Cancelled: nobody wants the connection any more, and that is nothing to warn of.
            if error.code != .cancelled {
                logger.warning(
                    "cannot connect to PostgreSQL, will try again",
                    metadata: ["attempt": "\(attempt)", "error": "\(error.message)"])
            }
            state.withLock { $0.lastFailure = error }
            change { $0.connectFailed(id, jitter: .random(in: 0...1)) }
        }
    }

    private func ended(_ id: ConnectionID, _ error: PostgresError) {
        if error.code != .closed, error.code != .cancelled {
            logger.warning("a connection to PostgreSQL ended", metadata: ["error": "\(error.message)"])
        }
        forget(id)
    }

    private func forget(_ id: ConnectionID) {
        change { $0.disconnected(id) }
        state.withLock { _ = $0.connections.removeValue(forKey: id) }
    }

    // MARK: Leases

    /// Waits for a connection, at most `leaseTimeout` and not past `deadline`.
    nonisolated(nonsending) func lease(deadline: ContinuousClock.Instant?) async throws(PostgresError) -> Lease {
        if let lease = leaseNow() { return lease }
        let latest = ContinuousClock.now + configuration.leaseTimeout
        let deadline = deadline.map { min($0, latest) } ?? latest
        while true {
            let lease = try await waitForLease(deadline: deadline)
            guard lease.connection.isClosed else { return lease }
            // It ended between being granted and being taken.
            release(lease, reusable: false)
        }
    }

    private nonisolated(nonsending) func waitForLease(
        deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> Lease {
        let request = state.withLock { state in
            state.lastRequest += 1
            return RequestID(number: state.lastRequest)
        }
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                wait(request, waiter, deadline: deadline)
                // The handler may have run before the request was there to be found.
                if Task.isCancelled { change { $0.abandon(request) } }
            }
        } onCancel: {
            change { $0.abandon(request) }
        }
        return try result.get()
    }

    /// A connection that is free at this moment; those that have ended meanwhile are passed over.
    private func leaseNow() -> Lease? {
        while true {
            let lease: Lease? = state.withLock { state in
                state.machine.takeFree().flatMap { id in
                    state.connections[id].map { Lease(id: id, connection: $0) }
                }
            }
            guard let lease else { return nil }
            guard lease.connection.isClosed else { return lease }
            change { $0.disconnected(lease.id) }
        }
    }

    private func wait(_ request: RequestID, _ waiter: Waiter, deadline: ContinuousClock.Instant) {
        let (actions, answer): ([PoolStateMachine.Action], Result<Lease, PostgresError>?) = state.withLock { state in
            let (decision, actions) = state.machine.lease(request, deadline: deadline)
            switch decision {
            case .waiting:
                state.waiters[request] = waiter
                return (actions, nil)
            case .granted(let id):
                return (actions, state.lease(id))
            case .refused(let refusal):
                return (actions, .failure(state.error(for: refusal)))
            }
        }
        if let answer { waiter.resume(returning: answer) }
        carryOut(actions)
        if actions.isEmpty { recordMetrics() }
    }

    func release(_ lease: Lease, reusable: Bool) {
        change { $0.release(lease.id, reusable: reusable && !lease.connection.isClosed) }
    }

    // MARK: Actions

    private func change(_ event: (inout PoolStateMachine) -> [PoolStateMachine.Action]) {
        let actions = state.withLock { event(&$0.machine) }
        carryOut(actions)
    }

    private func carryOut(_ actions: [PoolStateMachine.Action]) {
        guard !actions.isEmpty else { return }
        defer { recordMetrics() }
        for action in actions {
            switch action {
            case .connect(let id, let attempt): errandsContinuation.yield(.connect(id, attempt: attempt))
            case .pause(let id, let duration): errandsContinuation.yield(.pause(id, duration))
            case .alarm(let instant): errandsContinuation.yield(.alarm(instant))
            case .grant(let request, let id):
                let (waiter, lease) = state.withLock { ($0.waiters.removeValue(forKey: request), $0.lease(id)) }
                waiter?.resume(returning: lease)
            case .refuse(let request, let refusal):
                let (waiter, error) = state.withLock {
                    ($0.waiters.removeValue(forKey: request), $0.error(for: refusal))
                }
                waiter?.resume(returning: .failure(error))
            case .close(let id):
                let connection = state.withLock { $0.connections.removeValue(forKey: id) }
                connection?.closeSoon()
            case .finished: errandsContinuation.finish()
            }
        }
    }

    private func recordMetrics() {
        let (connections, waiting) = state.withLock { ($0.machine.connectionCount, $0.machine.waitingCount) }
        metrics.record(connections: connections, waiting: waiting)
    }
}

extension ConnectionPool.State {
    fileprivate func lease(_ id: PoolStateMachine.ConnectionID) -> Result<ConnectionPool.Lease, PostgresError> {
        guard let connection = connections[id] else {
            return .failure(PostgresError(.connection, "the connection ended before it could be used"))
        }
        return .success(ConnectionPool.Lease(id: id, connection: connection))
    }

    fileprivate func error(for refusal: PoolStateMachine.Refusal) -> PostgresError {
        switch refusal {
        case .tooManyWaiting:
            PostgresError(.poolExhausted, "too many callers wait for a connection; try later or raise the pool's size")
        case .deadline:
            if let lastFailure {
                PostgresError(.connection, "PostgreSQL cannot be reached: \(lastFailure.message)")
            } else if machine.connectionCount == 0 {
                PostgresError(.connection, "PostgreSQL has not answered yet, or the pool is not running")
            } else {
                PostgresError(.poolExhausted, "no connection became free in time; the pool may be too small")
            }
        case .cancelled: PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
        case .closed: PostgresError(.closed, "the pool is shutting down")
        }
    }
}
