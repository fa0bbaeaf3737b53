package import Domain
import Messaging
package import Postgres

/// Who did what to which booking.
package struct AuditStore: Sendable {
    package init() {}

    package func note(_ actor: String, _ action: String, _ subject: String, at now: Timestamp) -> PostgresQuery {
        "INSERT INTO audit (time, actor, action, subject) VALUES (\(now), \(actor), \(action), \(subject))"
    }

    static func insertion(_ notes: [BookingBatch.Changes.Note]) -> PostgresQuery {
        """
        INSERT INTO audit (time, actor, action, subject)
        SELECT * FROM unnest(\(list: notes.map(\.time))::timestamptz[], \(list: notes.map(\.actor))::text[],
            \(list: notes.map(\.action))::text[], \(list: notes.map(\.subject))::text[])
        """
    }
}
