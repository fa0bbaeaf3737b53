internal import EventContracts
package import Logging
internal import Metrics
package import Postgres
package import RedisStreams
internal import ServiceLifecycle
private import Synchronization

/// Consumes streams for a group: each event takes effect exactly once and in the order of its stream, in however many
/// processes the group runs.
///
/// Redis says *that* there is something; how far the group has come says PostgreSQL. For each stream a transaction
/// locks the group's row of `consumer_offset`, takes the events that follow it (from what was read, or from the stream
/// when another consumer was given them), calls the handler for each, moves the offset and commits: effects and offset
/// stand or fall together. Then the entries are acknowledged. An entry that comes again is behind the offset, and is
/// only acknowledged. So a consumer that dies leaves nothing undone: whoever gets the next event of the stream, claims
/// its entries or sweeps goes on.
///
/// Growth: a batch of up to 100 events of one stream costs one transaction; a read costs Redis a look at each stream of
/// the group. A sweep each `claimAfter` costs three commands per stream, in one round trip each.
package final class Consumer: Service, Sendable {
    package typealias Handler = @Sendable (ReceivedEvent, PostgresConnection) async throws -> Void
    /// For several events of one stream, in their order. What it does to them together must be what it does to one after the other.
    package typealias BatchHandler = @Sendable ([ReceivedEvent], PostgresConnection) async throws -> Void

    let group: String
    let name: String
    let pool: PostgresPool
    let redis: RedisClient
    let handler: BatchHandler
    let logger: Logger
    let settings: ConsumerSettings
    private let streams: @Sendable () async throws -> [String]
    private let isStopping = Atomic<Bool>(false)

    let handled: Counter
    let failed: Counter
    let buried: Counter

    /// - Parameters:
    ///   - group: one per service.
    ///   - name: of this process within the group; unique among those alive.
    ///   - streams: asked again every few seconds, so that new halls appear.
    ///   - handlingTogether: makes the effect of events through the connection given, and nowhere else: when anything in the
    ///     batch fails, the transaction is rolled back and the handler is called again, with one event at a time, so
    ///     that an event at fault is found. Throws ``TransientFailure`` when the fault is not the event's.
    package init(
        group: String, name: String = Consumer.uniqueName(), pool: PostgresPool, redis: RedisClient,
        streams: @escaping @Sendable () async throws -> [String], settings: ConsumerSettings = ConsumerSettings(),
        logger: Logger, handlingTogether handler: @escaping BatchHandler
    ) {
        self.group = group
        self.name = name
        self.pool = pool
        self.redis = redis
        self.streams = streams
        self.settings = settings
        self.logger = logger
        self.handler = handler
        let dimensions = [("group", group)]
        handled = Counter(label: "consumer_events_total", dimensions: dimensions)
        failed = Counter(label: "consumer_failures_total", dimensions: dimensions)
        buried = Counter(label: "consumer_dead_letters_total", dimensions: dimensions)
    }

    /// With a handler of one event; otherwise the same.
    package convenience init(
        group: String, name: String = Consumer.uniqueName(), pool: PostgresPool, redis: RedisClient,
        streams: @escaping @Sendable () async throws -> [String], settings: ConsumerSettings = ConsumerSettings(),
        logger: Logger, handler: @escaping Handler
    ) {
        self.init(
            group: group, name: name, pool: pool, redis: redis, streams: streams, settings: settings, logger: logger,
            handlingTogether: { events, connection in
                for event in events {
                    do {
                        try await EventTrace.$traceparent.withValue(event.event.traceparent) {
                            try await handler(event, connection)
                        }
                    } catch {
                        throw EventFailure(position: event.position, underlying: error)
                    }
                }
            })
    }

    /// Consumes until graceful shutdown; then finishes what it has read, within the time of one read and one batch.
    package func run() async throws {
        await withGracefulShutdownHandler {
            var failures = 0
            while !shouldStop {
                do {
                    try await redis.withReader { reader in
                        failures = 0
                        try await consume(reader)
                    }
                } catch {
                    if shouldStop { break }
                    failures += 1
                    if failures & (failures - 1) == 0 {
                        logger.warning(
                            "the consumer cannot read its streams; it goes on trying",
                            metadata: ["group": "\(group)", "error": "\(error)", "failures": "\(failures)"])
                    }
                    await pause(settings.backoff.delay(failures: failures))
                }
            }
        } onGracefulShutdown: {
            self.isStopping.store(true, ordering: .releasing)
        }
    }

    private var shouldStop: Bool { isStopping.load(ordering: .acquiring) || Task.isCancelled }

    /// Ends early at cancellation or graceful shutdown.
    private func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    private func consume(_ reader: RedisStreamReader) async throws {
        var ledger = ConsumerLedger()
        var names: [String] = []
        var nextRefresh = ContinuousClock.now
        var nextSweep = ContinuousClock.now
        while !shouldStop {
            let now = ContinuousClock.now
            if nextRefresh <= now {
                names = try await refresh(names)
                try await replayRequested()
                nextRefresh = now.advanced(by: settings.refreshInterval)
            }
            if nextSweep <= now {
                try await sweep(names, reader, &ledger)
                nextSweep = now.advanced(by: settings.claimAfter)
            } else {
                try await read(names, reader, &ledger, until: min(nextRefresh, nextSweep))
            }
            try await work(&ledger)
        }
        if ledger.isClear { try await redis.removeConsumer(name, of: group, on: names) }
    }

    private func refresh(_ known: [String]) async throws -> [String] {
        let names = try await streams()
        let new = Set(names).subtracting(known)
        if !new.isEmpty { try await redis.createGroups(Array(new), group: group) }
        return names
    }

    private func read(
        _ names: [String], _ reader: RedisStreamReader, _ ledger: inout ConsumerLedger,
        until limit: ContinuousClock.Instant
    ) async throws {
        let now = ContinuousClock.now
        let wait = min(settings.block, max(.zero, min(limit, ledger.nextDue ?? limit) - now))
        let readable = ledger.readable(of: names, at: now)
        guard !readable.isEmpty else {
            await pause(wait)
            return
        }
        do throws(RedisError) {
            let batches = try await reader.readGroup(
                group, consumer: name, streams: readable, count: settings.batch, block: wait)
            for batch in batches { ledger.received(batch) }
        } catch {
            guard error.isNoGroup else { throw error }
            // Redis was wiped. From 0: whatever the relay brings back and the group had consumed is behind its offset.
            logger.warning("the consumer group is gone; made again", metadata: ["group": "\(group)"])
            try await redis.createGroups(names, group: group)
        }
    }

    /// Takes over what dead consumers have left, and finds streams where something was left undone for any other
    /// reason.
    private func sweep(_ names: [String], _ reader: RedisStreamReader, _ ledger: inout ConsumerLedger) async throws {
        guard !names.isEmpty else { return }
        for batch in try await reader.autoClaim(
            names, group: group, consumer: name, minIdle: settings.claimAfter, count: settings.batch)
        {
            ledger.received(batch)
        }
        var offsets: [String: Int64] = [:]
        for row in try await pool.read("SELECT stream, position FROM consumer_offset WHERE consumer_group = \(group)") {
            let (stream, position) = try row.decode(String.self, Int64.self)
            offsets[stream] = position
        }
        for (stream, last) in zip(names, try await redis.lastPositions(of: names)) where last > offsets[stream] ?? 0 {
            ledger.foundBehind(stream)
        }
    }

    /// Works on all streams that have something to do, a few at a time, and acknowledges.
    private func work(_ ledger: inout ConsumerLedger) async throws {
        let due = ledger.due(at: .now)
        guard !due.isEmpty else { return }
        var steps: [(stream: String, step: Step)] = []
        await withTaskGroup(of: (String, Step).self) { tasks in
            for (index, item) in due.enumerated() {
                if index >= settings.concurrency, let done = await tasks.next() { steps.append(done) }
                tasks.addTask { (item.stream, await self.advance(item.stream, fresh: item.fresh)) }
            }
            for await done in tasks { steps.append(done) }
        }
        for (stream, step) in steps {
            switch step {
            case .reached(let position):
                let positions = ledger.advanced(stream, to: position)
                try await redis.acknowledge(stream, group: group, positions: positions)
                ledger.acknowledged(stream, through: position)
            case .rest(let least):
                ledger.rest(stream, at: .now) { max(least, settings.backoff.delay(failures: $0)) }
            }
        }
    }

    /// Host or container, process, and a number: readable in `XINFO CONSUMERS`, and never given twice.
    package static func uniqueName() -> String {
        "\(ProcessName.hostName)-\(ProcessName.processID)-\(String(UInt32.random(in: .min ... .max), radix: 36))"
    }
}
