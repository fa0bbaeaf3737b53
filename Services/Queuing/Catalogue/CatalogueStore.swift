import Domain
import Foundation
import Messaging
package import Postgres

/// The imported city in the database.
package struct CatalogueStore: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The number of the last import; `nil` before the first.
    package func version() async throws -> Int64? {
        try await pool.read("SELECT version FROM catalogue").first?.decode(Int64.self)
    }

    /// The city of the last import.
    package func city() async throws -> City? {
        // One statement, so that catalogue and kiosks are of one import.
        let rows = try await pool.read(
            """
            SELECT c.version, c.document::text, k.hall, k.id, k.key_hash
            FROM catalogue c LEFT JOIN kiosk k ON true
            """)
        guard let first = rows.first else { return nil }
        let (version, document) = try (
            first.decode("version", as: Int64.self), first.decode("document", as: String.self)
        )
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: Data(document.utf8))
        let kiosks = try rows.compactMap { row -> EnrolledKiosk? in
            guard let hall = try row.decode("hall", as: String?.self) else { return nil }
            return EnrolledKiosk(
                hall: HallID(hall), id: try row.decode("id"), keyHash: try row.decode("key_hash"))
        }
        return City(version: version, catalogue: catalogue, kiosks: kiosks)
    }
}
