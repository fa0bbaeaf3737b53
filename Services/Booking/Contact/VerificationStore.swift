package import Domain
import Messaging
package import Postgres

/// A code on its way to a phone, or proven.
package struct Verification: Sendable {
    package var id: String
    package var phoneSealed: [UInt8]
    package var codeSealed: [UInt8]
    /// Wrong codes entered so far.
    package var attempts: Int
    package var language: Language
    package var confirmed: Timestamp?
    package var expires: Timestamp
}

package struct VerificationStore: Sendable {
    package init() {}

    private static let columns = "id, phone_sealed, code_sealed, attempts, language, confirmed_at, expires_at"

    package func verification(_ id: String, on pool: PostgresPool) async throws -> Verification? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM verification WHERE id = \(id)::uuid")
        return try rows.first.map { try Verification($0) }
    }

    package func lock(_ id: String, on connection: PostgresConnection) async throws -> Verification? {
        let rows = try await connection.query(
            "SELECT \(unescaped: Self.columns) FROM verification WHERE id = \(id)::uuid FOR NO KEY UPDATE")
        return try rows.first.map { try Verification($0) }
    }

    /// How many codes a phone was sent since a moment, and when the first and the last of these were. Waits for
    /// another transaction that is about to send one to the same phone.
    package func recent(
        phoneKey: String, since: Timestamp, on connection: PostgresConnection
    ) async throws -> (count: Int, first: Timestamp?, last: Timestamp?) {
        _ = try await connection.query("SELECT pg_advisory_xact_lock(hashtextextended(\(phoneKey), 7))")
        let rows = try await connection.query(
            """
            SELECT count(*) AS count, min(created_at) AS first, max(created_at) AS last FROM verification
            WHERE phone_key = \(phoneKey) AND created_at > \(since)
            """)
        guard let row = rows.first else { return (0, nil, nil) }
        return (try row.decode("count"), try row.decode("first"), try row.decode("last"))
    }

    package func insert(
        _ verification: Verification, phoneKey: String, at now: Timestamp, on connection: PostgresConnection
    ) async throws {
        _ = try await connection.query(
            """
            INSERT INTO verification (id, phone_key, phone_sealed, code_sealed, language, expires_at, created_at)
            VALUES (\(verification.id)::uuid, \(phoneKey), \(verification.phoneSealed), \(verification.codeSealed),
                \(verification.language.rawValue), \(verification.expires), \(now))
            """)
    }

    package func noteWrongCode(_ id: String, on connection: PostgresConnection) async throws {
        _ = try await connection.query("UPDATE verification SET attempts = attempts + 1 WHERE id = \(id)::uuid")
    }

    package func noteConfirmed(_ id: String, at now: Timestamp, on connection: PostgresConnection) async throws {
        _ = try await connection.query("UPDATE verification SET confirmed_at = \(now) WHERE id = \(id)::uuid")
    }

    package func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM verification WHERE created_at < \(moment)").affected
    }
}

extension Verification {
    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), phoneSealed: try row.decode("phone_sealed"),
            codeSealed: try row.decode("code_sealed"), attempts: try row.decode("attempts"),
            language: Language(rawValue: try row.decode("language")) ?? .zhHans,
            confirmed: try row.decode("confirmed_at"), expires: try row.decode("expires_at"))
    }
}
