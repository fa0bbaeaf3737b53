import CoreMetrics
import NIOCore
import NIOHTTPTypes

/// The viewers whose connections live on one event loop.
///
/// `@unchecked Sendable`: every variable is touched on `eventLoop` only; each method that others call hops there first.
final class SSELoop: @unchecked Sendable {
    let eventLoop: any EventLoop
    /// The hub holds its loops until it goes; a viewer's stream holds the hub.
    private unowned let hub: SSEHub
    private let settings: SSEHub.Settings
    private var viewers: [String: [Int: SSEViewer]] = [:]
    private var count = 0
    private var heartbeat: RepeatedTask?
    private var tick = 0

    init(hub: SSEHub, eventLoop: any EventLoop) {
        self.hub = hub
        self.eventLoop = eventLoop
        settings = hub.settings
    }

    func add(_ viewer: SSEViewer, _ start: SSEHub.Start, retry: Int) {
        eventLoop.execute {
            self.viewers[viewer.topic, default: [:]][viewer.id] = viewer
            self.count += 1
            self.startHeartbeat()
            self.write(ByteBuffer(string: "retry: \(retry)\n\n"), to: viewer)
            switch start {
            case .snapshot: viewer.waiting = []
            case .resumed(let frames, let after):
                viewer.after = after
                for frame in frames { self.write(frame, to: viewer) }
            }
        }
    }

    func show(_ snapshot: ByteBuffer, id: Int64?, to viewer: SSEViewer) {
        eventLoop.execute {
            guard !viewer.isOver else { return }
            if let id { viewer.after = id }
            if snapshot.readableBytes > 0 { self.write(snapshot, to: viewer) }
            let waiting = viewer.waiting ?? []
            viewer.waiting = nil
            for message in waiting where message.id.map({ $0 > viewer.after }) ?? true {
                self.write(message.frame, to: viewer)
            }
        }
    }

    func send(_ frame: ByteBuffer, id: Int64?, to topic: String) {
        eventLoop.execute {
            guard let viewers = self.viewers[topic] else { return }
            for viewer in viewers.values {
                if viewer.waiting != nil {
                    self.hold(frame, id, for: viewer)
                } else if id.map({ $0 > viewer.after }) ?? true {
                    self.write(frame, to: viewer)
                }
            }
        }
    }

    func end(_ viewer: SSEViewer) {
        eventLoop.execute { self.remove(viewer) }
    }

    func endAll() {
        eventLoop.execute {
            for viewer in self.viewers.values.flatMap(\.values) { self.remove(viewer) }
        }
    }

    private func write(_ frame: ByteBuffer, to viewer: SSEViewer) {
        guard viewer.channel.isWritable else { return writeToSlow(frame, viewer) }
        viewer.channel.writeAndFlush(HTTPResponsePart.body(frame), promise: nil)
    }

    /// The connection took no more, so what is written now waits in memory: count it, and let go of who never reads.
    private func writeToSlow(_ frame: ByteBuffer, _ viewer: SSEViewer) {
        let size = frame.readableBytes
        guard viewer.unsent + size <= settings.slowViewerBytes else {
            hub.dropped.increment()
            remove(viewer)
            viewer.channel.close(promise: nil)
            return
        }
        viewer.unsent += size
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in viewer.unsent -= size }
        viewer.channel.writeAndFlush(HTTPResponsePart.body(frame), promise: promise)
    }

    private func hold(_ frame: ByteBuffer, _ id: Int64?, for viewer: SSEViewer) {
        viewer.waiting?.append((id, frame))
        if viewer.waiting?.count ?? 0 > settings.remembered { remove(viewer) }
    }

    private func remove(_ viewer: SSEViewer) {
        guard !viewer.isOver else { return }
        viewer.isOver = true
        viewers[viewer.topic]?[viewer.id] = nil
        if viewers[viewer.topic]?.isEmpty ?? false { viewers[viewer.topic] = nil }
        count -= 1
        if count == 0 {
            heartbeat?.cancel()
            heartbeat = nil
        }
        hub.left(viewer)
        viewer.ended.succeed()
    }

    /// An eighth of the viewers at each tick, so that heartbeats never hold up a message for long.
    private func startHeartbeat() {
        guard heartbeat == nil else { return }
        let step = TimeAmount.nanoseconds(settings.heartbeat.nanoseconds / 8)
        let comment = ByteBuffer(string: ":\n\n")
        heartbeat = eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { [weak self] _ in
            guard let self else { return }
            tick = (tick + 1) & 7
            for viewer in viewers.values.flatMap(\.values) where viewer.id & 7 == tick && viewer.waiting == nil {
                write(comment, to: viewer)
            }
        }
    }
}
