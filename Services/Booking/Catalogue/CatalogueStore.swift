package import Domain
import Foundation
package import Postgres

/// Reads the city that is in force, inside a transaction that changes what follows from it.
package enum CatalogueStore {
    /// - Returns: `nil` before the first import.
    package static func catalogue(on connection: PostgresConnection) async throws -> Catalogue? {
        let rows = try await connection.query("SELECT document::text AS document FROM booking.catalogue")
        guard let document = try rows.first?.decode("document", as: String.self) else { return nil }
        return try JSONDecoder().decode(Catalogue.self, from: Data(document.utf8))
    }

    /// How often a city was imported.
    static func version(on connection: PostgresConnection) async throws -> Int64 {
        try await connection.query("SELECT version FROM booking.catalogue").first?.decode("version", as: Int64.self)
            ?? 0
    }
}
