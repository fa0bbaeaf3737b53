package import Domain
import Messaging
package import Postgres

/// The appointments that the halls must know of.
package struct ExpectedStore: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Keeps appointments of different names, unless something later is known of them.
    package func keep(_ expected: [ExpectedAppointment], on connection: PostgresConnection) async throws {
        guard !expected.isEmpty else { return }
        let expected = expected.sorted { $0.appointment.rawValue < $1.appointment.rawValue }
        // An array of arrays would have to be a rectangle; keys have no comma.
        let keys = expected.map { $0.checkInKeys.joined(separator: ",") }
        _ = try await connection.query(
            """
            INSERT INTO expected_appointment
                (appointment, hall, day, slot, service, channel, check_in_keys, follow, sequence)
            SELECT appointment, hall, day, slot, service, channel, string_to_array(check_in_keys, ','), follow, sequence
            FROM unnest(\(list: expected.map(\.appointment.rawValue))::text[],
                \(list: expected.map(\.hall.rawValue))::text[], \(list: expected.map(\.day))::date[],
                \(list: expected.map(\.slot))::timestamptz[], \(list: expected.map(\.service.rawValue))::text[],
                \(list: expected.map(\.channel.rawValue))::text[], \(list: keys)::text[],
                \(list: expected.map(\.follow))::text[], \(list: expected.map { Int64($0.sequence) })::bigint[])
                AS e (appointment, hall, day, slot, service, channel, check_in_keys, follow, sequence)
            ON CONFLICT (appointment, hall) DO UPDATE
            SET day = excluded.day, slot = excluded.slot, service = excluded.service, channel = excluded.channel,
                check_in_keys = excluded.check_in_keys, follow = excluded.follow, sequence = excluded.sequence,
                cancelled = false
            WHERE expected_appointment.sequence < excluded.sequence
            """)
    }

    /// Marks an appointment of a hall as taken back, unless something later is known of it.
    package func cancel(
        _ appointment: AppointmentID, in hall: HallID, sequence: Int, on connection: PostgresConnection
    ) async throws {
        _ = try await connection.query(
            """
            UPDATE expected_appointment SET cancelled = true, sequence = \(sequence)
            WHERE appointment = \(appointment) AND hall = \(hall) AND sequence <= \(sequence)
            """)
    }

    /// Who is expected in a hall on a day, by slot.
    package func expected(in hall: HallID, on day: LocalDate) async throws -> [ExpectedAppointment] {
        let rows = try await pool.execute(
            """
            SELECT appointment, slot, service, channel, check_in_keys, follow, sequence FROM expected_appointment
            WHERE hall = \(hall) AND day = \(day) AND NOT cancelled ORDER BY slot, appointment
            """)
        return try rows.map { row in
            let (appointment, slot, service, channel, keys, follow, sequence) = try row.decode(
                String.self, Timestamp.self, String.self, String.self, [String].self, String.self, Int.self)
            return ExpectedAppointment(
                appointment: AppointmentID(appointment), hall: hall, day: day, slot: slot, service: ServiceID(service),
                channel: Channel(rawValue: channel) ?? .online, checkInKeys: keys, follow: follow, sequence: sequence)
        }
    }

    package func forget(before day: LocalDate) async throws {
        _ = try await pool.execute("DELETE FROM expected_appointment WHERE day < \(day)")
    }
}
