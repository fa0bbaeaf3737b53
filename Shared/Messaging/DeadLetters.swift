package import Domain
package import Postgres

/// An event that a group could not consume.
package struct DeadLetter: Hashable, Sendable {
    package var id: Int64
    package var group: String
    package var stream: String
    package var position: Int64
    package var type: String
    /// The event as JSON, or whatever stood in its place.
    package var payload: String
    /// What the last attempt said.
    package var error: String
    package var attempts: Int
    package var created: Timestamp
    /// A replay was asked for and is still to come.
    package var isRequested: Bool
    package var replayed: Timestamp?
}

/// The events that failed for good, and the way to have them tried again once the cause is removed.
package struct DeadLetters: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// - Parameters:
    ///   - group: `nil` for all.
    ///   - after: ID of the last letter of the page before.
    ///   - includingReplayed: also those that have been put right.
    package func list(
        group: String? = nil, after: Int64 = 0, limit: Int = 100, includingReplayed: Bool = false
    ) async throws -> [DeadLetter] {
        let rows = try await pool.read(
            """
            SELECT id, consumer_group, stream, position, type, payload, error, attempts, created_at,
                requested_at IS NOT NULL AND replayed_at IS NULL, replayed_at
            FROM dead_letter
            WHERE id > \(after) AND consumer_group = coalesce(\(group)::text, consumer_group)
                AND (\(includingReplayed)::bool OR replayed_at IS NULL)
            ORDER BY id LIMIT \(limit)
            """)
        var letters: [DeadLetter] = []
        for row in rows {
            let values = try row.decode(
                Int64.self, String.self, String.self, Int64.self, String.self, String.self, String.self, Int.self,
                Timestamp.self, Bool.self, Timestamp?.self)
            letters.append(
                DeadLetter(
                    id: values.0, group: values.1, stream: values.2, position: values.3, type: values.4,
                    payload: values.5, error: values.6, attempts: values.7, created: values.8, isRequested: values.9,
                    replayed: values.10))
        }
        return letters
    }

    /// Asks for a replay. The group's consumer does it within a few seconds, as only it knows the handler; its effect
    /// and the mark `replayed` are one transaction. A replay comes after events that followed it in the stream.
    ///
    /// - Throws: ``MessagingError`` with code `noSuchDeadLetter`.
    package func replay(_ id: Int64) async throws {
        let rows = try await pool.execute(
            "UPDATE dead_letter SET requested_at = clock_timestamp() WHERE id = \(id) AND replayed_at IS NULL")
        guard rows.affected == 1 else {
            throw MessagingError(.noSuchDeadLetter, "there is no dead letter \(id) that waits to be replayed")
        }
    }
}
