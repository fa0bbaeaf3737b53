package import Postgres
package import Web

/// Seals with the newest key what was sealed with an older one, so that the older one can be taken away.
///
/// Batch by batch, each a transaction of its own, beside everything else; begun again it goes on with what is left. Drafts, codes and kept
/// answers are not among it: they are gone within two days by themselves.
package struct Resealing: Sendable {
    /// A table with sealed columns, by the purposes they were sealed for.
    private struct Table {
        let name: String
        let columns: [(name: String, purpose: String)]
    }

    private static let tables = [
        Table(
            name: "appointment",
            columns: [
                ("token_sealed", "appointment-token"), ("name_sealed", "name"), ("phone_sealed", "phone"),
                ("identity_sealed", "identity"),
            ])
    ]
    private static let firstID = "00000000-0000-0000-0000-000000000000"

    let pool: PostgresPool
    let secrets: Secrets

    package init(pool: PostgresPool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// - Parameter told: is told after each batch how many rows were sealed anew so far.
    /// - Returns: rows sealed anew.
    @discardableResult
    package func run(batch: Int = 200, told: (Int) throws -> Void = { _ in }) async throws -> Int {
        var count = 0
        for table in Self.tables {
            var last = Self.firstID
            while true {
                let ids = try await step(table, after: last, limit: batch)
                guard let end = ids.last else { break }
                count += ids.count
                last = end
                try told(count)
            }
        }
        return count
    }

    /// The rows are locked in the order of their names, as everybody locks appointments.
    private func step(_ table: Table, after last: String, limit: Int) async throws -> [String] {
        let prefix = secrets.sealedPrefix
        let names = table.columns.map(\.name)
        let outdated = names.map { "substring(\($0) FROM 1 FOR \(prefix.count)) <> p.prefix" }
            .joined(separator: " OR ")
        let columns = names.joined(separator: ", ")
        return try await pool.withTransaction { connection in
            let rows = try await connection.query(
                """
                SELECT id::text AS name, \(unescaped: columns)
                FROM \(unescaped: table.name), (SELECT \(prefix)::bytea AS prefix) AS p
                WHERE id > \(last)::uuid AND (\(unescaped: outdated))
                ORDER BY id LIMIT \(limit) FOR NO KEY UPDATE OF \(unescaped: table.name)
                """)
            var ids: [String] = []
            for row in rows {
                let id: String = try row.decode("name")
                for (name, purpose) in table.columns {
                    guard let old = try row.decode(name, as: [UInt8]?.self),
                        let new = try secrets.resealed(old, for: purpose)
                    else { continue }
                    try await connection.query(
                        """
                        UPDATE \(unescaped: table.name) SET \(unescaped: name) = \(new) WHERE id = \(id)::uuid
                        """)
                }
                ids.append(id)
            }
            return ids
        }
    }
}
