package import Domain
import Messaging
package import Postgres

/// Reads and changes holds.
package struct HoldStore: Sendable {
    package init() {}

    private static let columns = """
        h.id AS hold_id, h.token_hash, h.expires_at, h.state, h.draft, h.appointment_id, h.kind,
        h.waitlist_position,
        s.id, s.hall, s.service, s.starts_at, s.ends_at, s.capacity, s.taken, s.is_closed, s.shrinks_to
        """

    package func hold(tokenHash: String, on pool: PostgresPool) async throws -> Hold? {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: Self.columns) FROM hold h JOIN slot s ON s.id = h.slot_id
            WHERE h.token_hash = \(tokenHash)
            """)
        return try rows.first.map { try Hold($0) }
    }

    static func selecting(id: String) -> PostgresQuery {
        "SELECT \(unescaped: columns) FROM hold h JOIN slot s ON s.id = h.slot_id WHERE h.id = \(id)::uuid"
    }

    /// The holds, locked until the transaction ends, in the order of their names.
    static func locking(_ tokenHashes: [String]) -> PostgresQuery {
        """
        SELECT \(unescaped: columns) FROM hold h JOIN slot s ON s.id = h.slot_id
        WHERE h.token_hash = ANY(\(column: tokenHashes)::text[]) ORDER BY h.id
        FOR NO KEY UPDATE OF h
        """
    }

    static func insertion(_ held: [BookingBatch.Changes.NewHold]) -> PostgresQuery {
        """
        INSERT INTO hold (id, token_hash, slot_id, expires_at, state, draft, created_at)
        SELECT id, token_hash, slot_id, expires_at, 'held', draft, created_at
        FROM unnest(\(list: held.map(\.order.id))::uuid[], \(column: held.map(\.order.tokenHash))::text[],
            \(column: held.map(\.slot.rawValue))::bigint[], \(column: held.map(\.order.expires))::timestamptz[],
            \(column: held.map(\.order.draft))::bytea[], \(column: held.map(\.order.now))::timestamptz[])
            AS h (id, token_hash, slot_id, expires_at, draft, created_at)
        """
    }

    /// Ends holds that the transaction has locked. What people had entered is forgotten.
    static func ending(_ ended: [BookingBatch.Changes.EndedHold]) -> PostgresQuery {
        """
        UPDATE hold h SET state = e.state, draft = NULL, appointment_id = e.appointment_id
        FROM unnest(\(list: ended.map(\.id))::uuid[], \(column: ended.map(\.state.rawValue))::text[],
            \(list: ended.map { $0.appointment?.rawValue })::uuid[]) AS e (id, state, appointment_id)
        WHERE h.id = e.id AND h.id = ANY(\(list: ended.map(\.id))::uuid[])
        """
    }

    /// Keeps what the person has entered; `false` when the hold is not good any more.
    package func keep(draft: [UInt8], tokenHash: String, at now: Timestamp, on pool: PostgresPool) async throws -> Bool
    {
        let rows = try await pool.execute(
            """
            UPDATE hold SET draft = \(draft)
            WHERE token_hash = \(tokenHash) AND state = 'held' AND expires_at > \(now)
            """)
        return rows.affected > 0
    }

    /// Places that are nobody's until their time is over, of slots that the transaction has locked.
    static func returning(_ places: [BookingBatch.Changes.Returning]) -> PostgresQuery {
        """
        INSERT INTO hold (id, token_hash, slot_id, expires_at, state, kind, created_at)
        SELECT id, 'returning:' || id, slot_id, expires_at, 'held', 'returning', created_at FROM (
            SELECT gen_random_uuid() AS id, * FROM unnest(\(column: places.map(\.slot.rawValue))::bigint[],
                \(column: places.map(\.expires))::timestamptz[], \(column: places.map(\.now))::timestamptz[])
                AS p (slot_id, expires_at, created_at)
        ) AS r
        """
    }

    /// Slots with holds that are out of time, of at most `limit` holds: one probe of a partial index when there are none. Apart,
    /// those of which somebody waits for a place, or was offered one.
    package func slotsWithExpired(
        limit: Int, at now: Timestamp, on pool: PostgresPool
    ) async throws -> (open: Set<SlotID>, waited: Set<SlotID>) {
        let rows = try await pool.read(
            """
            SELECT slot_id, bool_or(kind = 'offer') OR bool_or(\(unescaped: WaitlistStore.isWaitedFor("due.slot_id"))) AS waited
            FROM (
                SELECT slot_id, kind FROM hold WHERE state = 'held' AND expires_at <= \(now)
                ORDER BY expires_at LIMIT \(limit)
            ) AS due GROUP BY slot_id
            """)
        var slots: (open: Set<SlotID>, waited: Set<SlotID>) = ([], [])
        for row in rows {
            let (id, isWaited) = try row.decode(Int64.self, Bool.self)
            if isWaited {
                slots.waited.insert(SlotID(rawValue: id))
            } else {
                slots.open.insert(SlotID(rawValue: id))
            }
        }
        return slots
    }

    /// Ends holds that are out of time, of slots that this transaction has locked. What the person had entered is
    /// kept, so that they can go on with another slot. Skips what another transaction is at, so it never waits. Leaves the
    /// places that somebody waits for: those are ``PlaceReturn``'s.
    ///
    /// - Parameter kept: the hashes of tokens whose holds the transaction decides on itself. Having locked them it would
    ///   not skip them.
    /// - Returns: how many places of which slots come free.
    package func expire(
        of slots: Set<SlotID>, except kept: [String] = [], at now: Timestamp, on connection: PostgresConnection
    ) async throws -> [SlotID: Int] {
        let rows = try await connection.query(
            """
            WITH due AS (
                SELECT id FROM hold
                WHERE state = 'held' AND slot_id = ANY(\(list: slots.sorted().map(\.rawValue))) AND expires_at <= \(now)
                    AND token_hash <> ALL(\(list: kept)) AND kind <> 'offer'
                    AND NOT \(unescaped: WaitlistStore.isWaitedFor("hold.slot_id"))
                FOR UPDATE SKIP LOCKED
            ), ended AS (
                UPDATE hold h SET state = 'expired' FROM due WHERE h.id = due.id RETURNING h.slot_id
            )
            SELECT slot_id, count(*) AS places FROM ended GROUP BY slot_id
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (SlotID(rawValue: try row.decode("slot_id")), try row.decode("places"))
            })
    }

    /// Removes holds that ended before a moment.
    package func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM hold WHERE state <> 'held' AND created_at < \(moment)").affected
    }
}

extension Hold {
    init(_ row: PostgresRow) throws {
        let state: String = try row.decode("state")
        guard let known = State(rawValue: state) else { throw BookingError.unreadable("hold state \(state)") }
        self.init(
            id: try row.decode("hold_id"), slot: try Slot(row), expires: try row.decode("expires_at"), state: known,
            draft: try row.decode("draft"),
            appointment: try row.decode("appointment_id", as: String?.self).map { AppointmentID($0) },
            kind: Kind(rawValue: try row.decode("kind")) ?? .hold,
            waitlistPosition: try row.decode("waitlist_position"))
    }
}
