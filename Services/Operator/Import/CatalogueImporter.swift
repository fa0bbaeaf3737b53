package import BookingService
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
    /// What an import comes to.
    package struct Outcome: Sendable {
        package let changes: CatalogueChanges
        /// People who have booked a place that is gone, and where they would go.
        package let people: Int
        package let forecast: ClosureForecast?
        /// Whether it was carried out.
        package fileprivate(set) var isDone = true
    }

    /// - Parameters:
    ///   - now: the moment from which slots are planned.
    ///   - isTrial: only finds out what it would come to.
    ///   - moves: whether it is carried out also when people lose places that they have booked.
    /// - Returns: what the import changed in the catalogue. Importing the same again changes nothing.
    /// - Throws: ``PostgresError``; nothing is changed then.
    package func run(
        _ input: CatalogueInput, now: Timestamp, isTrial: Bool = false, moves: Bool = true
    ) async throws -> Outcome {
        try await PostgresPool.withPool(uri: postgres, logger: .command) { pool in
            do {
                return try await importing(input, on: pool, now: now) { isTrial || ($0.people > 0 && !moves) }
            } catch let back as TakenBack {
                var outcome = back.outcome
                outcome.isDone = false
                return outcome
            }
        }
    }

    private struct TakenBack: Error {
        let outcome: Outcome
    }

    private func importing(
        _ input: CatalogueInput, on pool: PostgresPool, now: Timestamp,
        unless isUnwanted: @escaping @Sendable (Outcome) -> Bool
    ) async throws -> Outcome {
        try await pool.withTransaction { connection in
            let catalogue = input.catalogue
            let changes = CatalogueChanges(
                from: try await CatalogueImportStore.present(on: connection), to: catalogue)
            let people = try await BookingCatalogueImport.run(catalogue, on: connection, now: now)
            try await QueuingCatalogueImport.run(
                catalogue, staff: input.staff, kiosks: input.kiosks, on: connection)
            try await NotificationCatalogueImport.run(catalogue, on: connection)
            let outcome = Outcome(
                changes: changes, people: people,
                forecast: people == 0
                    ? nil : try await ClosureForecast(catalogue, on: connection, secrets: nil, now: now))
            if isUnwanted(outcome) { throw TakenBack(outcome: outcome) }
            return outcome
        }
    }
}
