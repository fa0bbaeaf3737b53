import Logging
import Postgres
import TestSupport

/// Gives the body a running pool and ends it afterwards.
func withPool<R: Sendable>(
    _ configuration: PostgresConfiguration, _ body: @escaping @Sendable (PostgresPool) async throws -> R
) async throws -> R {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let pool = PostgresPool(configuration: configuration, logger: logger)
    return try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask {
            try await pool.run()
            return nil
        }
        group.addTask { try await withDeadline(.seconds(60), "the test") { try await body(pool) } }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}

/// The same on a database of its own.
func withPool<R: Sendable>(
    poolSize: Int = 4, readers: Int = 2, _ body: @escaping @Sendable (PostgresPool) async throws -> R
) async throws -> R {
    try await withDatabase { uri in
        try await withPool(PostgresConfiguration(uri: uri, poolSize: poolSize, readers: readers), body)
    }
}

/// The error of the operation, which must be a ``PostgresError``.
func failure(_ operation: () async throws -> Void) async throws -> PostgresError? {
    do {
        try await operation()
        return nil
    } catch let error as PostgresError {
        return error
    }
}

extension PostgresPool {
    /// Returns when a statement that contains the text is running on the server.
    func waitForStatement(containing text: String) async throws {
        _ = try await eventually("the statement \(text)") { () -> Int? in
            let rows = try await self.read(
                """
                SELECT pid FROM pg_stat_activity
                WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()
                AND position(\(text) in query) > 0
                """)
            return try rows.first?.decode(Int.self)
        }
    }
}
