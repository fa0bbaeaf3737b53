package import Domain
import Messaging
package import Postgres

/// Reads and changes the waitlist.
///
/// Growth: who is next for a slot is one probe of `waitlist_wish_of_day`, and one step for each earlier entry of that hall and day that
/// has an offer just now or let this slot pass. An entry has a row for each of its halls and days.
package struct WaitlistStore: Sendable {
    package init() {}

    static let columns = """
        e.position, e.id, e.token_hash, e.token_sealed, e.service, e.person_key, e.name_sealed, e.phone_sealed,
        e.identity_sealed, e.phone_key, e.checklist_version, e.checklist_answers::text AS checklist_answers, e.language,
        e.halls, e.first_day, e.last_day, e.auto, e.state, e.offer_hold, e.offers, e.appointment_id
        """

    /// Whether anybody waits for the slot's service in its hall, on whatever day: one probe of an index. The exact look is
    /// ``PlaceReturn``'s.
    ///
    /// - Parameter slot: a column with the slot's name.
    static func isWaitedFor(_ slot: String) -> String {
        """
        EXISTS (SELECT FROM slot ws JOIN waitlist_wish ww ON ww.service = ws.service AND ww.hall = ws.hall \
        WHERE ws.id = \(slot))
        """
    }

    // MARK: For a batch

    /// Those among the slots of holds and appointments that somebody waits for.
    static func waited(ofHolds tokenHashes: [String], ofAppointments appointments: [AppointmentID]) -> PostgresQuery {
        """
        SELECT s.id FROM (
            SELECT slot_id AS id FROM hold WHERE token_hash = ANY(\(column: tokenHashes)::text[])
            UNION SELECT slot_id FROM appointment WHERE id = ANY(\(list: appointments.map(\.rawValue))::uuid[])
        ) AS s WHERE \(unescaped: isWaitedFor("s.id"))
        """
    }

    /// The living entries of people, and those named, locked in the order of their positions.
    static func locking(_ people: [BookingBatch.Person], _ positions: [Int64]) -> PostgresQuery {
        """
        SELECT e.position, e.person_key, e.service, e.offer_hold FROM waitlist_entry e
        WHERE e.position = ANY(ARRAY(
            SELECT unnest(\(column: positions)::bigint[])
            UNION SELECT o.position FROM unnest(\(column: people.map(\.key))::text[],
                \(column: people.map(\.service.rawValue))::text[]) AS w (person_key, service)
            CROSS JOIN LATERAL (
                SELECT position FROM waitlist_entry x WHERE x.person_key = w.person_key AND x.service = w.service
                    AND x.state IN ('waiting', 'offered') OFFSET 0
            ) AS o
        )) AND e.state IN ('waiting', 'offered')
        ORDER BY e.position FOR NO KEY UPDATE
        """
    }

    /// Writes what became of entries that the transaction has locked. There are few: one for each person who waited.
    static func writing(_ changes: [WaitlistChange]) -> [PostgresQuery] {
        changes.flatMap { change -> [PostgresQuery] in
            switch change.what {
            case .taken(let appointment, let offer):
                return ending([change.position], as: .taken, appointment: appointment, at: change.now)
                    + (offer.map { [hurrying($0, at: change.now)] } ?? [])
            case .passed(let slot): return [passing(change.position, slot, at: change.now)]
            case .left: return ending([change.position], as: .left, at: change.now)
            }
        }
    }

    /// An offer that is of no use any more runs out now. Whoever is at it already ends it anyway.
    private static func hurrying(_ hold: String, at now: Timestamp) -> PostgresQuery {
        """
        UPDATE hold SET expires_at = \(now) WHERE state = 'held' AND expires_at > \(now) AND id = (
            SELECT id FROM hold WHERE id = \(hold)::uuid FOR UPDATE SKIP LOCKED)
        """
    }

    // MARK: Changing entries that are locked

    static func ending(
        _ positions: [Int64], as state: WaitlistEntry.State, appointment: AppointmentID? = nil, at now: Timestamp
    ) -> [PostgresQuery] {
        [
            """
            UPDATE waitlist_entry SET state = \(state.rawValue), offer_hold = NULL,
                appointment_id = \(appointment?.rawValue)::uuid, updated_at = \(now)
            WHERE position = ANY(\(list: positions)) AND state IN ('waiting', 'offered')
            """,
            "DELETE FROM waitlist_wish WHERE position = ANY(\(list: positions))",
        ]
    }

    /// The person waits on, but not for this slot.
    static func passing(_ position: Int64, _ slot: SlotID, at now: Timestamp) -> PostgresQuery {
        """
        UPDATE waitlist_entry SET state = 'waiting', offer_hold = NULL, passed = array_append(passed, \(slot.rawValue)::bigint),
            updated_at = \(now)
        WHERE position = \(position) AND state IN ('waiting', 'offered')
        """
    }

    static func offering(_ position: Int64, _ hold: String, at now: Timestamp) -> PostgresQuery {
        """
        UPDATE waitlist_entry SET state = 'offered', offer_hold = \(hold)::uuid, offers = offers + 1, updated_at = \(now)
        WHERE position = \(position)
        """
    }

    /// The next who wait for a place in the slot, locked, in their order. Waits for a transaction that is deciding on one of them:
    /// to skip it would be to overtake.
    ///
    /// - Parameter mayAsk: whether there is time to ask; otherwise only who takes a place without being asked.
    static func heads(for slot: Slot, on day: LocalDate, limit: Int, mayAsk: Bool) -> PostgresQuery {
        """
        SELECT \(unescaped: columns) FROM waitlist_wish w JOIN waitlist_entry e ON e.position = w.position
        WHERE w.service = \(slot.service.rawValue) AND w.hall = \(slot.hall.rawValue) AND w.day = \(day)::date
            AND e.state = 'waiting' AND \(slot.id.rawValue)::bigint <> ALL(e.passed)
            AND (e.auto OR \(mayAsk)::boolean)
        ORDER BY w.position LIMIT \(limit) FOR NO KEY UPDATE OF e
        """
    }

    /// Slots with open places that somebody waits for: who joined as they came free.
    ///
    /// - Parameter halls: with time zone and the earliest start that still leaves time to ask.
    package func openAndWaitedFor(
        services: [ServiceID], halls: [(id: HallID, zone: String, earliest: Timestamp)], limit: Int,
        on pool: PostgresPool
    ) async throws -> [SlotID] {
        let rows = try await pool.read(
            """
            SELECT s.id FROM unnest(\(column: services.map(\.rawValue))::text[]) AS w (service)
            CROSS JOIN LATERAL (
                SELECT FROM waitlist_wish x WHERE x.service = w.service ORDER BY x.hall, x.day LIMIT 1
            ) AS anyone
            JOIN slot s ON s.service = w.service AND NOT s.is_full
            JOIN unnest(\(column: halls.map(\.id.rawValue))::text[], \(column: halls.map(\.zone))::text[],
                \(column: halls.map(\.earliest))::timestamptz[]) AS h (hall, zone, earliest) ON h.hall = s.hall
            CROSS JOIN LATERAL (
                SELECT FROM waitlist_wish x CROSS JOIN LATERAL (
                    SELECT state, passed FROM waitlist_entry WHERE position = x.position OFFSET 0
                ) AS e
                WHERE x.service = s.service AND x.hall = s.hall AND x.day = (s.starts_at AT TIME ZONE h.zone)::date
                    AND e.state = 'waiting' AND s.id <> ALL(e.passed)
                ORDER BY x.position LIMIT 1
            ) AS someone
            WHERE s.starts_at >= h.earliest AND s.starts_at >= \(halls.map(\.earliest).min())::timestamptz
            ORDER BY s.id LIMIT \(limit)
            """)
        return try rows.map { SlotID(rawValue: try $0.decode("id")) }
    }
}
