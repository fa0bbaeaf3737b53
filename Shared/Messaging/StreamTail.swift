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
        /// The events from `expected` to `found - 1` are no longer on the stream. The one at `found` is handled next.
        case gap(stream: String, expected: Int64, found: Int64)
    }

    private let redis: RedisClient
    private let streams: @Sendable () async throws -> [String]
    private let handler: @Sendable (ReceivedEvent) async -> Void
    private let onState: @Sendable (State) async -> Void
    private let logger: Logger
    private let refreshInterval: Duration
    private let block: Duration
    private let placesNow: Mutex<[String: TailPlace]>
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
        placesNow = Mutex(from.mapValues { TailPlace(position: $0) })
        self.refreshInterval = refreshInterval
        self.block = block
        self.logger = logger
        self.onState = onState
        self.handler = handler
    }

    /// The last position handled on each stream.
    package var positions: [String: Int64] { placesNow.withLock { $0.mapValues(\.position) } }

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
                comeBack(on: names)
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

    /// Goes back to the last event on streams that end with rubbish: the relay makes them anew, and puts an event in its place.
    private func comeBack(on names: [String]) {
        placesNow.withLock { places in
            for name in names { places[name]?.comeBack() }
        }
    }

    private func handle(_ batch: StreamBatch, _ state: inout State?) async {
        for entry in batch.entries {
            let place = placesNow.withLock { $0[batch.stream] }
            if let place, entry.position <= place.position { continue }
            var next = place ?? TailPlace(position: entry.position - 1)
            do throws(MessagingError) {
                let event = try ReceivedEvent(entry, of: batch.stream)
                guard next.accept(entry.position) else {
                    placesNow.withLock { $0[batch.stream] = next }
                    return
                }
                if let place, entry.position > place.event + 1 {
                    gaps.increment()
                    await change(
                        &state, to: .gap(stream: batch.stream, expected: place.event + 1, found: entry.position))
                }
                await handler(event)
            } catch {
                // It may not stop what comes after it: whoever consumes it in a group makes it a dead letter.
                if next.passOver(entry.position) {
                    malformed.increment()
                    logger.error("an entry is not an event; passed over", metadata: ["error": "\(error)"])
                }
            }
            placesNow.withLock { $0[batch.stream] = next }
        }
    }
}

/// Where a tail stands in a stream. A value without I/O.
///
/// An entry that is no event is passed over, but read once more before the event behind it is believed to follow: the
/// relay may have put the right event in its place meanwhile.
struct TailPlace: Hashable {
    /// The last entry that was read.
    private(set) var position: Int64
    /// The last one that was an event.
    private(set) var event: Int64
    /// Whether what lies between the two is being read again because an event follows it.
    private var isReadAgain = false
    /// The last entry that was told to be no event.
    private var told: Int64 = 0

    init(position: Int64) {
        self.position = position
        event = position
    }

    /// Takes an event; `false` when something before it has to be read again first.
    mutating func accept(_ next: Int64) -> Bool {
        if position > event, !isReadAgain {
            position = event
            isReadAgain = true
            return false
        }
        position = next
        event = next
        isReadAgain = false
        return true
    }

    /// Takes an entry that is no event; `false` when it was met before.
    mutating func passOver(_ entry: Int64) -> Bool {
        position = entry
        defer { told = max(told, entry) }
        return entry > told
    }

    /// Back to the last event, if something else came after it.
    mutating func comeBack() {
        position = event
    }
}
