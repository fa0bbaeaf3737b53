import Domain
import Messaging
package import Postgres
package import Web

/// What the demo's telephone received. Number and text are sealed in the table.
package struct DemoMessageStore: Sendable {
    /// The channel on which processes hear of a new message; the payload is its identifier.
    package static let channel = "notification_demo"
    private static let lookup = "demo-phone"
    private static let phonePurpose = "demo-message-phone"
    private static let textPurpose = "demo-message-text"

    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    package func add(_ message: OutgoingMessage, on connection: PostgresConnection) async throws {
        try await connection.query(
            """
            WITH added AS (
                INSERT INTO demo_message (message, template, language, phone_lookup, phone, text, sent_at)
                VALUES (\(message.id), \(message.template), \(message.contact.language.rawValue),
                    \(lookupHash(message.contact.phone)), \(try secrets.seal(message.contact.phone, for: Self.phonePurpose)),
                    \(try secrets.seal(message.text, for: Self.textPurpose)), \(message.at))
                RETURNING id
            )
            SELECT pg_notify(\(Self.channel), id::text) FROM added
            """)
    }

    /// The newest messages first.
    ///
    /// - Parameter after: only those with a greater identifier.
    package func newest(after id: Int64 = 0, limit: Int, in pool: PostgresPool) async throws -> [DemoMessage] {
        try read(
            try await pool.read(
                """
                SELECT id, template, language, phone, text, sent_at FROM demo_message
                WHERE id > \(id) ORDER BY id DESC LIMIT \(limit)
                """))
    }

    /// The newest messages of one number first.
    package func newest(of phone: String, limit: Int, in pool: PostgresPool) async throws -> [DemoMessage] {
        try read(
            try await pool.read(
                """
                SELECT id, template, language, phone, text, sent_at FROM demo_message
                WHERE phone_lookup = \(lookupHash(phone)) ORDER BY id DESC LIMIT \(limit)
                """))
    }

    /// One number has one hash, however it was written.
    private func lookupHash(_ phone: String) -> String {
        secrets.lookupHash(PhoneNumber(phone)?.e164 ?? phone, for: Self.lookup)
    }

    private func read(_ rows: PostgresRows) throws -> [DemoMessage] {
        try rows.decode(Int64.self, String.self, String.self, [UInt8].self, [UInt8].self, Timestamp.self).map { row in
            DemoMessage(
                id: row.0, template: row.1, language: Language(rawValue: row.2) ?? .zhHans,
                phone: try secrets.open(row.3, for: Self.phonePurpose),
                text: try secrets.open(row.4, for: Self.textPurpose), at: row.5)
        }
    }
}
