package import Domain
import Messaging
package import Postgres

extension WaitlistStore {
    package func entry(tokenHash: String, on pool: PostgresPool) async throws -> WaitlistEntry? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM waitlist_entry e WHERE e.token_hash = \(tokenHash)")
        return try rows.first.map { try WaitlistEntry($0) }
    }

    func entry(id: String, on pool: PostgresPool) async throws -> WaitlistEntry? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM waitlist_entry e WHERE e.id = \(id)::uuid")
        return try rows.first.map { try WaitlistEntry($0) }
    }

    /// The place that is kept for an entry.
    func offer(of entry: WaitlistEntry, on pool: PostgresPool) async throws -> (tokenHash: String, hold: Hold)? {
        guard let id = entry.offerHold else { return nil }
        let rows = try await pool.read(HoldStore.selecting(id: id))
        return try rows.first.map { (try $0.decode("token_hash"), try Hold($0)) }
    }

    /// How many wait for something that the entry also waits for, and joined before. Growth: linear in those before it.
    func ahead(of entry: WaitlistEntry, on pool: PostgresPool) async throws -> Int {
        let rows = try await pool.read(
            """
            SELECT count(*) AS ahead FROM waitlist_entry
            WHERE service = \(entry.service.rawValue) AND position < \(entry.position) AND state IN ('waiting', 'offered')
                AND halls && \(list: entry.halls.map(\.rawValue))::text[]
                AND first_day <= \(entry.lastDay)::date AND last_day >= \(entry.firstDay)::date
            """)
        return try rows.first?.decode("ahead") ?? 0
    }

    /// How many of a phone's persons with a document wait.
    func waiting(phoneKey: String, on connection: PostgresConnection) async throws -> Int {
        let rows = try await connection.query(
            """
            SELECT count(*) AS waiting FROM waitlist_entry
            WHERE phone_key = \(phoneKey) AND state IN ('waiting', 'offered')
            """)
        return try rows.first?.decode("waiting") ?? 0
    }

    /// Adds an entry at the end of the list. Another living one of the person violates `waitlist_one_live`, unless its days are over.
    ///
    /// - Returns: its position.
    func insert(
        _ entry: WaitlistEntry, ends: Timestamp, at now: Timestamp, on connection: PostgresConnection
    ) async throws -> Int64 {
        _ = try await connection.query(
            """
            WITH over AS (
                UPDATE waitlist_entry SET state = 'expired', updated_at = \(now)
                WHERE person_key = \(entry.personKey) AND service = \(entry.service.rawValue) AND state = 'waiting'
                    AND ends_at <= \(now)
                RETURNING position
            )
            DELETE FROM waitlist_wish w USING over WHERE w.position = over.position
            """)
        let rows = try await connection.query(
            """
            INSERT INTO waitlist_entry (id, token_hash, token_sealed, service, person_key, name_sealed, phone_sealed,
                identity_sealed, phone_key, checklist_version, checklist_answers, language, halls, first_day, last_day,
                ends_at, auto, state, created_at, updated_at)
            VALUES (\(entry.id)::uuid, \(entry.tokenHash), \(entry.tokenSealed), \(entry.service.rawValue),
                \(entry.personKey), \(entry.nameSealed), \(entry.phoneSealed), \(entry.identitySealed), \(entry.phoneKey),
                \(entry.checklist.version), \(try entry.checklist.answersJSON())::jsonb, \(entry.language.rawValue),
                \(list: entry.halls.map(\.rawValue))::text[], \(entry.firstDay)::date, \(entry.lastDay)::date, \(ends),
                \(entry.isAutomatic), 'waiting', \(now), \(now))
            RETURNING position
            """)
        guard let position = try rows.first?.decode("position", as: Int64.self) else {
            throw BookingError.unreadable("position on the waitlist")
        }
        _ = try await connection.query(
            """
            INSERT INTO waitlist_wish (position, service, hall, day)
            SELECT \(position)::bigint, \(entry.service.rawValue)::text, hall, \(entry.firstDay)::date + day
            FROM unnest(\(list: entry.halls.map(\.rawValue))::text[]) AS h (hall),
                generate_series(0, \(entry.lastDay)::date - \(entry.firstDay)::date) AS day
            """)
        return position
    }

    /// Ends the waiting of an entry that has no offer just now; `false` when it has one, or has ended.
    func leave(_ position: Int64, at now: Timestamp, on pool: PostgresPool) async throws -> Bool {
        try await pool.withTransaction { connection in
            let rows = try await connection.query(
                """
                UPDATE waitlist_entry SET state = 'left', updated_at = \(now)
                WHERE position = \(position) AND state = 'waiting'
                """)
            guard rows.affected > 0 else { return false }
            _ = try await connection.query("DELETE FROM waitlist_wish WHERE position = \(position)")
            return true
        }
    }

    /// Ends the waiting of those whose last day is over.
    ///
    /// - Returns: how many.
    package func endOver(at now: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.withTransaction { connection in
            let rows = try await connection.query(
                """
                UPDATE waitlist_entry SET state = 'expired', updated_at = \(now) WHERE position IN (
                    SELECT position FROM waitlist_entry WHERE state = 'waiting' AND ends_at <= \(now)
                    ORDER BY position FOR NO KEY UPDATE SKIP LOCKED)
                RETURNING position
                """)
            let ended = try rows.map { try $0.decode("position", as: Int64.self) }
            guard !ended.isEmpty else { return 0 }
            _ = try await connection.query("DELETE FROM waitlist_wish WHERE position = ANY(\(list: ended))")
            return ended.count
        }
    }

    /// Forgets entries that ended before a moment, and all that they said of a person.
    package func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute(
            "DELETE FROM waitlist_entry WHERE state NOT IN ('waiting', 'offered') AND updated_at < \(moment)"
        ).affected
    }
}

extension WaitlistEntry {
    init(_ row: PostgresRow) throws {
        let state: String = try row.decode("state")
        guard let known = State(rawValue: state) else { throw BookingError.unreadable("waitlist state \(state)") }
        self.init(
            position: try row.decode("position"), id: try row.decode("id"), tokenHash: try row.decode("token_hash"),
            tokenSealed: try row.decode("token_sealed"), service: ServiceID(try row.decode("service", as: String.self)),
            personKey: try row.decode("person_key"), nameSealed: try row.decode("name_sealed"),
            phoneSealed: try row.decode("phone_sealed"), identitySealed: try row.decode("identity_sealed"),
            phoneKey: try row.decode("phone_key"),
            checklist: try AcceptedChecklist(
                version: row.decode("checklist_version"),
                answersJSON: try row.decode("checklist_answers", as: String.self)),
            language: Language(rawValue: try row.decode("language")) ?? .zhHans,
            halls: try row.decode("halls", as: [String].self).map { HallID($0) },
            firstDay: try row.decode("first_day"), lastDay: try row.decode("last_day"),
            isAutomatic: try row.decode("auto"), state: known, offerHold: try row.decode("offer_hold"),
            offers: try row.decode("offers"),
            appointment: try row.decode("appointment_id", as: String?.self).map { AppointmentID($0) })
    }
}
