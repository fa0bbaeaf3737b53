import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ServiceBootstrap
import ServiceLifecycle
import Synchronization
import Testing
import Web

@Suite(.timeLimit(.minutes(2))) struct ServiceRuntimeTests {
    private func runtime(_ listen: ListenAddress = .tcp(host: "127.0.0.1", port: 0)) throws -> ServiceRuntime {
        // Nothing listens there: the service must start and tell that it is not ready.
        try ServiceRuntime(
            service: "test", schema: "test",
            configuration: ServiceConfiguration(
                postgres: "postgresql://nobody@127.0.0.1:1/none", redis: "redis://127.0.0.1:1", listen: listen,
                secret: String(repeating: "ab", count: 32), shutdownSeconds: 10),
            logger: TestService.quiet, metrics: OpenMetrics())
    }

    @Test func probes_tellTheState() async throws {
        let runtime = try runtime()
        let routes = TestService().routes
        routes.add(.get, "/a/{token}", access: .link, kind: .page) { _, _ in Response.html("x") }
        let token = Secrets.randomToken()
        try await runtime.application(routes).test(.live) { client in
            let live = try await client.execute(uri: "/livez", method: .get)
            #expect(live.status == .ok && live.text == #"{"status":"ok"}"#)
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.member("checks") == ["postgres": "failed", "redis": "failed", "draining": "no"])
            _ = try await client.execute(uri: "/a/\(token)", method: .get)
            _ = try await client.execute(uri: "/13812345678", method: .get)
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            #expect(metrics.headers[.contentType] == OpenMetrics.contentType)
            #expect(metrics.text.hasSuffix("# EOF\n"))
            #expect(
                metrics.text.contains(#"http_server_requests_total{method="GET",route="/a/{token}",status="200"} 1"#))
            #expect(metrics.text.contains(#"route="unmatched",status="404""#))
            #expect(!metrics.text.contains(token) && !metrics.text.contains("1381234"))
        }
        #expect(routes.declarations.filter { $0.access == .probe }.map(\.path) == ["/livez", "/readyz", "/metrics"])
    }

    @Test func readiness_needsEveryCheckAndNoDraining() async {
        struct Away: Error {}
        let readiness = Readiness(logger: TestService.quiet, timeout: .milliseconds(50))
        readiness.register("one") {}
        let healthy = await readiness.report()
        #expect(healthy.isReady && healthy.checks == ["one": "ok", "draining": "no"])
        readiness.register("stuck") { try await Task.sleep(for: .seconds(60)) }
        readiness.register("away") { throw Away() }
        let report = await readiness.report()
        #expect(!report.isReady)
        #expect(report.checks == ["one": "ok", "stuck": "failed", "away": "failed", "draining": "no"])
        readiness.drain()
        #expect(await readiness.report().checks["draining"] == "yes")
    }

    @Test func unixSocket_isOpenToOthersAndReplacesAStaleOne() async throws {
        let path = "/tmp/onetrip-test-\(UUID().uuidString.prefix(8)).sock"
        defer { unlink(path) }
        for _ in 1...2 {
            let runtime = try runtime(.unix(path: path))
            let (running, started) = AsyncStream<Void>.makeStream()
            let application = runtime.application(TestService().routes) { _ in started.yield() }
            let group = ServiceGroup(configuration: .init(services: [application], logger: TestService.quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for await _ in running { break }
                var status = stat()
                #expect(stat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o666)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    /// The work of a service; notes when it is told to end.
    private struct Work: Service {
        let lines: Lines
        func run() async throws {
            try? await gracefulShutdown()
            lines.append("work")
        }
    }

    @Test func shutdown_finishesWhatIsOpenInOrder() async throws {
        let lines = Lines()
        let runtime = try runtime()
        let routes = TestService().routes
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (release, go) = AsyncStream<Void>.makeStream()
        routes.add(.get, "/slow", access: .everyone, kind: .api) { _, _ in
            enter.yield()
            for await _ in release { break }
            lines.append("request")
            return Response.json(text: "{}")
        }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = runtime.application(routes) { channel in port.yield(channel.localAddress?.port ?? 0) }
        let group = ServiceProcess.group(
            ServiceAssembly(application: application, services: [Work(lines: lines)], routes: routes.declarations),
            runtime)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            let client = try await StreamClient.open(port: number, path: "/slow")
            for await _ in entered { break }
            await group.triggerGracefulShutdown()
            while !runtime.readiness.isDraining { await Task.yield() }
            #expect(lines.all.isEmpty)
            go.yield()
            try await client.wait(for: "200 OK")
            try await client.waitUntilClosed()
            try await tasks.waitForAll()
        }
        #expect(lines.all == ["request", "work"])
    }
}
