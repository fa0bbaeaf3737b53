package import Domain
import Messaging
package import Postgres

/// Reads and changes slots. Every method that changes one takes the connection of the transaction that it belongs to.
package struct SlotStore: Sendable {
    package init() {}

    private static let columns = "id, hall, service, starts_at, ends_at, capacity, taken, is_closed, shrinks_to"

    /// A slot as it stands; places of holds that ran out of time do not count as taken, even if they have not been
    /// freed yet.
    package func slot(_ id: SlotID, at now: Timestamp, on pool: PostgresPool) async throws -> Slot? {
        let rows = try await pool.read(
            """
            SELECT id, hall, service, starts_at, ends_at, capacity, taken - (
                SELECT count(*) FROM hold WHERE slot_id = slot.id AND state = 'held' AND expires_at <= \(now) AND kind <> 'offer'
            ) AS taken, is_closed, shrinks_to FROM slot WHERE id = \(id.rawValue)
            """)
        return try rows.first.map { try Slot($0) }
    }

    /// Slots of a hall and service that start after a moment, by time, for the board.
    func upcoming(
        hall: HallID, service: ServiceID, after moment: Timestamp, deadline: ContinuousClock.Instant? = nil,
        on pool: PostgresPool
    ) async throws -> [(change: SlotChange, start: Timestamp, end: Timestamp)] {
        let rows = try await pool.read(
            """
            SELECT id, version, capacity, taken, starts_at, ends_at FROM slot
            WHERE hall = \(hall.rawValue) AND service = \(service.rawValue) AND starts_at > \(moment)
                AND (capacity > 0 OR taken > 0)
            ORDER BY starts_at
            """, deadline: deadline)
        return try rows.map { row in
            let (id, version, capacity, taken, start, end) = try row.decode(
                Int64.self, Int64.self, Int.self, Int.self, Timestamp.self, Timestamp.self)
            let change = SlotChange(id: SlotID(rawValue: id), version: version, capacity: capacity, taken: taken)
            return (change, start, end)
        }
    }

    /// The free slots nearest in time to another one, of the same hall and of every other hall: at most `limit` of
    /// each. Each of the four walks along an index from the slot's start stops after `limit` rows.
    package func nearestFree(
        to slot: Slot, from earliest: Timestamp, limit: Int, on pool: PostgresPool
    ) async throws -> (sameHall: [Slot], otherHalls: [Slot]) {
        let rows = try await pool.read(
            """
            (SELECT \(unescaped: Self.columns) FROM slot
                WHERE service = \(slot.service.rawValue) AND hall = \(slot.hall.rawValue) AND NOT is_full
                    AND starts_at > \(slot.start) AND starts_at >= \(earliest)
                ORDER BY starts_at LIMIT \(limit))
            UNION ALL (SELECT \(unescaped: Self.columns) FROM slot
                WHERE service = \(slot.service.rawValue) AND hall = \(slot.hall.rawValue) AND NOT is_full
                    AND starts_at < \(slot.start) AND starts_at >= \(earliest)
                ORDER BY starts_at DESC LIMIT \(limit))
            UNION ALL (SELECT \(unescaped: Self.columns) FROM slot
                WHERE service = \(slot.service.rawValue) AND hall <> \(slot.hall.rawValue) AND NOT is_full
                    AND starts_at >= \(slot.start) AND starts_at >= \(earliest)
                ORDER BY starts_at LIMIT \(limit))
            UNION ALL (SELECT \(unescaped: Self.columns) FROM slot
                WHERE service = \(slot.service.rawValue) AND hall <> \(slot.hall.rawValue) AND NOT is_full
                    AND starts_at < \(slot.start) AND starts_at >= \(earliest)
                ORDER BY starts_at DESC LIMIT \(limit))
            """)
        let found = try rows.map { try Slot($0) }.sorted { one, other in
            let distances = (one.distance(to: slot), other.distance(to: slot))
            return distances.0 == distances.1 ? one.start < other.start : distances.0 < distances.1
        }
        return (
            Array(found.filter { $0.hall == slot.hall }.prefix(limit)),
            Array(found.filter { $0.hall != slot.hall }.prefix(limit))
        )
    }

    /// Free slots in which somebody could go whose place is gone, by time: of the same hall, and of all others. Two walks along an
    /// index, which stop after so many rows.
    func replacements(
        for lost: Replacement, service: ServiceID, after earliest: Timestamp
    ) -> PostgresQuery {
        let from = max(lost.from, earliest)
        return """
            (SELECT \(unescaped: Self.columns) FROM booking.slot
                WHERE service = \(service.rawValue) AND hall = \(lost.hall.rawValue) AND NOT is_full
                    AND starts_at >= \(from) AND starts_at <= \(lost.until)
                ORDER BY starts_at LIMIT 50)
            UNION ALL (SELECT \(unescaped: Self.columns) FROM booking.slot
                WHERE service = \(service.rawValue) AND hall <> \(lost.hall.rawValue) AND NOT is_full
                    AND starts_at >= \(from) AND starts_at <= \(lost.until)
                ORDER BY starts_at LIMIT 200)
            """
    }

    /// Locks slots in ascending order of their names, which is what keeps transactions from waiting for one another
    /// in a circle.
    package func lock(_ ids: Set<SlotID>, on connection: PostgresConnection) async throws -> [SlotID: Slot] {
        let rows = try await connection.query(
            """
            SELECT \(unescaped: Self.columns) FROM slot WHERE id = ANY(\(list: ids.sorted().map(\.rawValue)))
            ORDER BY id FOR NO KEY UPDATE
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let slot = try Slot(row)
                return (slot.id, slot)
            })
    }

    /// The same for the slots named and those that the holds and appointments have.
    static func locking(
        _ ids: [SlotID], ofHolds tokenHashes: [String], ofAppointments appointments: [AppointmentID]
    ) -> PostgresQuery {
        """
        SELECT \(unescaped: columns) FROM slot WHERE id = ANY(ARRAY(
            SELECT unnest(\(column: ids.map(\.rawValue))::bigint[])
            UNION SELECT slot_id FROM hold WHERE token_hash = ANY(\(column: tokenHashes)::text[])
            UNION SELECT slot_id FROM appointment WHERE id = ANY(\(list: appointments.map(\.rawValue))::uuid[])
        ))
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// Takes or, with a negative number, gives back places of slots that the transaction has locked, the same number of each.
    /// In the moment of the commit every process is told; ``told(by:)`` reads from the result what.
    ///
    /// A notice may have 8,000 bytes: those of 100 slots have at most 6,200.
    static func changing(_ ids: [SlotID], by places: Int) -> PostgresQuery {
        """
        WITH changed AS (
            UPDATE slot SET taken = taken + \(places), version = version + 1,
                capacity = CASE WHEN shrinks_to IS NULL THEN capacity ELSE greatest(shrinks_to, taken + \(places)) END
            WHERE id = ANY(\(column: ids.map(\.rawValue))::bigint[])
            RETURNING id, version, capacity, taken
        ), notice AS (
            SELECT string_agg(concat_ws(',', id, version, capacity, taken), ';') AS slots_told
            FROM (SELECT *, row_number() OVER () AS number FROM changed) AS numbered GROUP BY number / 100
        )
        SELECT slots_told, pg_notify(\(SlotNotice.channel), slots_told) FROM notice
        """
    }

    /// The same for slots of which different numbers of places change: those with the same number go together, and there are few
    /// such numbers.
    static func changing(_ places: [SlotID: Int]) -> [PostgresQuery] {
        Dictionary(grouping: places.filter { $0.value != 0 }, by: \.value)
            .sorted { $0.key < $1.key }
            .map { places, slots in changing(slots.map(\.key).sorted(), by: places) }
    }

    /// What statements of a pipeline told others about slots; those of other kinds say nothing. Does not fail, since it is asked
    /// after the commit: what it cannot read comes back to this process as a notice.
    static func told(by results: [PostgresRows]) -> [SlotChange] {
        var changes: [SlotChange] = []
        for rows in results where rows.first?.columns.first == "slots_told" {
            for row in rows {
                guard let text = try? row.decode(at: 0, as: String.self) else { continue }
                if case .changes(let some) = SlotNotice(text) { changes += some }
            }
        }
        return changes
    }
}

extension Slot {
    /// Milliseconds between the starts.
    fileprivate func distance(to other: Slot) -> Int64 {
        abs(start.milliseconds - other.start.milliseconds)
    }

    init(_ row: PostgresRow) throws {
        self.init(
            id: SlotID(rawValue: try row.decode("id")),
            hall: HallID(try row.decode("hall", as: String.self)),
            service: ServiceID(try row.decode("service", as: String.self)),
            start: try row.decode("starts_at"),
            end: try row.decode("ends_at"),
            capacity: try row.decode("capacity"),
            taken: try row.decode("taken"),
            isClosed: try row.decode("is_closed"),
            shrinksTo: try row.decode("shrinks_to"))
    }
}
