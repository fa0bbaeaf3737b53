package import Domain
import Foundation
import Messaging
package import Postgres

/// Takes a city into the booking service: the catalogue itself, and the slots that follow from it.
package enum BookingCatalogueImport {
    /// Replaces the catalogue and materialises the slots that can be booked from it.
    ///
    /// Places that are taken stay for the moment: a slot that the new catalogue no longer plans, or plans smaller, keeps as many
    /// places as are taken, and who is too many there is moved afterwards by ``ClosureMoves``. Plans of places stay in force for services that
    /// are offered as before, and closures of halls for their time.
    /// - Parameter connection: of a transaction; names are qualified, so its search path does not matter.
    /// - Returns: how many people have booked a place that is gone.
    @discardableResult
    package static func run(
        _ catalogue: Catalogue, on connection: PostgresConnection, now: Timestamp
    ) async throws -> Int {
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
        return try await SlotPlan.inForce(catalogue, on: connection, now: now)
            .materialise(on: connection, movesSurplus: true).people
    }
}
