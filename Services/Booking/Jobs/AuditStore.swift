package import Domain
import Messaging
package import Postgres

/// Who did what to which booking.
package struct AuditStore: Sendable {
    package init() {}

    package func note(_ actor: String, _ action: String, _ subject: String, at now: Timestamp) -> PostgresQuery {
        "INSERT INTO audit (time, actor, action, subject) VALUES (\(now), \(actor), \(action), \(subject))"
    }
}
