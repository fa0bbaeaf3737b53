package import Domain
import Messaging
package import Postgres

/// The slots that a catalogue plans from a moment on, for as many days as each hall lets people book ahead.
package struct SlotPlan: Sendable {
    package let slots: [PlannedSlot]
    private let now: Timestamp
    private let keeping: PlaceKeeping

    /// - Parameter plans: of halls that do not give all slots the same number of places.
    package init(catalogue: Catalogue, plans: [HallID: PlacesPlan], now: Timestamp) {
        self.now = now
        keeping = PlaceKeeping(catalogue, now: now)
        slots = catalogue.orderedHalls.flatMap { hall -> [PlannedSlot] in
            guard let zone = TimeZoneRules(hall.timeZone) else { return [] }
            let today = zone.date(at: now)
            return (0...max(0, hall.horizonDays)).flatMap { day in
                hall.offers.keys.sorted().flatMap { service in
                    SlotCalendar.slots(
                        hall: hall.id, service: service, on: today.advanced(days: day), catalogue: catalogue,
                        plan: plans[hall.id])
                }
            }
        }.filter { $0.start > now }
    }

    /// Rows sent in one statement.
    private static let chunk = 4000

    /// One at a time: two changes at once would take the locks of slots in different orders. Whoever holds it reads what
    /// slots follow from, and nobody changes that meanwhile.
    package static func lock(on connection: PostgresConnection) async throws {
        _ = try await connection.query("SELECT pg_advisory_xact_lock(hashtext('booking.slot'))")
    }

    /// Makes the database's slots agree with the plan. Slots that have begun are history and are left alone; no
    /// capacity goes below what is taken. Call it under the lock. Every process is told in the moment of the commit.
    ///
    /// - Returns: slots made or changed.
    package func materialise(on connection: PostgresConnection) async throws -> Int {
        var changed: [SlotID] = []
        for start in stride(from: 0, to: slots.count, by: Self.chunk) {
            let part = slots[start..<min(start + Self.chunk, slots.count)]
            let rows = try await connection.query(
                """
                INSERT INTO booking.slot AS s (hall, service, starts_at, ends_at, capacity)
                SELECT hall, service, to_timestamp(starts / 1000.0), to_timestamp(ends / 1000.0), places
                FROM unnest(\(list: part.map(\.hall.rawValue))::text[], \(list: part.map(\.service.rawValue))::text[],
                    \(list: part.map(\.start.milliseconds))::bigint[], \(list: part.map(\.end.milliseconds))::bigint[],
                    \(list: part.map(\.capacity))::integer[]) AS planned (hall, service, starts, ends, places)
                WHERE NOT EXISTS (
                    SELECT FROM booking.slot o
                    WHERE o.hall = planned.hall AND o.service = planned.service
                        AND o.starts_at = to_timestamp(planned.starts / 1000.0))
                ON CONFLICT (hall, service, starts_at) DO NOTHING RETURNING s.id
                """)
            changed += try rows.map { SlotID(rawValue: try $0.decode("id")) }
        }
        changed += try await adjust(on: connection)
        try await keeping.keep(of: changed, on: connection)
        if !changed.isEmpty {
            _ = try await connection.query(
                "SELECT pg_notify(\(SlotNotice.channel), \(SlotNotice.everythingText))")
        }
        return changed.count
    }

    /// Slots that exist and are planned otherwise now, locked in the order of their names like everywhere else.
    private func adjust(on connection: PostgresConnection) async throws -> [SlotID] {
        let rows = try await connection.query(
            """
            WITH planned AS (
                SELECT * FROM unnest(
                    \(list: slots.map(\.hall.rawValue))::text[], \(list: slots.map(\.service.rawValue))::text[],
                    \(list: slots.map(\.start.milliseconds))::bigint[],
                    \(list: slots.map(\.end.milliseconds))::bigint[],
                    \(list: slots.map(\.capacity))::integer[]) AS p (hall, service, starts, ends, places)
            ), differing AS (
                SELECT s.id, coalesce(p.places, 0) AS places,
                    coalesce(to_timestamp(p.ends / 1000.0), s.ends_at) AS ends_at
                FROM booking.slot s
                LEFT JOIN planned p ON p.hall = s.hall AND p.service = s.service
                    AND to_timestamp(p.starts / 1000.0) = s.starts_at
                WHERE s.starts_at > \(now)
                    AND (s.capacity <> greatest(coalesce(p.places, 0), s.taken)
                        OR s.ends_at <> coalesce(to_timestamp(p.ends / 1000.0), s.ends_at))
            ), locked AS (
                SELECT s.id, d.places, d.ends_at FROM booking.slot s JOIN differing d ON d.id = s.id
                ORDER BY s.id FOR NO KEY UPDATE OF s
            )
            UPDATE booking.slot s SET capacity = greatest(l.places, s.taken), ends_at = l.ends_at, version = s.version + 1
            FROM locked l WHERE l.id = s.id RETURNING s.id
            """)
        return try rows.map { SlotID(rawValue: try $0.decode("id")) }
    }
}
