import Domain
import Logging
import Messaging
import Postgres
import RedisStreams
import ServiceLifecycle
import Synchronization
import TestSupport

/// One service's database and Redis, as a test needs them.
struct MessagingRig: Sendable {
    let pool: PostgresPool
    let redis: RedisClient
    let log: EventLog
    /// A stream of this test alone.
    let stream: String
    let logger: Logger
    let address: String

    static let logger = Logger(label: "test") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .critical
        return handler
    }

    /// Another client, as another process would have.
    func anotherClient() throws -> RedisClient {
        RedisClient(configuration: try Self.configuration(address), logger: logger)
    }

    static func configuration(_ address: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(address: address)
        configuration.backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(50))
        return configuration
    }

    static let time = Timestamp(seconds: 1_790_000_000)

    /// Appends events with the payloads `{"n":…}`; each call is a transaction.
    @discardableResult
    func append(_ count: Int, to stream: String? = nil) async throws -> ClosedRange<Int64> {
        let stream = stream ?? self.stream
        return try await pool.withTransaction { connection in
            try await log.append(
                (0..<count).map { NewEvent(type: "cn.onetrip.test.v1", subject: "s\($0)", payload: #"{"n":\#($0)}"#) },
                to: stream, at: Self.time, on: connection)
        }
    }

    func relay(required: [String] = [], keep: Int64 = 10_000, redis: RedisClient? = nil) -> Relay {
        Relay(
            pool: pool, redis: redis ?? self.redis, requiredGroups: { _ in required }, keep: keep, source: "/test",
            sweepInterval: .milliseconds(50), logger: logger)
    }

    static let settings = ConsumerSettings(
        block: .milliseconds(100), refreshInterval: .milliseconds(100), claimAfter: .milliseconds(300),
        backoff: Backoff(first: .milliseconds(2), longest: .milliseconds(20)))

    /// Waits until the stream in Redis stands at the head of the log, and returns its entries.
    func copiedEntries() async throws -> [StreamEntry] {
        _ = try await eventually("the copy is complete") {
            let head = try await log.head(of: stream)
            return (try? await redis.lastPosition(of: stream)) == head ? true : nil
        }
        return try await redis.range(stream, from: 1, count: 1_000_000)
    }
}

extension MessagingRig {
    /// Gives the body a rig; with a Redis server of its own if it asks for `control`.
    static func with<R: Sendable>(_ body: (MessagingRig) async throws -> R) async throws -> R {
        try await withRedis { address, prefix in
            try await make(address, stream: "\(prefix):{hall}:queue", body)
        }
    }

    static func withControl<R: Sendable>(
        _ body: (MessagingRig, RedisControl) async throws -> R
    ) async throws -> R {
        try await withOwnRedis { address, control in
            try await make(address, stream: "onetrip:{hall}:queue") { try await body($0, control) }
        }
    }

    private static func make<R: Sendable>(
        _ address: String, stream: String, _ body: (MessagingRig) async throws -> R
    ) async throws -> R {
        try await withDatabase { uri in
            let pool = PostgresPool(
                configuration: PostgresConfiguration(uri: uri, searchPath: "messaging", poolSize: 16), logger: logger)
            let redis = RedisClient(configuration: try configuration(address), logger: logger)
            return try await whileRunning([pool]) {
                try await Migrator(schema: "messaging", migrations: MessagingSchema.migrations()).run(on: pool)
                try await pool.withConnection { connection in
                    try await connection.simple(
                        """
                        CREATE TABLE messaging.effect (
                            id bigint GENERATED ALWAYS AS IDENTITY, stream text, position bigint,
                            PRIMARY KEY (stream, position))
                        """)
                }
                let rig = MessagingRig(
                    pool: pool, redis: redis, log: EventLog(pool: pool), stream: stream, logger: logger,
                    address: address)
                do {
                    let result = try await body(rig)
                    await redis.close()
                    return result
                } catch {
                    await redis.close()
                    throw error
                }
            }
        }
    }
}

/// Runs the services while the body runs, then cancels them.
func whileRunning<R: Sendable>(_ services: [any ServiceLifecycle.Service], _ body: () async throws -> R) async throws
    -> R
{
    try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services { group.addTask { try await service.run() } }
        do {
            let result = try await body()
            group.cancelAll()
            return result
        } catch {
            group.cancelAll()
            throw error
        }
    }
}

extension MessagingRig {
    /// A handler that writes a row for each event; a second time for the same event would break the primary key.
    static func record(_ event: ReceivedEvent, _ connection: PostgresConnection) async throws {
        _ = try await connection.query(
            "INSERT INTO effect (stream, position) VALUES (\(event.stream), \(event.position))")
    }

    /// The positions in the order in which they took effect.
    func effects(of stream: String? = nil) async throws -> [Int64] {
        try await pool.read("SELECT position FROM effect WHERE stream = \(stream ?? self.stream) ORDER BY id").decode(
            Int64.self)
    }

    func waitForEffects(_ count: Int) async throws -> [Int64] {
        try await eventually("\(count) effects") {
            let effects = try await effects()
            return effects.count >= count ? effects : nil
        }
    }
}
