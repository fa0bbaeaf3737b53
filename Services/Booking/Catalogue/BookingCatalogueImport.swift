package import Domain
import Foundation
import Messaging
package import Postgres

/// Takes a city into the booking service: the catalogue itself, and the slots that follow from it.
package enum BookingCatalogueImport {
    /// Replaces the catalogue and materialises the slots that can be booked from it.
    ///
    /// Places that are taken stay: a slot that the new catalogue no longer plans, or plans smaller, keeps as many
    /// places as are taken. Plans of places stay in force for services that are offered as before.
    /// - Parameter connection: of a transaction; names are qualified, so its search path does not matter.
    package static func run(_ catalogue: Catalogue, on connection: PostgresConnection, now: Timestamp) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = String(decoding: try encoder.encode(catalogue), as: UTF8.self)
        _ = try await connection.query(
            """
            INSERT INTO booking.catalogue AS c (version, document, imported_at)
            VALUES (1, \(document)::jsonb, \(now))
            ON CONFLICT (only_row) DO UPDATE
            SET version = c.version + 1, document = excluded.document, imported_at = excluded.imported_at
            """)
        try await SlotPlan.lock(on: connection)
        let plans = try await PlacesPlanStore().plans(on: connection)
        _ = try await SlotPlan(catalogue: catalogue, plans: plans, now: now).materialise(on: connection)
    }
}
