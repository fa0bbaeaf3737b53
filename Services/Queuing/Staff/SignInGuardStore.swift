package import Domain
import Messaging
package import Postgres

/// Counts guesses at sign-in: by name, known or not, and by network address.
///
/// A guess is counted before the password is looked at and taken back when it was right, so guesses that are sent at once count as
/// well as those sent one after another.
package struct SignInGuardStore: Sendable {
    package static let wrongByName = 5
    package static let wrongByAddress = 40
    package static let lockMinutes = 15

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Counts a guess.
    ///
    /// - Returns: `nil` when it may be tried, else the seconds until the next may.
    package func count(_ subject: String, limit: Int, at now: Timestamp) async throws -> Int? {
        let begin = now.advanced(minutes: -SignInGuardStore.lockMinutes)
        let rows = try await pool.execute(
            """
            INSERT INTO sign_in_guard AS g (subject, failures, since) VALUES (\(subject), 1, \(now))
            ON CONFLICT (subject) DO UPDATE SET
                failures = CASE WHEN g.since <= \(begin) THEN 1 ELSE least(g.failures + 1, 1000000) END,
                since = CASE WHEN g.since <= \(begin) OR g.failures < \(limit) THEN \(now) ELSE g.since END
            RETURNING failures, since
            """)
        guard let (failures, since) = try rows.first?.decode(Int.self, Timestamp.self), failures > limit else {
            return nil
        }
        return max(1, Int(since.seconds(since: begin).rounded(.up)))
    }

    /// Takes a right guess back: the name begins anew, the address loses one.
    package func passed(name: String, address: String) async throws {
        _ = try await pool.execute(
            """
            WITH name AS (DELETE FROM sign_in_guard WHERE subject = \(name))
            UPDATE sign_in_guard SET failures = greatest(failures - 1, 0) WHERE subject = \(address)
            """)
    }

    package func forget(before time: Timestamp) async throws {
        _ = try await pool.execute("DELETE FROM sign_in_guard WHERE since < \(time)")
    }
}
