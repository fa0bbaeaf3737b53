import Domain
import Messaging
import Postgres

/// Who did what to which booking.
enum AuditStore {
    static func insertion(_ notes: [BookingBatch.Changes.Note]) -> PostgresQuery {
        """
        INSERT INTO audit (time, actor, action, subject)
        SELECT * FROM unnest(\(column: notes.map(\.time))::timestamptz[], \(column: notes.map(\.actor))::text[],
            \(column: notes.map(\.action))::text[], \(column: notes.map(\.subject))::text[])
        """
    }
}
