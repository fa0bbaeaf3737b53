import AsyncHTTPClient
import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import NotificationService
import Postgres
import RedisStreams
import ServiceBootstrap
import ServiceLifecycle
import TestSupport
import Web

/// A running notification service with what feeds it: databases, Redis, a relay, the writers of two halls, and a server of contacts.
struct NotificationRig: Sendable {
    /// The address of the service, for HTTP clients.
    let base: String
    let client: JSONClient
    /// The notification service's own tables.
    let pool: PostgresPool
    let north: WrittenHall
    let south: WrittenHall
    let contacts: ContactServer
    let streams: StreamNames
    let secrets: Secrets
    let group: ServiceGroup
    let routes: [RouteDeclaration]

    static let masterKey = String(repeating: "5a", count: 32)
    static let logger = Logger(label: "test") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .critical
        return handler
    }

    static func migrate(_ uri: String) async throws {
        let connection = try await PostgresConnection.connect(PostgresConfiguration(uri: uri))
        _ = try await Migrator(
            schema: NotificationSchema.name,
            migrations: try MessagingSchema.migrations() + NotificationSchema.migrations()
        ).run(on: connection)
        _ = try await Migrator(schema: "writer", migrations: try MessagingSchema.migrations()).run(on: connection)
        try await NotificationCatalogueImport.run(NotificationCity.catalogue, on: connection)
        await connection.close()
    }

    static func runtime(uri: String, redis: String, prefix: String, socket: String, booking: String) throws
        -> ServiceRuntime
    {
        try ServiceRuntime(
            service: NotificationSchema.name, schema: NotificationSchema.name,
            configuration: ServiceConfiguration(
                postgres: uri, redis: redis, listen: .unix(path: socket), secret: masterKey, isDemo: true,
                streamPrefix: prefix, bookingURL: booking, shutdownSeconds: 10),
            logger: logger, metrics: OpenMetrics())
    }

    /// Runs the body beside a service of its own database; on the shared Redis unless an address is given.
    static func with<R: Sendable>(
        redis own: String? = nil, _ body: @Sendable @escaping (NotificationRig) async throws -> R
    ) async throws -> R {
        try await withDatabase { uri in
            try await withRedis { shared, prefix in
                try await migrate(uri)
                let folder = try await TestServers.shared.folder()
                return try await run(uri: uri, redis: own ?? shared, prefix: prefix, folder: folder, body)
            }
        }
    }

    private static func run<R: Sendable>(
        uri: String, redis: String, prefix: String, folder: String,
        _ body: @Sendable @escaping (NotificationRig) async throws -> R
    ) async throws -> R {
        let secrets = try Secrets(masterKeyHex: masterKey)
        let contacts = ContactServer(socket: folder + "/booking.sock", secrets: secrets)
        let socket = folder + "/notification.sock"
        let runtime = try runtime(uri: uri, redis: redis, prefix: prefix, socket: socket, booking: contacts.address)
        let assembly = try await buildNotification(runtime)
        let writerPool = PostgresPool(
            configuration: PostgresConfiguration(uri: uri, searchPath: "writer", poolSize: 4), logger: logger)
        let writerRedis = RedisClient(configuration: try RedisConfiguration(address: redis), logger: logger)
        let relay = Relay(
            pool: writerPool, redis: writerRedis, requiredGroups: { _ in ["notification"] }, source: "/test",
            sweepInterval: .milliseconds(100), logger: logger)
        let base = "http+unix://\(socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        let client = JSONClient(base: base)
        let service = ServiceProcess.group(assembly, runtime)
        let feed = ServiceGroup(
            services: [writerPool, writerRedis, relay, contacts.application(logger)], logger: logger)
        let rig = NotificationRig(
            base: base, client: client, pool: runtime.postgres,
            north: try WrittenHall(hall: "north", pool: writerPool, relay: relay, streams: runtime.streams),
            south: try WrittenHall(hall: "south", pool: writerPool, relay: relay, streams: runtime.streams),
            contacts: contacts, streams: runtime.streams, secrets: secrets, group: service, routes: assembly.routes)
        defer { Task { try? await client.shutDown() } }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            group.addTask { try await service.run() }
            do {
                try await eventually("the service is ready") {
                    (try? await client.get("/readyz"))?.status == 200 ? true : nil
                }
                let result = try await body(rig)
                await service.triggerGracefulShutdown()
                await feed.triggerGracefulShutdown()
                try await group.waitForAll()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// Tells the service to end.
    func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// Follows a stream in the background for as long as the body runs.
    func watching<R: Sendable>(
        _ path: String, lastEventID: String? = nil, _ body: @Sendable @escaping (SeenEvents) async throws -> R
    ) async throws -> R {
        let seen = SeenEvents()
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await EventStreamClient.follow(HTTPClient.shared, url: base + path, lastEventID: lastEventID) {
                    event in
                    await seen.add(event)
                    return true
                }
                return nil
            }
            group.addTask { try await body(seen) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
                await seen.end()
            }
            throw NotificationTestError(description: "\(path) ended")
        }
    }
}

/// The events that came over a stream, and a way to wait for one.
actor SeenEvents {
    private(set) var events: [StreamedEvent] = []
    private(set) var hasEnded = false
    private var waiting: [(@Sendable ([StreamedEvent]) -> Bool, CheckedContinuation<Void, Never>)] = []

    func add(_ event: StreamedEvent) {
        events.append(event)
        wake()
    }

    func end() {
        hasEnded = true
        wake()
    }

    private func wake() {
        let events = events
        waiting.removeAll { condition, continuation in
            guard condition(events) || hasEnded else { return false }
            continuation.resume()
            return true
        }
    }

    private func wait(for condition: @escaping @Sendable ([StreamedEvent]) -> Bool) async {
        guard !condition(events), !hasEnded else { return }
        await withCheckedContinuation { waiting.append((condition, $0)) }
    }

    /// Returns the events once they satisfy the condition.
    @discardableResult
    func until(
        _ what: String, within limit: Duration = .seconds(10),
        _ condition: @escaping @Sendable ([StreamedEvent]) -> Bool
    ) async throws -> [StreamedEvent] {
        let deadline = Task {
            try await Task.sleep(for: limit)
            self.giveUp()
        }
        defer { deadline.cancel() }
        await wait(for: condition)
        guard condition(events) else {
            throw NotificationTestError(
                description: "\(what) did not come; there are \(events.map { "\($0.event) \($0.data.prefix(200))" })")
        }
        return events
    }

    private func giveUp() {
        for (_, continuation) in waiting { continuation.resume() }
        waiting = []
    }

    /// The data of all events of a name.
    func data(_ name: String) -> [String] {
        events.filter { $0.event == name }.map(\.data)
    }
}

extension StreamedEvent {
    func decode<T: Decodable>(_ type: T.Type = T.self) -> T? {
        try? JSONDecoder().decode(type, from: Data(data.utf8))
    }
}
