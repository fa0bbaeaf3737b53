import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import Web

@Suite(.timeLimit(.minutes(2))) struct SSEHubTests {
    /// Runs a real server with the hub's streams at `/live/{topic}`.
    private func serve(
        _ settings: SSEHub.Settings = SSEHub.Settings(), snapshot: @escaping @Sendable () -> [SSEMessage] = { [] },
        _ body: @Sendable (SSEHub, Int, ServiceGroup) async throws -> Void
    ) async throws {
        let hub = SSEHub(logger: TestService.quiet, settings: settings)
        let service = TestService()
        service.routes.add(.get, "/live/{topic}", access: .everyone, kind: .sse) { request, context in
            try hub.response(topic: try context.parameter("topic"), for: request, context, snapshot: snapshot)
        }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: service.routes.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: TestService.quiet)
        let group = ServiceGroup(configuration: .init(services: [application], logger: TestService.quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            do {
                try await body(hub, number, group)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Yields until the hub says so; the suite's time limit bounds it.
    private func until(_ condition: () -> Bool) async throws {
        while !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test func viewer_getsHeadersSnapshotAndMessages() async throws {
        try await serve(snapshot: { [SSEMessage(id: 5, event: "board", data: "{\"a\":1}\n2")] }) { hub, port, _ in
            let client = try await StreamClient.open(port: port, path: "/live/east")
            try await client.wait(for: "id: 5\nevent: board\ndata: {\"a\":1}\ndata: 2\n\n")
            hub.publish("west", SSEMessage(id: 1, data: "not for east"))
            hub.publish("east", SSEMessage(id: 5, data: "already in the snapshot"))
            hub.publish("east", SSEMessage(id: 6, event: "call", data: "A001"))
            try await client.wait(for: "id: 6\nevent: call\ndata: A001\n\n")
            let text = client.text.lowercased()
            #expect(text.hasPrefix("http/1.1 200 ok"))
            #expect(text.contains("content-type: text/event-stream"))
            #expect(text.contains("cache-control: no-cache, no-transform"))
            #expect(text.contains("x-accel-buffering: no"))
            #expect(text.contains("retry: "))
            #expect(!text.contains("not for east") && !text.contains("already"))
            #expect(hub.viewers(of: "east") == 1 && hub.isWatched("east") && !hub.isWatched("west"))
            await client.close()
        }
    }

    @Test func returningViewer_getsWhatItMissed() async throws {
        try await serve(snapshot: { [SSEMessage(id: 1, event: "board", data: "snapshot")] }) { hub, port, _ in
            let first = try await StreamClient.open(port: port, path: "/live/east")
            try await first.wait(for: "snapshot")
            for id in 2...4 { hub.publish("east", SSEMessage(id: Int64(id), data: "m\(id)")) }
            try await first.wait(for: "m4")
            await first.close()
            try await until { hub.viewerCount == 0 }
            hub.publish("east", SSEMessage(id: 5, data: "m5"))
            let second = try await StreamClient.open(port: port, path: "/live/east", lastEventID: "3")
            try await second.wait(for: "data: m5\n\n")
            #expect(second.text.contains("data: m4\n\n") && !second.text.contains("data: m3\n"))
            #expect(!second.text.contains("snapshot") && !second.text.contains("reset"))
            let atSnapshot = try await StreamClient.open(port: port, path: "/live/east?lastEventID=1")
            try await atSnapshot.wait(for: "data: m5\n\n")
            #expect(atSnapshot.text.contains("data: m2\n") && !atSnapshot.text.contains("reset"))
        }
    }

    @Test(arguments: ["3", "0", "99", "-7"])
    func viewerFromTooFarBack_isReset(lastEventID: String) async throws {
        var settings = SSEHub.Settings()
        settings.remembered = 4
        try await serve(settings, snapshot: { [SSEMessage(id: 10, event: "board", data: "snapshot")] }) {
            hub, port, _ in
            let first = try await StreamClient.open(port: port, path: "/live/east")
            try await first.wait(for: "snapshot")
            for id in 11...20 { hub.publish("east", SSEMessage(id: Int64(id), data: "m\(id)")) }
            try await first.wait(for: "m20")
            let second = try await StreamClient.open(port: port, path: "/live/east", lastEventID: lastEventID)
            try await second.wait(for: "event: reset\ndata: {}\n\nid: 10\nevent: board\ndata: snapshot\n\n")
        }
    }

    @Test func unknownTopic_forReturningViewer_isReset() async throws {
        try await serve { hub, port, _ in
            let client = try await StreamClient.open(port: port, path: "/live/east", lastEventID: "7")
            try await client.wait(for: "event: reset\n")
        }
    }

    @Test func messagesWhileTheSnapshotIsMade_comeAfterIt() async throws {
        let hubs = Mutex<SSEHub?>(nil)
        try await serve(
            snapshot: {
                // The publisher moves on while this viewer's snapshot (position 2) is being made.
                let hub = hubs.withLock { $0 }
                for id in 1...4 { hub?.publish("east", SSEMessage(id: Int64(id), data: "m\(id)")) }
                return [SSEMessage(id: 2, data: "snapshot")]
            }
        ) { hub, port, _ in
            hubs.withLock { $0 = hub }
            let client = try await StreamClient.open(port: port, path: "/live/east")
            try await client.wait(for: "data: snapshot\n\n")
            try await client.wait(for: "data: m4\n\n")
            let text = client.text
            #expect(!text.contains("m1") && !text.contains("m2") && text.contains("m3"))
            let order = ["snapshot", "m3", "m4"].compactMap { text.range(of: $0)?.lowerBound }
            #expect(order == order.sorted())
            hubs.withLock { $0 = nil }
        }
    }

    @Test func viewersThatVanish_areForgotten() async throws {
        try await serve { hub, port, _ in
            var clients: [StreamClient] = []
            for _ in 0..<20 { clients.append(try await StreamClient.open(port: port, path: "/live/east")) }
            try await until { hub.viewerCount == 20 }
            for client in clients { await client.close() }
            try await until { hub.viewerCount == 0 }
            #expect(hub.viewers(of: "east") == 0)
        }
    }

    @Test func slowViewer_isDroppedAndOthersAreNot() async throws {
        try await serve { hub, port, _ in
            let slow = try await StreamClient.open(port: port, path: "/live/east", isReading: false)
            let good = try await StreamClient.open(port: port, path: "/live/east")
            try await until { hub.viewers(of: "east") == 2 }
            let block = String(repeating: "x", count: 64 * 1024)
            // As many as the buffers of two sockets may hold and far more; the good one keeps up with each.
            for id in 1...400 where hub.viewers(of: "east") == 2 {
                hub.publish("east", SSEMessage(id: Int64(id), data: "\(block)end\(id)."))
                try await good.wait(for: "end\(id).")
                good.forget()
            }
            try await until { hub.viewers(of: "east") == 1 }
            hub.publish("east", SSEMessage(id: 1000, data: "still here"))
            try await good.wait(for: "still here")
            await slow.close()
        }
    }

    @Test func heartbeat_isSent() async throws {
        var settings = SSEHub.Settings()
        settings.heartbeat = .milliseconds(40)
        try await serve(settings) { _, port, _ in
            let client = try await StreamClient.open(port: port, path: "/live/east")
            try await client.wait(for: "\r\n:\n\n")
        }
    }

    @Test func gracefulShutdown_endsAllStreamsAtOnce() async throws {
        let clients = Mutex<[StreamClient]>([])
        try await serve { hub, port, _ in
            for _ in 0..<50 {
                let client = try await StreamClient.open(port: port, path: "/live/east")
                clients.withLock { $0.append(client) }
            }
            try await until { hub.viewerCount == 50 }
        }
        // Here the server has ended although nobody closed a connection.
        for client in clients.withLock({ $0 }) { try await client.waitUntilClosed() }
        #expect(clients.withLock { $0 }.allSatisfy { $0.text.hasSuffix("0\r\n\r\n") })
    }

    @Test func hubThatIsShutDown_refuses() async throws {
        try await serve { hub, port, _ in
            let client = try await StreamClient.open(port: port, path: "/live/east")
            try await until { hub.viewerCount == 1 }
            hub.shutdown()
            try await client.wait(for: "0\r\n\r\n")
            let late = try await StreamClient.open(port: port, path: "/live/east")
            try await late.wait(for: "503 Service Unavailable")
            #expect(late.text.lowercased().contains("retry-after"))
            await late.close()
            await client.close()
        }
    }

    @Test func full_isRefused() async throws {
        var settings = SSEHub.Settings()
        settings.maximumViewers = 1
        try await serve(settings) { hub, port, _ in
            let client = try await StreamClient.open(port: port, path: "/live/east")
            try await until { hub.viewerCount == 1 }
            let late = try await StreamClient.open(port: port, path: "/live/east")
            try await late.wait(for: "503 Service Unavailable")
            await client.close()
        }
    }

    @Test func message_isEncodedLineByLine() {
        let message = SSEMessage(id: 1, event: "e", data: "a\r\nb\rc\n\u{2028}d")
        #expect(String(buffer: message.encoded()) == "id: 1\nevent: e\ndata: a\ndata: b\ndata: c\ndata: \u{2028}d\n\n")
    }
}
