/// How much a transaction sees of others (PostgreSQL manual, 13.2).
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Whether another caller may have it: open, and no transaction left behind.
    nonisolated var isReusable: Bool {
        !health.isClosed && !health.isInTransaction
    }

    /// Runs `body` in a transaction of this connection: committed when it returns, rolled back when it throws.
    @discardableResult
    package nonisolated(nonsending) func withTransaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted, file: String = #fileID, line: Int = #line,
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await query("BEGIN ISOLATION LEVEL \(unescaped: isolation.rawValue)", file: file, line: line)
        let value: R
        do {
            value = try await body(self)
        } catch {
            // Fails only when the connection has gone, and then the server rolls back by itself.
            _ = try? await finishTransaction("ROLLBACK", file: file, line: line)
            throw error
        }
        let rows = try await finishTransaction("COMMIT", file: file, line: line)
        guard rows.commandTag == "COMMIT" else {
            throw PostgresError(
                .server, "the transaction was rolled back: a statement in it failed and its error was ignored",
                sqlState: "25P02", file: file, line: line)
        }
        return value
    }
}
