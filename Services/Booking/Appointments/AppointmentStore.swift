package import Domain
import Foundation
import Messaging
package import Postgres

/// Reads and changes appointments.
package struct AppointmentStore: Sendable {
    package init() {}

    private static let columns = """
        id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at, ends_at, person_key, name_sealed,
        phone_sealed, checklist_version, checklist_answers::text AS checklist_answers, state, version, sequence,
        language, channel, identity_sealed, phone_key, phone_seat, visit_date, closure_move
        """

    package func appointment(tokenHash: String, on pool: PostgresPool) async throws -> Appointment? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM appointment WHERE token_hash = \(tokenHash)")
        return try rows.first.map { try Appointment($0) }
    }

    package func appointment(id: AppointmentID, on pool: PostgresPool) async throws -> Appointment? {
        try await appointments(ids: [id], on: pool).first
    }

    func appointments(ids: [AppointmentID], on pool: PostgresPool) async throws -> [Appointment] {
        guard !ids.isEmpty else { return [] }
        let rows = try await pool.read(
            """
            SELECT \(unescaped: Self.columns) FROM appointment WHERE id = ANY(\(list: ids.map(\.rawValue))::uuid[])
            """)
        return try rows.map { try Appointment($0) }
    }

    /// The appointments, locked until the transaction ends, in the order of their names.
    static func locking(_ ids: [AppointmentID]) -> PostgresQuery {
        """
        SELECT \(unescaped: columns) FROM appointment WHERE id = ANY(\(list: ids.map(\.rawValue))::uuid[])
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// Those among the people who have a living appointment for the service: one probe of an index for each, which
    /// `OFFSET 0` sees to.
    static func living(_ people: [BookingBatch.Person]) -> PostgresQuery {
        """
        SELECT w.person_key, w.service
        FROM unnest(\(column: people.map(\.key))::text[], \(column: people.map(\.service.rawValue))::text[])
            AS w (person_key, service)
        CROSS JOIN LATERAL (
            SELECT FROM appointment a WHERE a.person_key = w.person_key AND a.service = w.service
                AND a.state IN ('booked', 'checkedIn', 'serving', 'missed') OFFSET 0
        ) AS a
        """
    }

    /// The places that the phones have taken with living appointments, as ``living(_:)``.
    static func seats(_ phoneKeys: [String]) -> PostgresQuery {
        """
        SELECT w.phone_key, a.phone_seat FROM unnest(\(column: phoneKeys)::text[]) AS w (phone_key)
        CROSS JOIN LATERAL (
            SELECT phone_seat FROM appointment a WHERE a.phone_key = w.phone_key AND a.phone_seat IS NOT NULL
                AND a.state IN ('booked', 'checkedIn', 'serving', 'missed') OFFSET 0
        ) AS a
        """
    }

    static func insertion(_ booked: [(appointment: Appointment, time: Timestamp)]) throws -> PostgresQuery {
        let all = booked.map(\.appointment)
        let answers = try all.map { try $0.checklist.answersJSON() }
        return """
            INSERT INTO appointment (id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at,
                ends_at, person_key, name_sealed, phone_sealed, checklist_version, checklist_answers, state,
                version, sequence, language, channel, identity_sealed, phone_key, phone_seat, visit_date, created_at,
                updated_at)
            SELECT id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at, ends_at, person_key,
                name_sealed, phone_sealed, checklist_version, checklist_answers, state, version, sequence, language,
                channel, identity_sealed, phone_key, phone_seat, visit_date, now, now
            FROM unnest(\(list: all.map(\.id.rawValue))::uuid[], \(column: all.map(\.reference))::text[],
                \(column: all.map(\.tokenHash))::text[], \(column: all.map(\.tokenSealed))::bytea[],
                \(column: all.map(\.slot.rawValue))::bigint[], \(column: all.map(\.hall.rawValue))::text[],
                \(column: all.map(\.service.rawValue))::text[], \(column: all.map(\.start))::timestamptz[],
                \(column: all.map(\.end))::timestamptz[], \(column: all.map(\.personKey))::text[],
                \(column: all.map(\.nameSealed))::bytea[], \(column: all.map(\.phoneSealed))::bytea[],
                \(column: all.map(\.checklist.version))::bigint[], \(list: answers)::jsonb[],
                \(column: all.map(\.state.rawValue))::text[], \(column: all.map(\.version))::bigint[],
                \(column: all.map(\.sequence))::bigint[],
                \(column: all.map(\.language.rawValue))::text[],
                \(column: all.map(\.channel.rawValue))::text[], \(column: all.map(\.identitySealed))::bytea[],
                \(column: all.map(\.phoneKey))::text[], \(column: all.map(\.phoneSeat))::bigint[],
                \(list: all.map(\.visitDate))::date[], \(column: booked.map(\.time))::timestamptz[])
                AS a (id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at, ends_at, person_key,
                    name_sealed, phone_sealed, checklist_version, checklist_answers, state, version, sequence,
                    language, channel, identity_sealed, phone_key, phone_seat, visit_date, now)
            """
    }

    /// Forgets the documents of appointments that were to end before a moment. The keyed hash stays, of which nothing can
    /// be made without the key.
    package func forgetIdentities(endedBefore moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute(
            """
            UPDATE appointment SET identity_sealed = NULL
            WHERE identity_sealed IS NOT NULL AND ends_at < \(moment)
            """
        ).affected
    }

    /// Writes state, slot, version and sequence of appointments that the transaction has locked.
    static func update(_ changed: [(appointment: Appointment, time: Timestamp)]) -> PostgresQuery {
        let all = changed.map(\.appointment)
        return """
            UPDATE appointment a SET slot_id = c.slot_id, hall = c.hall, starts_at = c.starts_at,
                ends_at = c.ends_at, state = c.state, version = c.version, sequence = c.sequence,
                visit_date = c.visit_date, closure_move = c.closure_move, updated_at = c.now
            FROM unnest(\(list: all.map(\.id.rawValue))::uuid[], \(column: all.map(\.slot.rawValue))::bigint[],
                \(column: all.map(\.hall.rawValue))::text[], \(column: all.map(\.start))::timestamptz[],
                \(column: all.map(\.end))::timestamptz[], \(column: all.map(\.state.rawValue))::text[],
                \(column: all.map(\.version))::bigint[], \(column: all.map(\.sequence))::bigint[],
                \(list: all.map(\.visitDate))::date[], \(column: all.map(\.closureMove))::bigint[],
                \(column: changed.map(\.time))::timestamptz[])
                AS c (id, slot_id, hall, starts_at, ends_at, state, version, sequence, visit_date, closure_move, now)
            WHERE a.id = c.id AND a.id = ANY(\(list: all.map(\.id.rawValue))::uuid[])
            """
    }
}

extension Appointment {
    init(_ row: PostgresRow) throws {
        let answers: String = try row.decode("checklist_answers")
        let state: String = try row.decode("state")
        guard let known = AppointmentState(rawValue: state) else { throw BookingError.unreadable("state \(state)") }
        self.init(
            id: AppointmentID(try row.decode("id", as: String.self)),
            reference: try row.decode("reference"),
            tokenHash: try row.decode("token_hash"),
            tokenSealed: try row.decode("token_sealed"),
            slot: SlotID(rawValue: try row.decode("slot_id")),
            hall: HallID(try row.decode("hall", as: String.self)),
            service: ServiceID(try row.decode("service", as: String.self)),
            start: try row.decode("starts_at"),
            end: try row.decode("ends_at"),
            personKey: try row.decode("person_key"),
            nameSealed: try row.decode("name_sealed"),
            phoneSealed: try row.decode("phone_sealed"),
            checklist: try AcceptedChecklist(version: row.decode("checklist_version"), answersJSON: answers),
            state: known,
            version: try row.decode("version"),
            sequence: try row.decode("sequence"),
            language: Language(rawValue: try row.decode("language")) ?? .zhHans,
            channel: Channel(rawValue: try row.decode("channel")) ?? .online,
            identitySealed: try row.decode("identity_sealed"),
            phoneKey: try row.decode("phone_key"),
            phoneSeat: try row.decode("phone_seat"),
            visitDate: try row.decode("visit_date"),
            closureMove: try row.decode("closure_move"))
    }
}

extension AcceptedChecklist {
    init(version: Int, answersJSON: String) throws {
        self.init(
            version: version, answers: try JSONDecoder().decode([String: String].self, from: Data(answersJSON.utf8)))
    }

    func answersJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(answers), as: UTF8.self)
    }
}
