import Foundation
import Messaging
package import Postgres

/// The stored part of the catalogue.
package struct CatalogueStore: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The current version, 0 before the first import.
    package func version() async throws -> Int64 {
        for row in try await pool.read("SELECT version FROM catalogue") { return try row.decode("version") }
        return 0
    }

    /// The directory with its version; empty, with 0, before the first import.
    package func load() async throws -> (version: Int64, directory: CityDirectory) {
        for row in try await pool.read("SELECT version, document FROM catalogue") {
            let (version, document) = try row.decode(Int64.self, String.self)
            do {
                return (version, try JSONDecoder().decode(CityDirectory.self, from: Data(document.utf8)))
            } catch {
                throw NotificationError(
                    .catalogue, "The stored catalogue (version \(version)) cannot be read; import it again. \(error)")
            }
        }
        return (0, .empty)
    }
}
