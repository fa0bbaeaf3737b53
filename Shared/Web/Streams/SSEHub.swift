import CoreMetrics
import DequeModule
package import HTTPTypes
import Hummingbird
package import Logging
package import NIOCore
import Synchronization

/// Sends events to everybody who watches a topic.
///
/// A message is encoded once; each event loop writes the same bytes to its own connections. A topic lives while somebody
/// watches it and a little longer, and remembers its last messages: a browser that comes back goes on after the last it
/// saw, or gets `reset` and a fresh snapshot when that is too far back.
///
/// A publisher changes its own state first and publishes then; a viewer is registered first and takes its snapshot then.
/// So nothing falls between the two, and a message that the snapshot already holds is left out.
package final class SSEHub: Sendable {
    package struct Settings: Sendable {
        /// Comments keep proxies and dead connections honest. At most 15 s.
        package var heartbeat = TimeAmount.seconds(10)
        /// When a browser comes back, in milliseconds; spread, so that they do not all come at once.
        package var retryMilliseconds = 1000...3000
        /// Messages remembered per topic.
        package var remembered = 256
        /// How long a topic is remembered after its last viewer left.
        package var linger = TimeAmount.seconds(120)
        /// A viewer with more bytes unsent than this is dropped.
        package var slowViewerBytes = 256 * 1024
        package var maximumViewers = 20_000

        package init() {}
    }

    struct Topic {
        var ring: Deque<(id: Int64, frame: ByteBuffer)> = []
        /// A browser that saw this message or a later one missed nothing that is not in the ring.
        var floor: Int64?
        var evicted = Int64.min
        var last: Int64?
        var loops: [ObjectIdentifier: Int] = [:]
        var viewers = 0
        var emptySince: NIODeadline?
    }

    struct State {
        var topics: [String: Topic] = [:]
        var loops: [ObjectIdentifier: SSELoop] = [:]
        var viewers = 0
        var nextViewer = 0
        var isClosed = false
        var isWatchingForShutdown = false
    }

    let settings: Settings
    let logger: Logger
    let state = Mutex(State())
    let gauge = Gauge(label: "onetrip_sse_viewers")
    let dropped = Counter(label: "onetrip_sse_viewers_dropped")

    package init(logger: Logger, settings: Settings = Settings()) {
        self.logger = logger
        self.settings = settings
    }

    /// Sends a message to all who watch the topic; costs next to nothing when nobody does.
    package func publish(_ topic: String, _ message: SSEMessage) {
        publish(topic, [message])
    }

    /// Sends messages that belong together, all or none; the `id` of the last is the one to resume after.
    package func publish(_ topic: String, _ messages: [SSEMessage]) {
        guard isWatched(topic) else { return }
        var frame = ByteBuffer()
        for message in messages {
            frame.writeImmutableBuffer(message.encoded())
        }
        let id = messages.compactMap(\.id).last
        let encoded = frame
        state.withLock { state in
            // Taken out while it is changed, so that the ring is not copied.
            guard !state.isClosed, var entry = state.topics.removeValue(forKey: topic) else { return }
            if let id {
                if entry.ring.count >= settings.remembered, let oldest = entry.ring.popFirst() {
                    entry.evicted = oldest.id
                }
                entry.ring.append((id, encoded))
                entry.floor = max(entry.floor ?? id, entry.evicted)
                entry.last = id
            }
            state.topics[topic] = entry
            // Handed over under the lock: each loop sees messages and viewers in the same order.
            for key in entry.loops.keys {
                state.loops[key]?.send(encoded, id: id, to: topic)
            }
        }
    }

    /// Whether anybody watches the topic now or did a moment ago. When not, a message need not even be made.
    package func isWatched(_ topic: String) -> Bool {
        state.withLock { state in
            guard let entry = state.topics[topic] else { return false }
            if let since = entry.emptySince, since + settings.linger < .now() {
                state.topics[topic] = nil
                return false
            }
            return true
        }
    }

    /// Viewers of a topic in this process.
    package func viewers(of topic: String) -> Int {
        state.withLock { $0.topics[topic]?.viewers ?? 0 }
    }

    /// All viewers in this process.
    package var viewerCount: Int {
        state.withLock { $0.viewers }
    }

    /// The topics that somebody watches or watched a moment ago.
    package var watchedTopics: [String] {
        state.withLock { Array($0.topics.keys) }
    }

    /// Ends all streams at once and takes no new ones.
    package func shutdown() {
        state.withLock { state in
            state.isClosed = true
            for loop in state.loops.values { loop.endAll() }
        }
    }

    package static let headers: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache, no-transform",
        .acceleratedBuffering: "no",
    ]
}
