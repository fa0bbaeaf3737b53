import Domain
import Foundation
import Messaging
import Postgres

/// Reads and changes rounds and entries.
struct BallotStore: Sendable {
    // MARK: Rounds

    /// Begins a round, unless another process has.
    func begin(_ round: BallotRecord, seedSealed: [UInt8], on pool: PostgresPool) async throws {
        _ = try await pool.execute(
            """
            INSERT INTO ballot_round
                (id, service, first_day, last_day, opens_at, closes_at, releases_at, seed_sealed, seed_commitment)
            VALUES (\(round.round), \(round.service.rawValue), \(round.period.first.description),
                \(round.period.last.description), \(round.opens), \(round.closes), \(round.releases), \(seedSealed),
                \(round.commitment))
            ON CONFLICT DO NOTHING
            """)
    }

    func round(_ id: String, on pool: PostgresPool) async throws -> BallotRound? {
        let rows = try await pool.read(
            "SELECT \(unescaped: BallotRound.columns) FROM ballot_round r WHERE r.id = \(id)")
        return try rows.first.map { try BallotRound($0) }
    }

    /// The last rounds of a service, the latest first.
    func rounds(of service: ServiceID, on pool: PostgresPool) async throws -> [BallotRound] {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: BallotRound.columns) FROM ballot_round r
            WHERE r.service = \(service.rawValue) ORDER BY r.first_day DESC LIMIT 5
            """)
        return try rows.map { try BallotRound($0) }
    }

    /// Rounds in which something is to be done: one probe of a partial index when there is none.
    func due(at now: Timestamp, on pool: PostgresPool) async throws -> [BallotRound] {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: BallotRound.columns) FROM ballot_round r
            WHERE r.state <> 'settled' AND r.closes_at <= \(now) ORDER BY r.closes_at
            """)
        return try rows.map { try BallotRound($0) }
    }

    /// Locks a round until the transaction ends.
    func lock(_ id: String, on connection: PostgresConnection) async throws -> BallotRound? {
        let rows = try await connection.query(
            "SELECT \(unescaped: BallotRound.columns) FROM ballot_round r WHERE r.id = \(id) FOR UPDATE")
        return try rows.first.map { try BallotRound($0) }
    }

    /// Gives the next number of a round that takes entries; `nil` when it does not.
    func nextNumber(of round: String, at now: Timestamp, on connection: PostgresConnection) async throws -> Int? {
        let rows = try await connection.query(
            """
            UPDATE ballot_round SET entries = entries + 1
            WHERE id = \(round) AND state = 'open' AND opens_at <= \(now) AND closes_at > \(now) RETURNING entries
            """)
        return try rows.first?.decode("entries")
    }

    /// What was drawn, as it is published.
    func draw(of round: BallotRound, seed: String, on pool: PostgresPool) async throws -> BallotRecord.Draw? {
        let stored = try await pool.read(
            "SELECT root, slots::text AS slots FROM ballot_round WHERE id = \(round.id) AND state <> 'open'")
        guard let row = stored.first, let drawnAt = round.drawnAt else { return nil }
        let slots = try JSONDecoder().decode(
            [BallotSlot].self, from: Data(try row.decode("slots", as: String.self).utf8))
        let rows = try await pool.read(
            """
            SELECT number, salt, preferences, slot_id, rank FROM ballot_entry
            WHERE round = \(round.id) AND number IS NOT NULL ORDER BY rank NULLS LAST, number
            """)
        var draw = BallotRecord.Draw(
            seed: seed, root: try row.decode("root"), drawnAt: drawnAt, slots: slots, entries: [], left: [])
        for row in rows {
            let number: Int = try row.decode("number")
            guard try row.decode("rank", as: Int?.self) != nil else {
                draw.left.append(number)
                continue
            }
            draw.entries.append(
                BallotEntry(
                    number: number, salt: try row.decode("salt"),
                    preferences: try row.decode("preferences", as: [String].self).compactMap { BallotPreference($0) },
                    slot: try row.decode("slot_id", as: Int64?.self).map { String($0) }))
        }
        return draw
    }

    // MARK: Entries

    func ticket(tokenHash: String, on pool: PostgresPool) async throws -> BallotTicket? {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: BallotTicket.columns) FROM ballot_entry e JOIN ballot_round r ON r.id = e.round
            WHERE e.token_hash = \(tokenHash)
            """)
        return try rows.first.map { try BallotTicket($0) }
    }

    func ticket(id: String, on pool: PostgresPool) async throws -> BallotTicket? {
        let rows = try await pool.read(
            """
            SELECT \(unescaped: BallotTicket.columns) FROM ballot_entry e JOIN ballot_round r ON r.id = e.round
            WHERE e.id = \(id)::uuid
            """)
        return try rows.first.map { try BallotTicket($0) }
    }

    /// Keeps an entry, as a draft or, with a number, as one that takes part.
    ///
    /// - Returns: `false` when it takes part already.
    func keep(
        _ ticket: BallotTicket, tokenHash: String, at now: Timestamp, on connection: PostgresConnection
    ) async throws -> Bool {
        let rows = try await connection.query(
            """
            INSERT INTO ballot_entry AS e (id, round, token_hash, token_sealed, number, person_key, details, salt,
                preferences, language, state, created_at)
            VALUES (\(ticket.id)::uuid, \(ticket.round.id), \(tokenHash), \(ticket.tokenSealed), \(ticket.number),
                \(ticket.personKey), \(ticket.details), \(ticket.salt),
                \(list: ticket.preferences.map(\.description))::text[], \(ticket.language.rawValue),
                \(ticket.state.rawValue), \(now))
            ON CONFLICT (id) DO UPDATE SET number = excluded.number, person_key = excluded.person_key,
                details = excluded.details, state = excluded.state
            WHERE e.state = 'draft'
            """)
        return rows.affected > 0
    }

    /// Takes an entry out of a round that the transaction has locked. What the person had entered is forgotten.
    func leave(_ id: String, on connection: PostgresConnection) async throws {
        _ = try await connection.query(
            """
            UPDATE ballot_entry SET state = 'left', details = NULL
            WHERE id = \(id)::uuid AND state IN ('entered', 'draft')
            """)
    }

    /// Forgets drafts after a day, and names and phones some time after the visits.
    func purge(draftsBefore day: Timestamp, detailsBefore date: LocalDate, on pool: PostgresPool) async throws -> Int {
        let drafts = try await pool.execute(
            "DELETE FROM ballot_entry WHERE state = 'draft' AND details IS NOT NULL AND created_at < \(day)")
        let details = try await pool.execute(
            """
            UPDATE ballot_entry e SET details = NULL FROM ballot_round r
            WHERE r.id = e.round AND r.state = 'settled' AND r.last_day < \(date.description)
                AND e.details IS NOT NULL AND e.created_at < \(day)
            """)
        return drafts.affected + details.affected
    }
}
