package import Domain
import Foundation
package import Postgres

/// Puts what notification needs of a catalogue in place of what it had.
package enum NotificationCatalogueImport {
    /// The channel on which running processes hear of a new catalogue.
    package static let channel = "catalogue_notification"

    /// Names the schema, so that it can run in the transaction that imports for all services.
    package static func run(_ catalogue: Catalogue, on connection: PostgresConnection) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let document = String(decoding: try encoder.encode(CityDirectory(catalogue)), as: UTF8.self)
        try await connection.pipeline([
            """
            INSERT INTO notification.catalogue AS c (version, document) VALUES (1, \(document)::jsonb)
            ON CONFLICT (only_row) DO UPDATE
                SET version = c.version + 1, document = EXCLUDED.document, imported_at = now()
            """,
            "SELECT pg_notify(\(channel), '')",
        ])
    }
}
