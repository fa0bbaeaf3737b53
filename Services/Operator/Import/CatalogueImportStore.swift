import Domain
import Foundation
import Postgres

/// What an import reads from the database itself; what it writes is each service's own affair.
enum CatalogueImportStore {
    /// The catalogue in force, or `nil` before the first import.
    static func present(on connection: PostgresConnection) async throws -> Catalogue? {
        let rows = try await connection.query(
            "SELECT document::text FROM booking.catalogue ORDER BY version DESC LIMIT 1")
        guard let text = try rows.decode(String.self).first else { return nil }
        // A catalogue of an older release may lack what this one needs: then everything counts as new.
        return try? JSONDecoder().decode(Catalogue.self, from: Data(text.utf8))
    }
}
