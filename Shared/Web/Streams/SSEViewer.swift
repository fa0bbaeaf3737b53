import NIOCore

/// One open stream.
///
/// `@unchecked Sendable`: the variables are touched on the event loop of the channel only, by ``SSELoop``.
final class SSEViewer: @unchecked Sendable {
    let id: Int
    let topic: String
    let channel: any NIOCore.Channel
    let loop: SSELoop
    /// Succeeds when the stream is over, for whatever reason.
    let ended: EventLoopPromise<Void>
    /// Messages that came while the snapshot was being made; `nil` once it was shown.
    var waiting: [(id: Int64?, frame: ByteBuffer)]?
    /// The position that the viewer had at the start; earlier messages are not for it.
    var after = Int64.min
    /// Bytes written while the connection took no more.
    var unsent = 0
    var isOver = false

    init(id: Int, topic: String, channel: any NIOCore.Channel, loop: SSELoop) {
        self.id = id
        self.topic = topic
        self.channel = channel
        self.loop = loop
        ended = channel.eventLoop.makePromise(of: Void.self)
    }
}
