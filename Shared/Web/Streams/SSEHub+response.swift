import CoreMetrics
import DequeModule
package import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

extension SSEHub {
    /// What a new viewer gets first.
    enum Start: Sendable {
        /// What was missed.
        case resumed([ByteBuffer], after: Int64)
        /// A fresh snapshot; after `reset` when the browser asked to go on from something that is gone.
        case snapshot(isReset: Bool)
    }

    /// A stream of a topic's messages.
    ///
    /// - Parameters:
    ///   - snapshot: the present state; its last `id` is the position that it holds. Called after the viewer is registered.
    /// - Throws: ``Problem`` 503 when the process is shutting down or full.
    package func response(
        topic: String, for request: Request, _ context: AppRequestContext,
        snapshot: @escaping @Sendable () async throws -> [SSEMessage] = { [] }
    ) throws(Problem) -> Response {
        let isOpen = state.withLock { !$0.isClosed && $0.viewers < settings.maximumViewers }
        guard isOpen else { throw .unavailable(retryAfter: 3) }
        let lastID = lastEventID(request)
        let channel = context.channel
        let body = ResponseBody { writer in
            try await self.stream(topic, lastID, request, channel, snapshot)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers, body: body)
    }

    /// From the header, or from the query when a script had to open the stream anew.
    private func lastEventID(_ request: Request) -> Int64? {
        let text = request.headers[.lastEventID] ?? request.uri.queryParameters.get("lastEventID")
        return text.flatMap { Int64($0) }
    }

    private func stream(
        _ topic: String, _ lastID: Int64?, _ request: Request, _ channel: any NIOCore.Channel,
        _ snapshot: @escaping @Sendable () async throws -> [SSEMessage]
    ) async throws {
        watchForShutdown()
        guard let (viewer, start) = register(topic, lastID, channel) else { return }
        try await request.body.consumeWithInboundCloseHandler { _ in
            try await withTaskCancellationHandler {
                if case .snapshot(let isReset) = start {
                    do {
                        show(try await snapshot(), isReset: isReset, to: viewer)
                    } catch {
                        logger.warning("A snapshot failed", metadata: ["topic": "\(topic)", "error": "\(error)"])
                        viewer.loop.end(viewer)
                    }
                }
                try await viewer.ended.futureResult.get()
            } onCancel: {
                viewer.loop.end(viewer)
            }
        } onInboundClosed: {
            viewer.loop.end(viewer)
        }
    }

    /// The server that shuts down waits for its open streams, so they are ended by the same signal.
    ///
    /// An unstructured task, because no viewer's task lives as long as the hub: made by the first one, it inherits the signal of
    /// the server. (A handler per viewer would cost a search through all of them whenever one leaves.)
    private func watchForShutdown() {
        let isFirst = state.withLock { state in
            defer { state.isWatchingForShutdown = true }
            return !state.isWatchingForShutdown
        }
        guard isFirst else { return }
        Task { [weak self] in
            try? await gracefulShutdown()
            self?.shutdown()
        }
    }

    private func register(
        _ topic: String, _ lastID: Int64?, _ channel: any NIOCore.Channel
    ) -> (SSEViewer, Start)? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let key = ObjectIdentifier(channel.eventLoop)
            let loop = state.loops[key] ?? SSELoop(hub: self, eventLoop: channel.eventLoop)
            state.loops[key] = loop
            if state.topics[topic] == nil { prune(&state) }
            var entry = state.topics[topic] ?? Topic()
            let start = Self.start(entry, after: lastID)
            entry.viewers += 1
            entry.loops[key, default: 0] += 1
            entry.emptySince = nil
            state.topics[topic] = entry
            state.viewers += 1
            state.nextViewer += 1
            gauge.record(state.viewers)
            let viewer = SSEViewer(id: state.nextViewer, topic: topic, channel: channel, loop: loop)
            loop.add(viewer, start, retry: Int.random(in: settings.retryMilliseconds))
            return (viewer, start)
        }
    }

    static func start(_ topic: Topic, after lastID: Int64?) -> Start {
        guard let lastID else { return .snapshot(isReset: false) }
        guard let floor = topic.floor, let last = topic.last, (floor...max(floor, last)).contains(lastID) else {
            return .snapshot(isReset: true)
        }
        return .resumed(topic.ring.filter { $0.id > lastID }.map(\.frame), after: lastID)
    }

    private func show(_ messages: [SSEMessage], isReset: Bool, to viewer: SSEViewer) {
        var frame = ByteBuffer()
        if isReset { frame.writeImmutableBuffer(SSEMessage(event: "reset", data: "{}").encoded()) }
        for message in messages {
            frame.writeImmutableBuffer(message.encoded())
        }
        let id = messages.compactMap(\.id).last
        let encoded = frame
        state.withLock { state in
            if let id, var entry = state.topics[viewer.topic] {
                entry.floor = max(min(entry.floor ?? id, id), entry.evicted)
                entry.last = max(entry.last ?? id, id)
                state.topics[viewer.topic] = entry
            }
            viewer.loop.show(encoded, id: id, to: viewer)
        }
    }

    /// Called by the loop, once for each viewer that it was given.
    func left(_ viewer: SSEViewer) {
        state.withLock { state in
            state.viewers -= 1
            gauge.record(state.viewers)
            guard var entry = state.topics[viewer.topic] else { return }
            entry.viewers -= 1
            let key = ObjectIdentifier(viewer.loop.eventLoop)
            entry.loops[key] = entry.loops[key].flatMap { $0 > 1 ? $0 - 1 : nil }
            if entry.viewers == 0 { entry.emptySince = .now() }
            state.topics[viewer.topic] = entry
        }
    }

    private func prune(_ state: inout State) {
        let limit = NIODeadline.now() - settings.linger
        state.topics = state.topics.filter { _, entry in entry.emptySince.map { $0 > limit } ?? true }
    }
}
