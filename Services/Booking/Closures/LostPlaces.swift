import Domain
import Messaging
import Postgres

/// Notes who had booked places that are gone, in the transaction that takes them away, and ends what was held there.
///
/// Growth: a probe of an index for each slot that has changed, and the appointments found there.
struct LostPlaces: Sendable {
    let now: Timestamp

    /// - Parameters:
    ///   - slots: that the transaction has changed, and so has locked.
    ///   - offers: the city whose offers count where fewer places are offered than are booked; `nil` moves nobody for that.
    /// - Returns: how many people it has noted.
    func note(in slots: [SlotID], offers: Catalogue?, on connection: PostgresConnection) async throws -> Int {
        guard !slots.isEmpty else { return 0 }
        let ids = slots.map(\.rawValue)
        // Slots that are open again: who was not moved yet keeps the place.
        _ = try await connection.query(
            """
            UPDATE booking.closure_move m SET state = 'gone' FROM booking.slot s
            WHERE m.state = 'due' AND m.slot_id = ANY(\(list: ids)) AND s.id = m.slot_id AND NOT s.is_closed
            """)
        // Forms at hand cannot be finished; what another transaction is at is refused by its batch, which finds the slot closed.
        _ = try await connection.query(
            """
            UPDATE booking.hold SET expires_at = \(now) WHERE id = ANY(ARRAY(
                SELECT h.id FROM booking.hold h JOIN booking.slot s ON s.id = h.slot_id
                WHERE h.slot_id = ANY(\(list: ids)) AND h.state = 'held' AND h.expires_at > \(now) AND s.is_closed
                FOR UPDATE OF h SKIP LOCKED
            ))
            """)
        let rows = try await connection.query(
            """
            WITH noted AS (
                INSERT INTO booking.closure_move (appointment_id, slot_id, hall, starts_at, closure_id, made_at)
                SELECT a.id, s.id, s.hall, s.starts_at, (
                    SELECT c.id FROM booking.closure c WHERE c.hall = s.hall AND c.state = 'closed'
                        AND c.starts_at < s.ends_at AND c.ends_at > s.starts_at ORDER BY c.starts_at, c.id LIMIT 1
                ), \(now)::timestamptz
                FROM booking.slot s JOIN booking.appointment a ON a.slot_id = s.id
                WHERE s.id = ANY(\(list: ids)) AND s.is_closed AND a.state = 'booked'
                ON CONFLICT DO NOTHING RETURNING 1
            ) SELECT count(*) AS people FROM noted
            """)
        let people: Int = try rows.first?.decode("people") ?? 0
        guard let offers else { return people }
        return people + (try await noteSurplus(in: ids, offers, on: connection))
    }

    /// Who booked last where the city file now offers fewer places than are booked. A plan of places with fewer moves nobody.
    private func noteSurplus(
        in slots: [Int64], _ catalogue: Catalogue, on connection: PostgresConnection
    ) async throws -> Int {
        let offers = catalogue.orderedHalls.flatMap { hall in
            hall.offers.map { (hall: hall.id.rawValue, service: $0.key.rawValue, places: $0.value.places) }
        }
        let rows = try await connection.query(
            """
            WITH offered AS (
                SELECT * FROM unnest(\(list: offers.map(\.hall))::text[], \(list: offers.map(\.service))::text[],
                    \(list: offers.map(\.places))::integer[]) AS o (hall, service, places)
            ), booked AS (
                SELECT a.id, s.id AS slot_id, s.hall, s.starts_at, a.state, o.places, row_number() OVER (
                    PARTITION BY s.id ORDER BY a.state = 'booked', a.created_at, a.id) AS number
                FROM booking.slot s
                JOIN offered o ON o.hall = s.hall AND o.service = s.service
                JOIN booking.appointment a ON a.slot_id = s.id
                WHERE s.id = ANY(\(list: slots)) AND NOT s.is_closed AND s.taken > o.places AND a.state <> 'cancelled'
            ), noted AS (
                INSERT INTO booking.closure_move (appointment_id, slot_id, hall, starts_at, made_at)
                SELECT id, slot_id, hall, starts_at, \(now)::timestamptz FROM booked
                WHERE number > places AND state = 'booked'
                ON CONFLICT DO NOTHING RETURNING 1
            ) SELECT count(*) AS people FROM noted
            """)
        return try rows.first?.decode("people") ?? 0
    }
}
