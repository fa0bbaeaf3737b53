package import Domain
import EventContracts
import Foundation
import Messaging
package import Postgres

/// What the service keeps of a hall beside its log: the effects of commands by key, and snapshots.
package struct HallStore: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// A carried-out command, as its key finds it.
    package struct Effect: Sendable, Hashable {
        package let key: CommandKey
        package let positions: ClosedRange<Int64>
        package let answer: String
    }

    /// The effects that the keys have had.
    package func effects(of keys: [String], in stream: String) async throws -> [String: Effect] {
        let rows = try await pool.execute(
            """
            SELECT key, fingerprint, first_position, last_position, answer FROM idempotency
            WHERE stream = \(stream) AND key = ANY(\(list: keys))
            """)
        var effects: [String: Effect] = [:]
        for row in rows {
            let (key, fingerprint, first, last, answer) = try row.decode(
                String.self, String.self, Int64.self, Int64.self, String.self)
            effects[key] = Effect(
                key: CommandKey(key: key, fingerprint: fingerprint), positions: first...last, answer: answer)
        }
        return effects
    }

    /// Records effects in the transaction of their events.
    ///
    /// - Returns: whether all keys were new. If not, nothing of the transaction may be kept.
    package func record(
        _ effects: [Effect], in stream: String, at time: Timestamp, on connection: PostgresConnection
    ) async throws -> Bool {
        let rows = try await connection.query(
            """
            INSERT INTO idempotency (stream, key, fingerprint, first_position, last_position, answer, created_at)
            SELECT \(stream), key, fingerprint, first_position, last_position, answer, \(time)
            FROM unnest(
                \(list: effects.map(\.key.key))::text[], \(list: effects.map(\.key.fingerprint))::text[],
                \(list: effects.map(\.positions.lowerBound))::bigint[],
                \(list: effects.map(\.positions.upperBound))::bigint[], \(list: effects.map(\.answer))::text[]
            ) AS new (key, fingerprint, first_position, last_position, answer)
            ON CONFLICT DO NOTHING
            """)
        return rows.affected == effects.count
    }

    /// Makes every other writer of the stream wait until the transaction ends.
    package func lock(_ stream: String, on connection: PostgresConnection) async throws {
        _ = try await connection.query("SELECT head FROM event_stream WHERE stream = \(stream) FOR UPDATE")
    }

    /// Forgets keys that nobody will repeat any more.
    package func forgetKeys(before time: Timestamp) async throws {
        _ = try await pool.execute("DELETE FROM idempotency WHERE created_at < \(time)")
    }
}

extension HallStore {
    /// Raised whenever the meaning of the stored state changes: older snapshots are then passed over and the log is read instead.
    private static let snapshotFormat = 3

    /// The last snapshot, if it is of this history and this program can read it.
    package func snapshot(of stream: String) async throws -> HallState? {
        let rows = try await pool.execute(
            """
            SELECT s.state, s.hash, l.time FROM hall_snapshot s
            JOIN event_log l ON l.stream = s.stream AND l.position = s.position AND l.hash = s.hash
            WHERE s.stream = \(stream) AND s.format = \(HallStore.snapshotFormat)
            """)
        for row in rows {
            let (state, hash, time) = try row.decode(String.self, [UInt8].self, Timestamp.self)
            guard let queue = try? JSONDecoder().decode(HallQueue.self, from: Data(state.utf8)) else { return nil }
            return HallState(queue: queue, hash: hash, time: time)
        }
        return nil
    }

    /// Keeps a snapshot, unless a later one is there.
    package func save(_ state: HallState, of stream: String) async throws {
        let encoded = String(decoding: try JSONEncoder().encode(state.queue), as: UTF8.self)
        _ = try await pool.execute(
            """
            INSERT INTO hall_snapshot (stream, position, hash, format, state)
            VALUES (\(stream), \(state.position), \(state.hash), \(HallStore.snapshotFormat), \(encoded))
            ON CONFLICT (stream) DO UPDATE
            SET position = excluded.position, hash = excluded.hash, format = excluded.format, state = excluded.state,
                created_at = now()
            WHERE hall_snapshot.position < excluded.position OR hall_snapshot.format <> excluded.format
            """)
    }
}

extension HallStore {
    package struct Recorded: Sendable, Hashable {
        package let position: Int64
        package let time: Timestamp
        package let event: QueueEvent
    }

    /// What the log says of a ticket since the day was opened, calls that passed it included; oldest first, at most 1000 events.
    package func record(of ticket: TicketID, in stream: String) async throws -> [Recorded] {
        let opened = QueueEvent.dayOpened(DayOpened(date: LocalDate(daysSinceEpoch: 0))).typeName
        let rows = try await pool.read(
            """
            SELECT position, time, type, payload FROM event_log
            WHERE stream = \(stream) AND position >= (
                    SELECT position FROM event_log WHERE stream = \(stream) AND type = \(opened)
                    ORDER BY position DESC LIMIT 1)
                AND (subject = \(ticket) OR strpos(payload, \(ticket)) > 0)
            ORDER BY position LIMIT 1000
            """)
        return try rows.map { row in
            let (position, time, type, payload) = try row.decode(Int64.self, Timestamp.self, String.self, String.self)
            return Recorded(position: position, time: time, event: try QueueEvent(typeName: type, data: payload))
        }
    }
}
