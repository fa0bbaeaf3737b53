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
        language, channel
        """

    package func appointment(tokenHash: String, on pool: PostgresPool) async throws -> Appointment? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM appointment WHERE token_hash = \(tokenHash)")
        return try rows.first.map { try Appointment($0) }
    }

    package func appointment(id: AppointmentID, on pool: PostgresPool) async throws -> Appointment? {
        let rows = try await pool.read(
            "SELECT \(unescaped: Self.columns) FROM appointment WHERE id = \(id.rawValue)::uuid")
        return try rows.first.map { try Appointment($0) }
    }

    /// The appointment as it stands, without a lock: tells which slots to lock before it.
    package func peek(_ id: AppointmentID, on connection: PostgresConnection) async throws -> Appointment? {
        let rows = try await connection.query(
            "SELECT \(unescaped: Self.columns) FROM appointment WHERE id = \(id.rawValue)::uuid")
        return try rows.first.map { try Appointment($0) }
    }

    package func lock(_ id: AppointmentID, on connection: PostgresConnection) async throws -> Appointment? {
        let rows = try await connection.query(
            "SELECT \(unescaped: Self.columns) FROM appointment WHERE id = \(id.rawValue)::uuid FOR NO KEY UPDATE")
        return try rows.first.map { try Appointment($0) }
    }

    /// Finds a row when the person has a living appointment for the service.
    package func living(personKey: String, service: ServiceID) -> PostgresQuery {
        """
        SELECT 1 FROM appointment WHERE person_key = \(personKey) AND service = \(service.rawValue)
            AND state IN ('booked', 'checkedIn', 'serving', 'missed')
        """
    }

    package func insertion(_ appointment: Appointment, at now: Timestamp) throws -> PostgresQuery {
        let answers = try appointment.checklist.answersJSON()
        return """
            INSERT INTO appointment (id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at,
                ends_at, person_key, name_sealed, phone_sealed, checklist_version, checklist_answers, state,
                version, sequence, language, channel, created_at, updated_at)
            VALUES (\(appointment.id.rawValue)::uuid, \(appointment.reference), \(appointment.tokenHash),
                \(appointment.tokenSealed), \(appointment.slot.rawValue), \(appointment.hall.rawValue),
                \(appointment.service.rawValue), \(appointment.start), \(appointment.end), \(appointment.personKey),
                \(appointment.nameSealed), \(appointment.phoneSealed), \(appointment.checklist.version),
                \(answers)::jsonb, \(appointment.state.rawValue), \(appointment.version), \(appointment.sequence),
                \(appointment.language.rawValue), \(appointment.channel.rawValue), \(now), \(now))
            """
    }

    /// Writes state, slot, version and sequence of an appointment that the transaction has locked.
    package func update(_ appointment: Appointment, at now: Timestamp) -> PostgresQuery {
        """
        UPDATE appointment SET slot_id = \(appointment.slot.rawValue), hall = \(appointment.hall.rawValue),
            starts_at = \(appointment.start), ends_at = \(appointment.end), state = \(appointment.state.rawValue),
            version = \(appointment.version), sequence = \(appointment.sequence), updated_at = \(now)
        WHERE id = \(appointment.id.rawValue)::uuid
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
            channel: Channel(rawValue: try row.decode("channel")) ?? .online)
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
