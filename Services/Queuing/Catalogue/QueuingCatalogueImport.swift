package import Domain
import Foundation
package import Postgres
import Web

/// Brings a city into this service's schema. Importing again updates; what the new edition does not name is taken away.
package enum QueuingCatalogueImport {
    /// Run inside a transaction. The names of the tables carry the schema, so any connection to the database will do.
    ///
    /// Passwords are set for people who are new only; staff who are no longer named cannot sign in any more, and their sessions
    /// end. They stay on record, because the log of the halls names them.
    package static func run(
        _ catalogue: Catalogue, staff: [StaffInput], kiosks: [KioskInput], on connection: PostgresConnection
    ) async throws {
        let document = String(decoding: try JSONEncoder().encode(catalogue), as: UTF8.self)
        _ = try await connection.query("SELECT pg_advisory_xact_lock(hashtextextended('queuing.catalogue', 0))")
        _ = try await connection.query(
            """
            INSERT INTO queuing.catalogue (version, document) VALUES (1, \(document)::jsonb)
            ON CONFLICT (only_row) DO UPDATE
            SET version = queuing.catalogue.version + 1, document = excluded.document, imported_at = now()
            """)
        try await store(staff, on: connection)
        try await store(kiosks, on: connection)
    }

    private static func store(_ staff: [StaffInput], on connection: PostgresConnection) async throws {
        let ids = staff.map(\.staff.id.rawValue)
        let known = Set(
            try await connection.query("SELECT id FROM queuing.staff WHERE id = ANY(\(list: ids))")
                .map { try $0.decode(at: 0, as: String.self) })
        for person in staff {
            let id = person.staff.id.rawValue
            if known.contains(id) {
                _ = try await connection.query(
                    "UPDATE queuing.staff SET name = \(person.staff.name), active = true WHERE id = \(id)")
            } else {
                _ = try await connection.query(
                    """
                    INSERT INTO queuing.staff (id, name, password_hash)
                    VALUES (\(id), \(person.staff.name), public.crypt(\(person.initialPassword), public.gen_salt('bf', 10)))
                    """)
            }
        }
        _ = try await connection.query("UPDATE queuing.staff SET active = false WHERE NOT id = ANY(\(list: ids))")
        _ = try await connection.query(
            "DELETE FROM queuing.session WHERE staff IN (SELECT id FROM queuing.staff WHERE NOT active)")
        let roles = staff.flatMap { person in person.staff.roles.map { (person.staff.id.rawValue, $0) } }
        _ = try await connection.query("DELETE FROM queuing.staff_role")
        _ = try await connection.query(
            """
            INSERT INTO queuing.staff_role (staff, hall, role)
            SELECT * FROM unnest(
                \(list: roles.map(\.0))::text[], \(list: roles.map(\.1.hall.rawValue))::text[],
                \(list: roles.map(\.1.role.rawValue))::text[])
            ON CONFLICT DO NOTHING
            """)
        let skills = staff.flatMap { person in
            (person.staff.skills ?? []).map { (person.staff.id.rawValue, $0.rawValue) }
        }
        _ = try await connection.query("DELETE FROM queuing.staff_skill")
        _ = try await connection.query(
            """
            INSERT INTO queuing.staff_skill (staff, service)
            SELECT * FROM unnest(\(list: skills.map(\.0))::text[], \(list: skills.map(\.1))::text[])
            ON CONFLICT DO NOTHING
            """)
    }

    private static func store(_ kiosks: [KioskInput], on connection: PostgresConnection) async throws {
        _ = try await connection.query("DELETE FROM queuing.kiosk")
        _ = try await connection.query(
            """
            INSERT INTO queuing.kiosk (hall, id, key_hash)
            SELECT * FROM unnest(
                \(list: kiosks.map(\.hall.rawValue))::text[], \(list: kiosks.map(\.id))::text[],
                \(list: kiosks.map { Secrets.sha256Hex($0.key) })::text[])
            """)
    }
}
