import AsyncHTTPClient
import Domain
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import PrivateServers
import UnixSignals

/// Everything that `onetrip up` runs, from the first start to the orderly end.
struct OneMachine: Sendable {
    private struct Services {
        var booking: [SupervisedProcess]
        var queuing: [SupervisedProcess]
        var notification: [SupervisedProcess]
        var gateway: SupervisedProcess
        var all: [SupervisedProcess] { booking + queuing + notification + [gateway] }
    }

    let options: UpCommand
    private let progress = Progress()

    init(options: UpCommand) {
        self.options = options
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        Progress.say("最多跑一次 · OneTrip")
        let input = try readCity()
        let (directory, lock) = try await StateDirectory.prepare(options.directory, fresh: options.fresh)
        let startPostgres: @Sendable () async throws(PrivateServerError) -> PrivatePostgres = {
            () async throws(PrivateServerError) in
            try await PrivatePostgres.start(
                directory: directory.path + "/postgres", socketDirectory: directory.sockets, maximumConnections: 300)
        }
        let uri = try await progress.step("PostgreSQL") { try await Self.prepareDatabase(startPostgres) }
        let postgres = try await DataServer("PostgreSQL", endSignal: SIGINT) { () async throws(PrivateServerError) in
            try await startPostgres().process
        }
        let redisSocket = directory.sockets + "/redis.sock"
        let redis: DataServer
        do {
            redis = try await progress.step("Redis") {
                try await DataServer("Redis", endSignal: SIGTERM) { () async throws(PrivateServerError) in
                    try await PrivateRedis.start(directory: directory.path + "/redis", socket: redisSocket).process
                }
            }
        } catch {
            await postgres.stop()
            throw error
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await postgres.run() }
            group.addTask { try await redis.run() }
            group.addTask {
                do {
                    try await serve(input, directory: directory, uri: uri, redis: "unix:" + redisSocket, until: signals)
                } catch {
                    await redis.stop()
                    await postgres.stop()
                    throw error
                }
                await redis.stop()
                await postgres.stop()
            }
            try await group.waitForAll()
        }
        Progress.say("  ✓ stopped; the data stays in \(directory.path)")
        withExtendedLifetime(lock) {}
    }

    /// Makes the database when it is not there yet.
    ///
    /// - Returns: how clients name it.
    private static func prepareDatabase(
        _ start: () async throws(PrivateServerError) -> PrivatePostgres
    ) async throws -> String {
        let server = try await start()
        if try await !server.hasDatabase("onetrip") { try await server.createDatabase("onetrip") }
        await server.stop()
        return server.uri(database: "onetrip")
    }

    private func readCity() throws -> CatalogueInput {
        guard let yaml = try? String(contentsOfFile: options.city, encoding: .utf8) else {
            throw UpError.badCity("\(options.city): cannot be read; name the city's YAML file with --city")
        }
        do {
            return try CatalogueReader.read(yaml: yaml, file: options.city)
        } catch {
            throw UpError.badCity("\(error)")
        }
    }

    private func serve(
        _ input: CatalogueInput, directory: StateDirectory, uri: String, redis: String,
        until signals: UnixSignalsSequence
    ) async throws {
        _ = try await progress.step("database schemas") { try await Schemas.migrate(uri: uri, logger: .command) }
        try await progress.step("city \(input.catalogue.name.zh) (\(input.catalogue.halls.count) halls)") {
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            _ = try await CatalogueImporter(postgres: uri).run(input, now: now)
        }
        let port = try FreePort.find(from: options.port)
        let services = try makeServices(directory: directory, uri: uri, redis: redis, port: port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for process in services.all { group.addTask { try await process.run() } }
            // A signal ends the wait for readiness as well.
            group.addTask {
                try await withThrowingTaskGroup(of: Bool.self) { race in
                    race.addTask {
                        for await _ in signals { break }
                        return true
                    }
                    race.addTask {
                        try await self.waitUntilReady(directory)
                        Progress.say(
                            Addresses(
                                input: input, port: port, isDemo: options.demo, directory: directory, postgres: uri
                            ).text)
                        return false
                    }
                    while let signalled = try await race.next(), !signalled {}
                    race.cancelAll()
                }
                Progress.say("\n  … stopping")
                await stop(services)
            }
            do {
                try await group.waitForAll()
            } catch {
                await stop(services)
                throw error
            }
        }
    }

    /// Nobody new is let in, then the services finish what they have.
    private func stop(_ services: Services) async {
        await services.gateway.stop(grace: .seconds(5))
        await withTaskGroup(of: Void.self) { group in
            for process in services.booking + services.queuing + services.notification {
                group.addTask { await process.stop(grace: .seconds(27)) }
            }
        }
    }

    private func makeServices(directory: StateDirectory, uri: String, redis: String, port: Int) throws -> Services {
        var environment = ProcessInfo.processInfo.environment
        environment.merge(
            [
                "ONETRIP_POSTGRES": uri, "ONETRIP_REDIS": redis, "ONETRIP_SECRET": try directory.secret(),
                "ONETRIP_DEMO": "\(options.demo)", "ONETRIP_BOOKING_URL": "unix:" + Gateway.internalSocket(directory),
            ]
        ) { $1 }
        // Kept when set from outside: behind another proxy the address people use is not ours to know.
        environment["ONETRIP_PUBLIC_URL"] = environment["ONETRIP_PUBLIC_URL"] ?? "http://localhost:\(port)"
        let report: @Sendable (String) -> Void = { Progress.say("  ! \($0)") }
        func processes(_ name: String, _ count: Int) throws -> [SupervisedProcess] {
            let executable = try Self.executable("onetrip-\(name)")
            return (1...count).map { index in
                var own = environment
                own["ONETRIP_LISTEN"] = "unix:" + socket(directory, name, index)
                return SupervisedProcess(
                    name: "\(name)-\(index)", executable: executable, environment: own, directory: directory,
                    report: report)
            }
        }
        let gateway = Gateway(
            port: port, directory: directory, booking: sockets(directory, "booking", options.booking),
            queuing: sockets(directory, "queuing", options.queuing),
            notification: sockets(directory, "notification", options.notification))
        try gateway.write()
        return Services(
            booking: try processes("booking", options.booking), queuing: try processes("queuing", options.queuing),
            notification: try processes("notification", options.notification),
            gateway: SupervisedProcess(
                name: "nginx", executable: try Self.nginx(),
                arguments: [
                    "-e", "stderr", "-p", directory.path + "/nginx", "-c", gateway.configurationPath, "-g",
                    "daemon off;",
                ],
                environment: environment, directory: directory, report: report))
    }

    private func socket(_ directory: StateDirectory, _ name: String, _ index: Int) -> String {
        directory.sockets + "/\(name)-\(index).sock"
    }

    private func sockets(_ directory: StateDirectory, _ name: String, _ count: Int) -> [String] {
        (1...count).map { socket(directory, name, $0) }
    }

    /// The services lie beside this program.
    private static func executable(_ name: String) throws -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw UpError.missingProgram(path, hint: "build all products: swift build")
        }
        return path
    }

    private static func nginx() throws -> String {
        for path in ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        where FileManager.default.isExecutableFile(atPath: path) {
            return path
        }
        throw UpError.missingProgram("nginx", hint: "apt-get install nginx-light")
    }

    private func waitUntilReady(_ directory: StateDirectory) async throws {
        for (name, count) in [
            ("booking", options.booking), ("queuing", options.queuing), ("notification", options.notification),
        ] {
            for index in 1...count {
                try await progress.step("\(name)-\(index)") {
                    try await isReady(socket(directory, name, index), "\(name)-\(index)", directory)
                }
            }
        }
    }

    /// Asks the probe until it answers 200.
    private func isReady(_ socket: String, _ name: String, _ directory: StateDirectory) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        guard let url = URL(httpURLWithSocketPath: socket, uri: "/readyz") else { return }
        while ContinuousClock.now < deadline {
            let answer = try? await HTTPClient.shared.execute(
                HTTPClientRequest(url: url.absoluteString), timeout: .seconds(2))
            if answer?.status == .ok { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw UpError.notReady(service: name, log: directory.logs + "/\(name).log")
    }
}
