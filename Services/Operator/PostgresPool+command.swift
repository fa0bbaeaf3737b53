import ArgumentParser
import Foundation
import Logging
import Postgres

extension PostgresPool {
    /// Opens a small pool for the length of one command.
    static func withPool<R: Sendable>(
        uri: String, searchPath: String? = nil, logger: Logger, _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                uri: uri, searchPath: searchPath, applicationName: "onetrip", poolSize: 2, readers: 1),
            logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            defer { group.cancelAll() }
            return try await body(pool)
        }
    }
}

/// What commands need to reach the database.
struct DatabaseAddress {
    /// - Parameter option: what was given on the command line; ONETRIP_POSTGRES stands in for it.
    /// - Throws: `ValidationError` that says how to name the database.
    static func uri(_ option: String?) throws -> String {
        guard let uri = option ?? ProcessInfo.processInfo.environment["ONETRIP_POSTGRES"], !uri.isEmpty else {
            throw ValidationError("Name the database with --postgres or ONETRIP_POSTGRES.")
        }
        return uri
    }
}
