import Domain
import Foundation
import Messaging
import Postgres
import Web

/// The statements of a draw and of what follows from it.
struct BallotDrawStore: Sendable {
    /// The entries of a round that take part, and the numbers of those that left. The round is locked.
    func entries(
        of round: String, on connection: PostgresConnection
    ) async throws -> (entries: [BallotEntry], left: [Int]) {
        let rows = try await connection.query(
            """
            SELECT number, salt, preferences, state FROM ballot_entry
            WHERE round = \(round) AND number IS NOT NULL ORDER BY number
            """)
        var found: (entries: [BallotEntry], left: [Int]) = ([], [])
        for row in rows {
            let (number, salt, preferences, state) = try row.decode(Int.self, String.self, [String].self, String.self)
            if state == BallotTicket.State.entered.rawValue {
                found.entries.append(
                    BallotEntry(
                        number: number, salt: salt, preferences: preferences.compactMap { BallotPreference($0) }))
            } else {
                found.left.append(number)
            }
        }
        return found
    }

    /// The slots of a service that begin between two moments and have places, locked in the order of their names.
    func slots(
        of service: ServiceID, from: Timestamp, to: Timestamp, on connection: PostgresConnection
    ) async throws -> [Slot] {
        let rows = try await connection.query(
            """
            SELECT id, hall, service, starts_at, ends_at, capacity, taken, is_closed, shrinks_to FROM slot
            WHERE service = \(service.rawValue) AND NOT is_full AND starts_at >= \(from) AND starts_at < \(to)
            ORDER BY id FOR NO KEY UPDATE
            """)
        return try rows.map { try Slot($0) }
    }

    /// Writes a draw: a hold keeps the place of each who got one, so that nothing can come between the draw and the booking.
    ///
    /// - Returns: what others were told of the slots.
    func write(
        _ record: BallotRecord, slots: [SlotID: Slot], at now: Timestamp, on connection: PostgresConnection
    ) async throws -> [SlotChange] {
        guard let draw = record.draw else { return [] }
        var generator = SystemRandomNumberGenerator()
        // Nobody ever has the token.
        let won = draw.entries.compactMap { entry -> (entry: BallotEntry, slot: Slot, hold: String, token: String)? in
            guard let slot = entry.slot.flatMap({ SlotID($0) }).flatMap({ slots[$0] }) else { return nil }
            return (
                entry, slot, UUIDText.make(at: now, using: &generator), Secrets.sha256Hex(Secrets.randomToken())
            )
        }
        let tokens = Dictionary(won.map { ($0.entry.number, $0.token) }, uniquingKeysWith: { first, _ in first })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let published = String(decoding: try encoder.encode(draw.slots), as: UTF8.self)
        let places = won.reduce(into: [SlotID: Int]()) { $0[$1.slot.id, default: 0] += 1 }
        let queries: [PostgresQuery] = [
            """
            UPDATE ballot_entry e SET state = CASE WHEN d.slot IS NULL THEN 'lost' ELSE 'won' END, rank = d.rank,
                slot_id = d.slot, hold_token = d.token
            FROM unnest(\(column: draw.entries.map { Int64($0.number) })::bigint[],
                \(column: draw.entries.indices.map { Int64($0 + 1) })::bigint[],
                \(column: draw.entries.map { $0.slot.flatMap { Int64($0) } })::bigint[],
                \(column: draw.entries.map { tokens[$0.number] })::text[]) AS d (number, rank, slot, token)
            WHERE e.round = \(record.round) AND e.number = d.number
            """,
            """
            INSERT INTO hold (id, token_hash, slot_id, expires_at, state, created_at)
            SELECT id, token, slot, expires, 'held', \(now)::timestamptz
            FROM unnest(\(list: won.map(\.hold))::uuid[], \(column: won.map(\.token))::text[],
                \(column: won.map(\.slot.id.rawValue))::bigint[],
                \(column: won.map(\.slot.start))::timestamptz[]) AS h (id, token, slot, expires)
            """,
            """
            UPDATE ballot_round SET state = 'drawn', root = \(draw.root), slots = \(published)::jsonb,
                drawn_at = \(draw.drawnAt)
            WHERE id = \(record.round)
            """,
        ]
        let results = try await connection.pipeline(queries + SlotStore.changing(places))
        return SlotStore.told(by: results)
    }

    // MARK: Afterwards

    /// Entries whose outcome is to be booked or told, in the order drawn.
    func toSettle(_ round: String, limit: Int, on pool: PostgresPool) async throws -> [BallotTicket] {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: BallotTicket.columns) FROM ballot_entry e JOIN ballot_round r ON r.id = e.round
            WHERE e.round = \(round) AND e.state IN ('won', 'lost') AND NOT e.settled ORDER BY e.rank LIMIT \(limit)
            """)
        return try rows.map { try BallotTicket($0) }
    }

    /// The entry has become an appointment, or none.
    func settle(
        _ id: String, as state: BallotTicket.State, appointment: AppointmentID?, on pool: PostgresPool
    ) async throws {
        _ = try await pool.execute(
            """
            UPDATE ballot_entry SET state = \(state.rawValue), settled = true, appointment_id = \(appointment?.rawValue)::uuid
            WHERE id = \(id)::uuid AND state = 'won'
            """)
    }

    /// Marks entries as told, each once.
    func markTold(_ ids: [String], on connection: PostgresConnection) async throws -> Set<String> {
        let rows = try await connection.query(
            """
            UPDATE ballot_entry SET settled = true WHERE id = ANY(ARRAY(
                SELECT id FROM ballot_entry WHERE id = ANY(\(list: ids)::uuid[]) AND state = 'lost' AND NOT settled
                ORDER BY id FOR UPDATE
            )) RETURNING id::text AS id
            """)
        return Set(try rows.map { try $0.decode("id", as: String.self) })
    }

    /// Ends a round in which nothing is left to do.
    func finish(_ round: String, on pool: PostgresPool) async throws {
        _ = try await pool.execute(
            """
            UPDATE ballot_round r SET state = 'settled' WHERE r.id = \(round) AND r.state = 'drawn' AND NOT EXISTS (
                SELECT FROM ballot_entry e WHERE e.round = r.id AND e.state IN ('won', 'lost') AND NOT e.settled)
            """)
    }
}
