package import Domain
import Messaging
package import Postgres

/// The slots that a catalogue plans from a moment on, for as many days as each hall lets people book ahead.
package struct SlotPlan: Sendable {
    /// Also those to which a plan gives no place: the hall is open then.
    package let slots: [PlannedSlot]
    private let catalogue: Catalogue
    private let now: Timestamp
    private let keeping: PlaceKeeping
    /// Where the days that the halls plan end.
    private let horizons: [(hall: HallID, end: Timestamp)]

    /// What a change came to.
    package struct Outcome: Sendable, Hashable {
        /// Slots made or changed.
        package var changed = 0
        /// People who had booked a place that is gone.
        package var people = 0
    }

    /// - Parameters:
    ///   - plans: of halls that do not give all slots the same number of places.
    ///   - closures: times in which a hall has no slots.
    package init(
        catalogue: Catalogue, plans: [HallID: PlacesPlan], closures: [HallClosure] = [], now: Timestamp
    ) {
        self.catalogue = catalogue
        self.now = now
        keeping = PlaceKeeping(catalogue, now: now)
        let closures = Dictionary(grouping: closures, by: \.hall)
        var horizons: [(hall: HallID, end: Timestamp)] = []
        var slots: [PlannedSlot] = []
        for hall in catalogue.orderedHalls {
            guard let zone = TimeZoneRules(hall.timeZone) else { continue }
            let today = zone.date(at: now)
            let days = max(0, hall.horizonDays)
            horizons.append((hall.id, zone.moment(of: today.advanced(days: days), minute: 1440)))
            for day in 0...days {
                for service in hall.offers.keys.sorted() {
                    slots += Self.slots(
                        of: hall.id, service, on: today.advanced(days: day), catalogue, plan: plans[hall.id]
                    ).filter { slot in
                        slot.start > now
                            && !(closures[hall.id] ?? []).contains {
                                $0.covers(slot.hall, from: slot.start, to: slot.end)
                            }
                    }
                }
            }
        }
        self.slots = slots
        self.horizons = horizons
    }

    /// The plan that follows from all that is in force. Call it under the lock.
    package static func inForce(
        _ catalogue: Catalogue, on connection: PostgresConnection, now: Timestamp
    ) async throws -> SlotPlan {
        SlotPlan(
            catalogue: catalogue, plans: try await PlacesPlanStore().plans(on: connection),
            closures: try await ClosureStore().inForce(at: now, on: connection), now: now)
    }

    private static func slots(
        of hall: HallID, _ service: ServiceID, on date: LocalDate, _ catalogue: Catalogue, plan: PlacesPlan?
    ) -> [PlannedSlot] {
        let planned = SlotCalendar.slots(hall: hall, service: service, on: date, catalogue: catalogue, plan: plan)
        guard plan?.days[service] != nil else { return planned }
        let starts = Set(planned.map(\.start))
        let without = SlotCalendar.slots(hall: hall, service: service, on: date, catalogue: catalogue)
            .filter { !starts.contains($0.start) }
        return planned
            + without.map { slot in
                var slot = slot
                slot.capacity = 0
                return slot
            }
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
    /// Who had booked a slot that is closed now is noted, and moved afterwards by ``ClosureMoves``.
    ///
    /// - Parameter movesSurplus: whether that is also so for who booked last where the city file has fewer places than are booked.
    package func materialise(
        on connection: PostgresConnection, movesSurplus: Bool = false
    ) async throws -> Outcome {
        var changed: [SlotID] = []
        let slots = slots.filter { $0.capacity > 0 }
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
        let people = try await LostPlaces(now: now).note(
            in: changed, offers: movesSurplus ? catalogue : nil, on: connection)
        try await keeping.keep(of: changed, on: connection)
        if !changed.isEmpty {
            _ = try await connection.query(
                "SELECT pg_notify(\(SlotNotice.channel), \(SlotNotice.everythingText))")
        }
        return Outcome(changed: changed.count, people: people)
    }

    /// Slots that exist and are planned otherwise now, locked in the order of their names like everywhere else. Those beyond the
    /// horizon are not closed by not being planned.
    private func adjust(on connection: PostgresConnection) async throws -> [SlotID] {
        let rows = try await connection.query(
            """
            WITH planned AS (
                SELECT * FROM unnest(
                    \(list: slots.map(\.hall.rawValue))::text[], \(list: slots.map(\.service.rawValue))::text[],
                    \(list: slots.map(\.start.milliseconds))::bigint[],
                    \(list: slots.map(\.end.milliseconds))::bigint[],
                    \(list: slots.map(\.capacity))::integer[]) AS p (hall, service, starts, ends, places)
            ), horizon AS (
                SELECT * FROM unnest(\(list: horizons.map(\.hall.rawValue))::text[],
                    \(list: horizons.map(\.end.milliseconds))::bigint[]) AS h (hall, ends)
            ), wanted AS (
                SELECT s.id, coalesce(p.places, 0) AS places,
                    coalesce(to_timestamp(p.ends / 1000.0), s.ends_at) AS ends_at,
                    p.places IS NULL AND (s.starts_at < coalesce(to_timestamp(h.ends / 1000.0), 'infinity') OR s.is_closed
                        OR EXISTS (SELECT FROM booking.closure c WHERE c.hall = s.hall AND c.state = 'closed'
                            AND c.starts_at < s.ends_at AND c.ends_at > s.starts_at)) AS closed
                FROM booking.slot s
                LEFT JOIN planned p ON p.hall = s.hall AND p.service = s.service
                    AND to_timestamp(p.starts / 1000.0) = s.starts_at
                LEFT JOIN horizon h ON h.hall = s.hall
                WHERE s.starts_at > \(now)
            ), locked AS (
                SELECT s.id, w.places, w.ends_at, w.closed FROM booking.slot s JOIN wanted w ON w.id = s.id
                WHERE s.capacity <> greatest(w.places, s.taken) OR s.ends_at <> w.ends_at OR s.is_closed <> w.closed
                    OR s.shrinks_to IS DISTINCT FROM \(unescaped: Self.shrinking("w.places", "w.closed"))
                ORDER BY s.id FOR NO KEY UPDATE OF s
            )
            UPDATE booking.slot s SET capacity = greatest(l.places, s.taken), ends_at = l.ends_at, is_closed = l.closed,
                shrinks_to = \(unescaped: Self.shrinking("l.places", "l.closed")), version = s.version + 1
            FROM locked l WHERE l.id = s.id RETURNING s.id
            """)
        return try rows.map { SlotID(rawValue: try $0.decode("id")) }
    }

    private static func shrinking(_ places: String, _ closed: String) -> String {
        "CASE WHEN \(closed) THEN 0 WHEN s.taken > \(places) THEN \(places) END"
    }
}
