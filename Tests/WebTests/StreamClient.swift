import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A browser's end of a stream of server-sent events: a plain connection whose text is waited for.
final class StreamClient: Sendable {
    struct TimedOut: Error, CustomStringConvertible {
        let waitedFor: String
        let received: String
        var description: String { "waited for \(waitedFor), received: \(received)" }
    }

    private struct State {
        var text = ""
        var isClosed = false
        var waiters: [(id: Int, isMet: @Sendable (String, Bool) -> Bool, resume: CheckedContinuation<Bool, Never>)] = []
        var nextWaiter = 0
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let client: StreamClient
        init(_ client: StreamClient) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.change { $0.text += String(buffer: self.unwrapInboundIn(data)) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            client.change { $0.isClosed = true }
        }
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    /// Opens the connection and sends a GET.
    ///
    /// - Parameter isReading: false for a viewer that never reads what it is sent.
    static func open(
        port: Int, path: String, lastEventID: String? = nil, isReading: Bool = true
    ) async throws -> StreamClient {
        let client = StreamClient()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: isReading)
            .channelOption(.socketOption(.so_rcvbuf), value: isReading ? 262_144 : 4096)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader(client))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        client.channel.withLock { $0 = channel }
        var request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        if let lastEventID { request += "Last-Event-ID: \(lastEventID)\r\n" }
        try await channel.writeAndFlush(ByteBuffer(string: request + "\r\n"))
        return client
    }

    /// Closes the connection, unless the server did so already.
    func close() async {
        try? await channel.withLock { $0 }?.close()
    }

    var text: String { state.withLock { $0.text } }

    /// Drops what was received, so that much of it can be waited for piece by piece.
    func forget() {
        state.withLock { $0.text = "" }
    }

    /// Waits until the text has arrived; fails after ten seconds.
    func wait(for text: String) async throws {
        try await wait("\"\(text)\"") { received, _ in received.contains(text) }
    }

    func waitUntilClosed() async throws {
        try await wait("the end") { _, isClosed in isClosed }
    }

    private func wait(_ what: String, _ isMet: @escaping @Sendable (String, Bool) -> Bool) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        // The deadline is a bound on a failure, not a pause: the arrival itself resumes the test.
        let deadline = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .seconds(10)) { self.giveUp(id) }
        defer { deadline.cancel() }
        let isArrived = await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if isMet(state.text, state.isClosed) { return true }
                state.waiters.append((id, isMet, continuation))
                return false
            }
            if isMetNow { continuation.resume(returning: true) }
        }
        guard isArrived else { throw TimedOut(waitedFor: what, received: String(text.suffix(2000))) }
    }

    private func change(_ change: (inout State) -> Void) {
        let met = state.withLock { state in
            change(&state)
            let met = state.waiters.filter { $0.isMet(state.text, state.isClosed) }
            state.waiters.removeAll { waiter in met.contains { $0.id == waiter.id } }
            return met.map(\.resume)
        }
        for continuation in met { continuation.resume(returning: true) }
    }

    private func giveUp(_ id: Int) {
        let waiter = state.withLock { state in
            let found = state.waiters.first { $0.id == id }
            state.waiters.removeAll { $0.id == id }
            return found?.resume
        }
        waiter?.resume(returning: false)
    }
}
