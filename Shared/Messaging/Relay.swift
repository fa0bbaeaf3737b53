package import Logging
internal import Metrics
package import Postgres
package import RedisStreams
internal import ServiceLifecycle
private import Synchronization

/// Copies the event log to the Redis streams of the same names, entry IDs `<position>-0`.
///
/// It is woken right after a commit, and sweeps over all streams besides, so a wake that is lost with its process costs
/// a second and nothing more. Any number of relays may run: Redis takes an entry only if the stream stands exactly
/// where the relay thinks, compared and written in one step.
///
/// It trusts nothing it remembers: after `FLUSHALL`, a lost tail of Redis' own log or a failover, the stream is shorter
/// than believed, and the relay goes on from there. A stream that is gone starts again after `trimmed`, the position up
/// to which the log says that everybody had consumed. `trimmed` is written in PostgreSQL *before* Redis is trimmed:
/// were it the other way round, a crash between the two would bring trimmed entries back, or leave a hole.
///
/// Growth: an event costs one read of the primary key's range and one script call, shared by all that committed
/// meanwhile. A sweep reads one row per stream each second and asks Redis for up to 500 streams in one round trip,
/// taking turns. With tens of thousands of streams, spread the halls over databases.
package final class Relay: Service, Sendable {
    let pool: PostgresPool
    let redis: RedisClient
    let log: EventLog
    let requiredGroups: @Sendable (String) -> [String]
    let keep: Int64
    let source: String
    let logger: Logger
    private let sweepInterval: Duration
    private let ledger = Mutex(RelayLedger())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let isDraining = Atomic<Bool>(false)
    private let cursor = Mutex(0)
    private let failuresInARow = Atomic<Int>(0)

    let copiedEvents = Counter(label: "relay_events_total")
    let heals = Counter(label: "relay_heals_total")
    private let behindTotal = Gauge(label: "relay_behind_events")
    private let behindWorst = Gauge(label: "relay_behind_events_max")

    /// Streams copied at a time, and events in one step.
    private static let concurrency = 4
    private static let batch = 500
    /// Streams whose position is checked in one sweep.
    private static let verifiedPerSweep = 500

    /// - Parameters:
    ///   - requiredGroups: the groups that must have consumed an entry of a stream before it is trimmed. All of them.
    ///   - keep: entries that stay on each stream for those who read without a group, such as displays that resume.
    ///   - source: the `source` of the CloudEvents, such as `/booking`.
    package init(
        pool: PostgresPool, redis: RedisClient, requiredGroups: @escaping @Sendable (String) -> [String],
        keep: Int64 = 10_000, source: String = "/onetrip", sweepInterval: Duration = .seconds(1), logger: Logger
    ) {
        self.pool = pool
        self.redis = redis
        log = EventLog(pool: pool)
        self.requiredGroups = requiredGroups
        self.keep = max(1, keep)
        self.source = source
        self.sweepInterval = sweepInterval
        self.logger = logger
        // One waiting signal is enough: it means "look at the ledger".
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that events of the stream have been committed. Cheap, never waits.
    package func wake(_ stream: String) {
        ledger.withLock { $0.wake(stream) }
        signal.yield()
    }

    /// Whether everything that the relay knows of has been copied.
    package var isIdle: Bool { ledger.withLock(\.isIdle) }

    /// Copies until graceful shutdown, and then what is still waiting. Runs once.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sweepForEver() }
                for await _ in signals {
                    while let stream = ledger.withLock({ $0.take(limit: Self.concurrency) }) {
                        group.addTask { await self.work(on: stream) }
                    }
                    if isDraining.load(ordering: .acquiring), isIdle { break }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.isDraining.store(true, ordering: .releasing)
            self.signal.yield()
        }
    }

    private func work(on stream: String) async {
        var position: Int64?
        do {
            position = try await copy(stream)
            failuresInARow.store(0, ordering: .relaxed)
        } catch {
            report(error, stream: stream)
        }
        ledger.withLock { $0.finished(stream, at: position) }
        signal.yield()
    }

    /// Copies what is missing; returns where the copy stands.
    private func copy(_ stream: String) async throws -> Int64 {
        var bearings: (position: Int64, readAfter: Int64)
        if let known = ledger.withLock({ $0.copied[stream] }), known > 0 {
            bearings = (known, known)
        } else {
            bearings = try await takeBearings(of: stream)
        }
        while true {
            let events = try await log.read(stream, after: bearings.readAfter, limit: Self.batch)
            guard let last = events.last else { return bearings.position }
            switch try await redis.append(events.map { $0.entry(source: source) }, to: stream, after: bearings.position)
            {
            case .appended:
                copiedEvents.increment(by: events.count)
                bearings = (last.position, last.position)
                if events.count < Self.batch { return last.position }
            case .mismatch:
                // Another relay was first, or Redis has lost something: look again. Each time round somebody got on.
                bearings = try await takeBearings(of: stream)
            }
        }
    }

    // MARK: Sweep

    private func sweepForEver() async {
        while !Task.isCancelled {
            do {
                try await sweep()
            } catch {
                report(error, stream: nil)
            }
            do {
                try await Task.sleep(for: sweepInterval)
            } catch {
                return
            }
        }
    }

    private func sweep() async throws {
        let states = try await log.states()
        try await verify(states)
        let (total, worst) = ledger.withLock { $0.sweep(states.map { ($0.stream, $0.head) }) }
        signal.yield()
        behindTotal.record(total)
        behindWorst.record(worst)
        for state in states where state.head - state.trimmed > keep {
            try await trim(state)
        }
    }

    /// Asks Redis where some of the streams really stand, the next ones at the next sweep.
    private func verify(_ states: [StreamState]) async throws {
        guard !states.isEmpty else { return }
        let count = min(states.count, Self.verifiedPerSweep)
        let start = cursor.withLock { cursor in
            defer { cursor = (cursor + count) % states.count }
            return cursor % states.count
        }
        let asked = (start..<start + count).map { states[$0 % states.count] }
        let positions = try await redis.lastPositions(of: asked.map(\.stream))
        let hasLost = ledger.withLock { ledger in
            var hasLost = false
            for (state, position) in zip(asked, positions)
            where ledger.verified(state.stream, at: position, head: state.head) {
                hasLost = true
            }
            return hasLost
        }
        if hasLost {
            heals.increment()
            logger.warning("Redis has lost entries; copying them again from the log")
        }
    }

    private func report(_ error: any Error, stream: String?) {
        if error is CancellationError || (error as? RedisError)?.isCancelled == true
            || (error as? PostgresError)?.code == .cancelled
        {
            return
        }
        let count = failuresInARow.add(1, ordering: .relaxed).newValue
        // 1, 2, 4, 8, …: an outage of an hour need not fill the log.
        guard count & (count - 1) == 0 else { return }
        logger.warning(
            "the relay cannot copy events; it goes on trying",
            metadata: ["stream": "\(stream ?? "all")", "error": "\(error)", "failures": "\(count)"])
    }
}
