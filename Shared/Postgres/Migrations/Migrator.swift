/// Brings a schema up to date.
///
/// The steps applied are kept in `<schema>.migration`. An advisory lock lets one process at a time work on a schema; each
/// step is a transaction together with its record.
package struct Migrator: Sendable {
    private let schema: String
    private let migrations: [Migration]

    package init(schema: String, migrations: [Migration]) {
        self.schema = schema
        self.migrations = migrations
    }

    /// Applies what is missing.
    ///
    /// - Returns: the names of the steps applied now.
    /// - Throws: ``PostgresError`` with `migration` when a step applied earlier has changed or is unknown, when names are
    ///   out of order or double; `server` when a step fails, which then leaves nothing behind.
    @discardableResult
    package func run(on pool: PostgresPool) async throws -> [String] {
        try await pool.withConnection { try await run(on: $0) }
    }

    @discardableResult
    package func run(on connection: PostgresConnection) async throws -> [String] {
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.name >= later.name {
            throw PostgresError(
                .migration, "the migration \(later.name) must not come after \(earlier.name): rename it")
        }
        // Waiting for another process may take as long as its work.
        let patience = ContinuousClock.now + .seconds(600)
        try await connection.query("SELECT pg_advisory_lock(hashtextextended(\(lockName), 0))", deadline: patience)
        do {
            let applied = try await applyMissing(on: connection)
            try await unlock(connection)
            return applied
        } catch {
            try? await unlock(connection)
            throw error
        }
    }

    private var lockName: String { "onetrip-migration-\(schema)" }
    private var quotedSchema: String { PostgresQuery.quoted(identifier: schema) }

    /// Also when the task has been cancelled: the session lives on in the pool, and its lock with it.
    private func unlock(_ connection: PostgresConnection) async throws(PostgresError) {
        _ = try await connection.finishTransaction(
            "SELECT pg_advisory_unlock(hashtextextended(\(lockName), 0))", file: #fileID, line: #line)
    }

    private func applyMissing(on connection: PostgresConnection) async throws -> [String] {
        try await connection.simple(
            """
            SET client_min_messages = warning;
            CREATE SCHEMA IF NOT EXISTS \(quotedSchema);
            CREATE TABLE IF NOT EXISTS \(quotedSchema).migration (
                name text PRIMARY KEY,
                sha text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            RESET client_min_messages;
            """)
        let rows = try await connection.query(
            "SELECT name, sha FROM \(unescaped: quotedSchema).migration ORDER BY name")
        let known = Dictionary(uniqueKeysWithValues: try rows.decode(String.self, String.self))
        try check(known)
        var applied: [String] = []
        for migration in migrations where known[migration.name] == nil {
            try await apply(migration, on: connection)
            applied.append(migration.name)
        }
        return applied
    }

    private func check(_ known: [String: String]) throws(PostgresError) {
        for (name, sha) in known.sorted(by: { $0.key < $1.key }) {
            guard let migration = migrations.first(where: { $0.name == name }) else {
                throw PostgresError(
                    .migration,
                    "schema \(schema) has the migration \(name), which this version does not know: use a newer one")
            }
            guard migration.sha == sha else {
                throw PostgresError(
                    .migration,
                    "the migration \(name) of schema \(schema) was changed after it had been applied: restore it and write the change as a new migration"
                )
            }
        }
        let last = known.keys.max() ?? ""
        if let late = migrations.first(where: { $0.name < last && known[$0.name] == nil }) {
            throw PostgresError(
                .migration,
                "the migration \(late.name) of schema \(schema) comes before \(last), which is applied already: rename it"
            )
        }
    }

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws {
        let path = try await connection.query("SELECT current_setting('search_path')")[0].decode(String.self)
        do {
            try await connection.withTransaction { connection in
                // public comes second, for extensions installed there.
                try await connection.query(
                    "SELECT set_config('search_path', \(quotedSchema + ", public"), true), set_config('statement_timeout', '0', true)"
                )
                try await connection.simple(migration.sql, deadline: .now + .seconds(3600))
                try await connection.query(
                    """
                    INSERT INTO \(unescaped: quotedSchema).migration (name, sha) VALUES (\(migration.name), \(migration.sha))
                    """)
            }
        } catch var error as PostgresError {
            error.message = "migration \(migration.name) of schema \(schema): \(error.message)"
            throw error
        }
        // A script may have set it for the whole session.
        try await connection.query("SELECT set_config('search_path', \(path), false)")
    }
}
