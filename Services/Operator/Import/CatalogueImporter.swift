import BookingService
package import Domain
import Logging
import NotificationService
import Postgres
import QueuingService

/// Brings a city into the three services, all or nothing.
package struct CatalogueImporter: Sendable {
    private let postgres: String

    /// - Parameter postgres: libpq URI or connection string of the database that holds the three schemas.
    package init(postgres: String) {
        self.postgres = postgres
    }

    /// Imports in one transaction: processes see the old city or the new one, never half of each.
    ///
    /// - Parameter now: the moment from which slots are planned.
    /// - Returns: what the import changed in the catalogue. Importing the same again changes nothing.
    /// - Throws: ``PostgresError``; nothing is changed then.
    package func run(_ input: CatalogueInput, now: Timestamp) async throws -> CatalogueChanges {
        try await PostgresPool.withPool(uri: postgres, logger: .command) { pool in
            try await pool.withTransaction { connection in
                let catalogue = input.catalogue
                let changes = CatalogueChanges(
                    from: try await CatalogueImportStore.present(on: connection), to: catalogue)
                try await BookingCatalogueImport.run(catalogue, on: connection, now: now)
                try await QueuingCatalogueImport.run(
                    catalogue, staff: input.staff, kiosks: input.kiosks, on: connection)
                try await NotificationCatalogueImport.run(catalogue, on: connection)
                return changes
            }
        }
    }
}
