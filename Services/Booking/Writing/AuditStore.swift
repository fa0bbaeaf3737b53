import Domain
import Messaging
import Postgres

/// Who did what to which booking.
enum AuditStore {
    static func insertion(_ notes: [BookingBatch.Changes.Note]) -> PostgresQuery {
        """
        INSERT INTO audit (time, actor, action, subject)
        SELECT * FROM unnest(\(list: notes.map(\.time))::timestamptz[], \(list: notes.map(\.actor))::text[],
            \(list: notes.map(\.action))::text[], \(list: notes.map(\.subject))::text[])
        """
    }
}
