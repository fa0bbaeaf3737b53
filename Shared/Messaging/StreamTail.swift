package import Logging
private import Metrics
package import RedisStreams
internal import ServiceLifecycle
private import Synchronization

/// Follows streams live, without a group: every process sees every event, in order. For state that each process keeps
/// in memory, such as what a display shows.
///
/// It remembers its own position in each stream. After Redis was wiped it goes on behind that position as soon as the
/// relay has brought the entries back; nothing is seen twice. Entries trimmed before it could read them are reported as
/// a ``State/gap(stream:expected:found:)``: then the state must be made anew from elsewhere.
///
/// Growth: one connection and one thread; each read costs Redis a look at every stream.
package final class StreamTail: Service, Sendable {
    package enum State: Hashable, Sendable {
        /// There is more on the streams than has been handled.
        case behind
        /// Everything that was on the streams a moment ago has been handled.
        case live
        /// Redis cannot be reached; what is shown may be old.
        case disconnected
        /// Entries from `expected` to `found - 1` are no longer on the stream. The entry at `found` is handled next.
        case gap(stream: String, expected: Int64, found: Int64)
    }

    private let redis: RedisClient
    private let streams: @Sendable () async throws -> [String]
    private let handler: @Sendable (ReceivedEvent) async -> Void
    private let onState: @Sendable (State) async -> Void
    private let logger: Logger
    private let refreshInterval: Duration
    private let block: Duration
    private let positionsNow: Mutex<[String: Int64]>
    /// Position of the last entry that was an event.
    private let eventsNow: Mutex<[String: Int64]>
    private let isStopping = Atomic<Bool>(false)
    private let malformed = Counter(label: "tail_malformed_entries_total")
    private let gaps = Counter(label: "tail_gaps_total")

    /// - Parameters:
    ///   - streams: asked again every few seconds, so that new halls appear.
    ///   - from: positions already known, from a snapshot. Other streams begin at the oldest entry that is there.
    ///   - onState: told of each change.
    package init(
        redis: RedisClient, streams: @escaping @Sendable () async throws -> [String], from: [String: Int64] = [:],
        refreshInterval: Duration = .seconds(2), block: Duration = .seconds(1), logger: Logger,
        onState: @escaping @Sendable (State) async -> Void = { _ in },
        handler: @escaping @Sendable (ReceivedEvent) async -> Void
    ) {
        self.redis = redis
        self.streams = streams
        positionsNow = Mutex(from)
        eventsNow = Mutex(from)
        self.refreshInterval = refreshInterval
        self.block = block
        self.logger = logger
        self.onState = onState
        self.handler = handler
    }

    /// The last position handled on each stream.
    package var positions: [String: Int64] { positionsNow.withLock { $0 } }

    /// Follows until graceful shutdown or cancellation.
    package func run() async throws {
        await withGracefulShutdownHandler {
            var failures = 0
            var state: State?
            while !shouldStop {
                do {
                    try await redis.withReader { reader in
                        failures = 0
                        try await follow(reader, &state)
                    }
                } catch {
                    if shouldStop { break }
                    failures += 1
                    await change(&state, to: .disconnected)
                    if failures & (failures - 1) == 0 {
                        logger.warning(
                            "cannot follow the streams; trying again",
                            metadata: ["error": "\(error)", "failures": "\(failures)"])
                    }
                    let delay = redis.configuration.backoff.delay(failures: failures)
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
                }
            }
        } onGracefulShutdown: {
            self.isStopping.store(true, ordering: .releasing)
        }
    }

    private var shouldStop: Bool { isStopping.load(ordering: .acquiring) || Task.isCancelled }

    private func change(_ state: inout State?, to new: State) async {
        guard state != new else { return }
        state = new
        await onState(new)
    }

    private func follow(_ reader: RedisStreamReader, _ state: inout State?) async throws {
        let count = 200
        var names: [String] = []
        var nextRefresh = ContinuousClock.now
        var hasMore = true
        while !shouldStop {
            if nextRefresh <= .now {
                names = try await streams()
                try await comeBack(on: names)
                nextRefresh = .now.advanced(by: refreshInterval)
                // A new stream may be far ahead: look without waiting first.
                hasMore = true
            }
            guard !names.isEmpty else {
                await change(&state, to: .live)
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: self.block) }
                continue
            }
            let known = positions
            let batches = try await reader.read(
                names.map { ($0, known[$0] ?? 0) }, count: count, block: hasMore ? nil : block)
            hasMore = !batches.isEmpty
            if !hasMore { await change(&state, to: .live) }
            if batches.contains(where: { $0.entries.count == count }) { await change(&state, to: .behind) }
            for batch in batches { await handle(batch, &state) }
        }
    }

    /// Goes back to the last event on streams that end before the position here: rubbish far ahead had been put on them, and the relay
    /// has made them anew. (A stream that was wiped ends earlier too, but there the last event is the position.)
    private func comeBack(on names: [String]) async throws {
        guard !names.isEmpty else { return }
        for (name, last) in zip(names, try await redis.lastPositions(of: names)) {
            let event = eventsNow.withLock { $0[name] } ?? 0
            positionsNow.withLock { positions in
                if let known = positions[name], known > last, known > event { positions[name] = event }
            }
        }
    }

    private func handle(_ batch: StreamBatch, _ state: inout State?) async {
        for entry in batch.entries {
            let known = positionsNow.withLock { $0[batch.stream] }
            if let known, entry.position <= known { continue }
            if let known, entry.position > known + 1 {
                gaps.increment()
                await change(&state, to: .gap(stream: batch.stream, expected: known + 1, found: entry.position))
            }
            do throws(MessagingError) {
                await handler(try ReceivedEvent(entry, of: batch.stream))
                eventsNow.withLock { $0[batch.stream] = entry.position }
            } catch {
                // It will not get better by waiting, and nobody's state may hang on it: whoever consumes it in a group
                // makes it a dead letter.
                malformed.increment()
                logger.error("an entry is not an event; passed over", metadata: ["error": "\(error)"])
            }
            positionsNow.withLock { $0[batch.stream] = entry.position }
        }
    }
}
