import Domain
import Messaging
import Postgres

/// Keeps the places of new or larger slots back where somebody waits for them, in the transaction that makes them: they are offered in
/// order, and not open for a moment in between.
struct PlaceKeeping: Sendable {
    private let services: [ServiceID]
    private let halls: [(id: HallID, zone: String)]
    private let now: Timestamp

    init(_ catalogue: Catalogue, now: Timestamp) {
        services = FreedPlaceRules(catalogue).waitlisted.sorted()
        halls = catalogue.orderedHalls.map { ($0.id, $0.timeZone) }
        self.now = now
    }

    /// - Parameters:
    ///   - slots: that the transaction has made or changed, and so has locked.
    ///   - connection: names are qualified, so any will do.
    func keep(of slots: [SlotID], on connection: PostgresConnection) async throws {
        guard !services.isEmpty, !slots.isEmpty else { return }
        _ = try await connection.query(
            """
            WITH wanted AS (
                SELECT s.id, s.capacity - s.taken AS places FROM booking.slot s
                JOIN unnest(\(list: halls.map(\.id.rawValue))::text[], \(list: halls.map(\.zone))::text[]) AS h (hall, zone)
                    ON h.hall = s.hall
                WHERE s.id = ANY(\(list: slots.map(\.rawValue))) AND s.taken < s.capacity
                    AND s.service = ANY(\(list: services.map(\.rawValue)))
                    AND EXISTS (
                        SELECT FROM booking.waitlist_wish w WHERE w.service = s.service AND w.hall = s.hall
                            AND w.day = (s.starts_at AT TIME ZONE h.zone)::date)
            ), kept AS (
                INSERT INTO booking.hold (id, token_hash, slot_id, expires_at, state, kind, created_at)
                SELECT id, 'returning:' || id, slot_id, \(now)::timestamptz, 'held', 'returning', \(now)::timestamptz FROM (
                    SELECT gen_random_uuid() AS id, w.id AS slot_id
                    FROM wanted w CROSS JOIN LATERAL generate_series(1, w.places)
                ) AS r
            )
            UPDATE booking.slot s SET taken = s.capacity, version = s.version + 1 FROM wanted w WHERE w.id = s.id
            """)
    }
}
