import DequeModule
package import Domain
package import Logging
package import Messaging
package import Postgres
import Web

/// Carries out the commands of one hall in this process.
///
/// Commands that wait together are decided one after the other on the cached state and committed as one batch; what arrives while
/// a batch is committing forms the next (group commit without a timer). The append is optimistic: when another process was first,
/// the tail of the log is read and the batch is decided again; from the third attempt on under the lock of the stream's row, so
/// that nobody starves. No lock outlives a crash, because it is that of a transaction.
///
/// Each command's effect is recorded under its key in the transaction of its events. So a repeated command is answered as before,
/// and when the connection is lost during a commit the writer finds out what became of the batch before it answers.
package actor HallWriter {
    package struct Limits: Sendable {
        /// Commands that may wait; beyond it they are refused at once.
        package var waiting = 2048
        package var batch = 256
        package var attempts = 8
        /// How long a batch may be tried again while the database is away.
        package var patience: Duration = .seconds(12)
        /// The attempt from which the stream's row is locked.
        package var lockingAttempt = 3
        /// Events after which a new snapshot is kept.
        package var snapshotEvents: Int64 = 500
        package init() {}
    }

    /// What all writers of a process share.
    package struct Environment: Sendable {
        package let pool: PostgresPool
        package let log: EventLog
        package let store: HallStore
        package let policy: any RoutingPolicy
        package let limits: Limits
        package let clock: @Sendable () -> Timestamp
        /// Called after a commit with the stream's name.
        package let committed: @Sendable (String) -> Void
        package let logger: Logger

        package init(
            pool: PostgresPool, policy: any RoutingPolicy, limits: Limits = Limits(),
            clock: @escaping @Sendable () -> Timestamp, committed: @escaping @Sendable (String) -> Void, logger: Logger
        ) {
            self.pool = pool
            self.policy = policy
            self.limits = limits
            self.clock = clock
            self.committed = committed
            self.logger = logger
            log = EventLog(pool: pool)
            store = HallStore(pool: pool)
        }
    }

    typealias Answer = Result<HallOutcome, QueuingError>

    struct Waiting {
        let request: HallRequest
        /// Of the work that the command belongs to.
        let traceparent: String?
        let answer: CheckedContinuation<Answer, Never>
    }

    package nonisolated let hall: HallID
    package nonisolated let stream: String
    let environment: Environment
    /// Asked for every batch, so that an imported change counts at once; `nil` when the hall is gone.
    let configuration: @Sendable () -> HallConfiguration?
    var state = HallState()
    var isLoaded = false
    /// Position of the last snapshot that this writer read or kept.
    var snapshotPosition: Int64 = 0
    private var waiting: Deque<Waiting> = []
    private var isDraining = false
    package private(set) var lastUsed: Timestamp

    package init(
        hall: HallID, stream: String, environment: Environment,
        configuration: @escaping @Sendable () -> HallConfiguration?
    ) {
        self.hall = hall
        self.stream = stream
        self.environment = environment
        self.configuration = configuration
        lastUsed = environment.clock()
    }

    package var isIdle: Bool { waiting.isEmpty && !isDraining }

    /// Carries out a command and returns when its outcome is committed.
    ///
    /// - Throws: `QueuingError`: refused, key reused, overloaded, unavailable, outcome unknown or hall unknown.
    package func submit(_ request: HallRequest) async throws(QueuingError) -> HallOutcome {
        guard waiting.count < environment.limits.waiting else { throw .overloaded(retryAfterSeconds: 2) }
        lastUsed = environment.clock()
        let answer = await withCheckedContinuation { continuation in
            let traceparent = TraceContext.current?.traceparent ?? EventTrace.traceparent
            waiting.append(Waiting(request: request, traceparent: traceparent, answer: continuation))
            guard !isDraining else { return }
            isDraining = true
            // Not a child of the caller: the batch holds other people's commands, which must not end with this one's request.
            Task { await drain() }
        }
        return try answer.get()
    }

    /// The hall as the log has it now, whichever process wrote it.
    package func reading() async throws(QueuingError) -> HallReading {
        lastUsed = environment.clock()
        return try await currentReading()
    }

    /// Carries out what time alone brings, if anything. Does not count as use of the hall.
    ///
    /// - Returns: the hall afterwards.
    package func tick(_ request: HallRequest) async throws(QueuingError) -> HallReading {
        let used = lastUsed
        let reading = try await currentReading()
        let due: Bool
        do {
            due = try !reading.queue.decide(
                request.command, at: max(reading.time, state.time), in: reading.configuration, by: reading.policy
            ).isEmpty
        } catch {
            due = false
        }
        guard due else { return reading }
        _ = try await submit(request)
        lastUsed = used
        return try await currentReading()
    }

    private func currentReading() async throws(QueuingError) -> HallReading {
        guard let configuration = configuration() else { throw .unknownHall(hall) }
        do {
            if !isLoaded {
                try await load()
            } else if try await environment.log.head(of: stream) != state.position {
                try await readTail()
            }
        } catch let error as QueuingError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
        return HallReading(
            queue: state.queue, configuration: configuration, policy: environment.policy, time: environment.clock())
    }

    private func drain() async {
        while !waiting.isEmpty {
            let count = min(waiting.count, environment.limits.batch)
            let batch = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            await settle(batch)
            await keepSnapshot()
        }
        isDraining = false
    }
}

extension HallWriter {
    /// Starts from the last snapshot and reads what came after it.
    func load() async throws {
        if let snapshot = try await environment.store.snapshot(of: stream), snapshot.position > state.position {
            state = snapshot
            snapshotPosition = snapshot.position
        }
        try await readTail()
        isLoaded = true
    }

    /// Reads the log from the cached position on. Safe beside a commit of this writer: an event is applied once.
    func readTail() async throws {
        let page = 1000
        while true {
            let events = try await environment.log.read(stream, after: state.position, limit: page)
            for event in events { try state.apply(event) }
            if events.count < page { return }
        }
    }

    /// After a commit: another caller may have read the new events meanwhile, and more.
    func adopt(_ committed: HallState) {
        if committed.position > state.position { state = committed }
    }

    private func keepSnapshot() async {
        guard isLoaded, state.position - snapshotPosition >= environment.limits.snapshotEvents else { return }
        let kept = state
        do {
            try await environment.store.save(kept, of: stream)
            snapshotPosition = kept.position
        } catch {
            environment.logger.warning(
                "a snapshot was not kept; the next start reads more",
                metadata: [
                    "stream": "\(stream)", "error": "\(error)",
                ])
            // Not again with every batch while the database is in trouble.
            snapshotPosition = kept.position
        }
    }
}
