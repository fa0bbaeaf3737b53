package import Domain
import EventContracts
import Foundation
package import Messaging
package import Postgres

/// The delivery table. Due rows are found by a partial index; each row is changed by the sender that has locked it.
package struct MessageStore: Sendable {
    /// The channel on which senders hear of new messages.
    package static let channel = "notification_message"

    /// What became of one attempt.
    package enum Outcome: Hashable, Sendable {
        case sent(channel: String)
        case skipped(reason: String)
        case failed(reason: String)
        case retry(at: Timestamp, reason: String)
    }

    package init() {}

    /// A message, and the event that asks for it.
    package struct Planned: Sendable {
        var message: PlannedMessage
        var stream: String
        var position: Int64
        var time: Timestamp

        package init(_ message: PlannedMessage, stream: String, position: Int64, time: Timestamp) {
            self.message = message
            self.stream = stream
            self.position = position
            self.time = time
        }

        package init(_ message: PlannedMessage, by event: ReceivedEvent) {
            self.init(message, stream: event.stream, position: event.position, time: event.event.time)
        }
    }

    /// Adds messages within the consumer's transaction, in one statement; the commit wakes the senders of all processes.
    package func add(_ planned: [Planned], now: Timestamp, on connection: PostgresConnection) async throws {
        guard !planned.isEmpty else { return }
        let messages = planned.map(\.message)
        let encoder = JSONEncoder()
        let parameters = try messages.map { String(decoding: try encoder.encode($0.parameters), as: UTF8.self) }
        let expiries = planned.map { MessageLifetime.expiry(of: $0.message, at: $0.time) }
        try await connection.pipeline([
            """
            INSERT INTO message
                (stream, position, template, subject, hall, parameters, next_attempt_at, expires_at, created_at)
            SELECT stream, position, template, subject, hall, parameters, \(now), expires_at, \(now)
            FROM unnest(\(list: planned.map(\.stream))::text[], \(list: planned.map(\.position))::bigint[],
                \(list: messages.map(\.template.rawValue))::text[], \(list: messages.map(\.subject.id))::text[],
                \(list: messages.map { $0.parameters["hall"] })::text[], \(list: parameters)::jsonb[],
                \(list: expiries)::timestamptz[])
                AS m (stream, position, template, subject, hall, parameters, expires_at)
            ON CONFLICT (stream, position, template) DO NOTHING
            """,
            "SELECT pg_notify(\(Self.channel), '')",
        ])
    }

    /// Locks the messages that are due, oldest first, passing those that another sender has locked.
    package func lockDue(limit: Int, now: Timestamp, on connection: PostgresConnection) async throws -> [DueMessage] {
        let rows = try await connection.query(
            """
            SELECT id, template, subject, parameters, attempts, expires_at FROM message
            WHERE state = 'pending' AND next_attempt_at <= \(now)
            ORDER BY next_attempt_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """)
        return try rows.decode(Int64.self, String.self, String.self, String.self, Int.self, Timestamp.self).map { row in
            DueMessage(
                id: row.0, template: row.1, subject: row.2,
                parameters: try JSONDecoder().decode([String: String].self, from: Data(row.3.utf8)), attempts: row.4,
                expires: row.5)
        }
    }

    /// Notes what became of messages that this transaction has locked.
    package func note(
        _ outcomes: [(id: Int64, outcome: Outcome)], now: Timestamp, on connection: PostgresConnection
    ) async throws {
        var sent: [String: [Int64]] = [:]
        var queries: [PostgresQuery] = []
        for (id, outcome) in outcomes {
            switch outcome {
            case .sent(let channel): sent[channel, default: []].append(id)
            case .skipped(let reason):
                queries.append(
                    """
                    UPDATE message SET state = 'skipped', failure = \(reason), finished_at = \(now) WHERE id = \(id)
                    """)
            case .failed(let reason):
                queries.append(
                    """
                    UPDATE message SET state = 'failed', failure = \(reason), attempts = attempts + 1,
                        finished_at = \(now) WHERE id = \(id)
                    """)
            case .retry(let next, let reason):
                queries.append(
                    """
                    UPDATE message SET next_attempt_at = \(next), failure = \(reason), attempts = attempts + 1
                    WHERE id = \(id)
                    """)
            }
        }
        queries += sent.map { channel, ids in
            """
            UPDATE message SET state = 'sent', channel = \(channel), attempts = attempts + 1, failure = NULL,
                finished_at = \(now) WHERE id = ANY(\(list: ids))
            """
        }
        try await connection.pipeline(queries)
    }

    /// Removes finished messages, and with them what the demo's telephone shows.
    package func purge(before moment: Timestamp, in pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM message WHERE finished_at < \(moment)").affected
    }
}
