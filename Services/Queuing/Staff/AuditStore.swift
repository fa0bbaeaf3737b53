package import Domain
package import Postgres
import Web

/// Keeps who signed in or out, who was refused, and which kiosk was enrolled. Changes of a queue are in the hall's own log.
package struct AuditStore: Sendable {
    package enum Action: String, Sendable {
        case signIn = "sign-in"
        case signOut = "sign-out"
        case enrolKiosk = "enrol-kiosk"
    }

    package enum Result: String, Sendable {
        case done, refused, locked
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// - Parameters:
    ///   - actor: a staff identifier as given, or `kiosk`; at most 40 characters are kept.
    ///   - address: of the network, as the front reports it.
    package func note(
        _ action: Action, by actor: String, hall: HallID? = nil, result: Result, from address: String
    ) async throws {
        _ = try await pool.execute(
            """
            INSERT INTO audit (actor, action, hall, result, address, trace)
            VALUES (\(String(actor.prefix(40))), \(action.rawValue), \(hall?.rawValue), \(result.rawValue), \(address),
                \(TraceContext.current?.traceID))
            """)
    }
}
