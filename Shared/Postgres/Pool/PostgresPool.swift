package import Logging
internal import ServiceLifecycle

/// The connections of a process to one database.
///
/// ``run()`` must be running: callers wait until it has connected. Connections that break are replaced, with growing
/// pauses while the server is away.
package final class PostgresPool: Service, Sendable {
    private let leases: ConnectionPool
    private let readers: ConnectionPool
    private let configuration: PostgresConfiguration

    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        leases = ConnectionPool(
            name: "lease", configuration: configuration,
            settings: .init(
                size: configuration.poolSize, minimum: 1, sharing: 1, maximumWaiting: configuration.maximumWaiting),
            readOnly: false, logger: logger)
        readers = ConnectionPool(
            name: "read", configuration: configuration,
            settings: .init(
                size: configuration.readers, minimum: configuration.readers, sharing: .max,
                maximumWaiting: configuration.maximumWaiting),
            readOnly: true, logger: logger)
    }

    /// Keeps the connections. Returns on graceful shutdown when the leases have ended, or at once when cancelled.
    ///
    /// - Throws: ``PostgresError`` with `connection` when the address cannot even be read.
    package func run() async throws {
        _ = try ConnectionParameters(configuration, readOnly: false)
        await withGracefulShutdownHandler {
            async let leasing: Void = leases.run()
            async let reading: Void = readers.run()
            _ = await (leasing, reading)
        } onGracefulShutdown: { [leases, readers] in
            leases.shutDown()
            readers.shutDown()
        }
    }

    /// Runs one statement that only reads, together with what others read at the same time.
    ///
    /// The session is read-only, and the statement may be sent again when the connection breaks. Each statement sees the
    /// state of its own moment.
    ///
    /// - Parameter deadline: for the whole call; `nil` allows `statementTimeout` once a connection is there.
    /// - Throws: ``PostgresError``.
    @discardableResult
    package nonisolated(nonsending) func read(
        _ query: PostgresQuery, deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> PostgresRows {
        var attempt = 0
        while true {
            let lease = try await readers.lease(deadline: deadline)
            defer { readers.release(lease, reusable: true) }
            do {
                return try await lease.connection.read(query, deadline: deadline, file: file, line: line)
            } catch {
                attempt += 1
                guard error.code == .connection, lease.connection.isClosed, attempt < 3 else { throw error }
            }
        }
    }

    /// Runs one statement on a connection of its own, as a transaction of its own.
    ///
    /// - Throws: ``PostgresError``. After `connection`, `timeout` or `cancelled` a write may or may not have taken effect.
    @discardableResult
    package nonisolated(nonsending) func execute(
        _ query: PostgresQuery, deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> PostgresRows {
        let lease = try await leases.lease(deadline: deadline)
        defer { leases.release(lease, reusable: lease.connection.isReusable) }
        return try await lease.connection.query(query, deadline: deadline, file: file, line: line)
    }

    /// Lends a connection to `body`. It must not be used after `body` has returned.
    ///
    /// - Throws: ``PostgresError`` when there is no connection, and what `body` throws.
    @discardableResult
    package nonisolated(nonsending) func withConnection<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let lease = try await leases.lease(deadline: nil)
        defer { leases.release(lease, reusable: lease.connection.isReusable) }
        return try await body(lease.connection)
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: what `body` throws, or ``PostgresError``. After a `connection` error of the commit it is unknown whether
    ///   the transaction took effect. After ``PostgresError/isSerializationFailure`` all of it may be tried again.
    @discardableResult
    package nonisolated(nonsending) func withTransaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted, file: String = #fileID, line: Int = #line,
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let lease = try await leases.lease(deadline: nil)
        defer { leases.release(lease, reusable: lease.connection.isReusable) }
        return try await lease.connection.withTransaction(isolation: isolation, file: file, line: line, body)
    }

    /// Asks the server for a sign of life, on the same way as a write.
    package func ping() async throws {
        try await execute("SELECT 1", deadline: .now + .seconds(2))
    }
}
