package import Domain
import Messaging
package import Postgres
import Web

/// Who is signed in. Tokens are known to their holders only; the table has their hashes.
package struct SessionStore: Sendable {
    /// Without a request for so long, a session ends.
    package static let idleMinutes = 30
    /// However busy, it ends after so long.
    package static let longestMinutes = 10 * 60

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package struct Session: Sendable, Hashable {
        package let staff: StaffID
        package let roles: [HallID: Set<Role>]
        package let lastSeen: Timestamp
    }

    /// Begins a session.
    ///
    /// - Returns: its token of 128 bits, never given out before, and when it ends at the latest.
    package func begin(_ staff: StaffID, at now: Timestamp) async throws -> (token: String, expires: Timestamp) {
        let token = Secrets.randomToken()
        let expires = now.advanced(minutes: SessionStore.longestMinutes)
        _ = try await pool.execute(
            """
            INSERT INTO session (id_hash, staff, created_at, last_seen_at, expires_at)
            VALUES (\(Secrets.sha256Hex(token)), \(staff), \(now), \(now), \(expires))
            """)
        return (token, expires)
    }

    /// The session of a token, if it has not ended. Roles are read each time, so that a change counts at once.
    package func session(_ token: String, at now: Timestamp) async throws -> Session? {
        guard Secrets.isToken(token) else { return nil }
        let rows = try await pool.read(
            """
            SELECT s.staff, s.last_seen_at,
                ARRAY(SELECT hall || ' ' || role FROM staff_role r WHERE r.staff = s.staff)
            FROM session s JOIN staff p ON p.id = s.staff AND p.active
            WHERE s.id_hash = \(Secrets.sha256Hex(token)) AND s.expires_at > \(now)
                AND s.last_seen_at > \(now.advanced(minutes: -SessionStore.idleMinutes))
            """)
        guard let (staff, seen, roles) = try rows.first?.decode(String.self, Timestamp.self, [String].self) else {
            return nil
        }
        return Session(staff: StaffID(staff), roles: StaffStore.roles(roles), lastSeen: seen)
    }

    /// Notes that the session is in use; called at most once a minute.
    package func touch(_ token: String, at now: Timestamp) async throws {
        _ = try await pool.execute(
            "UPDATE session SET last_seen_at = \(now) WHERE id_hash = \(Secrets.sha256Hex(token)) AND last_seen_at < \(now)"
        )
    }

    package func end(_ token: String) async throws {
        _ = try await pool.execute("DELETE FROM session WHERE id_hash = \(Secrets.sha256Hex(token))")
    }

    package func forgetEnded(at now: Timestamp) async throws {
        _ = try await pool.execute(
            """
            DELETE FROM session WHERE expires_at <= \(now)
                OR last_seen_at <= \(now.advanced(minutes: -SessionStore.idleMinutes))
            """)
    }
}
