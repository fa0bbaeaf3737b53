package import Domain
import Foundation
package import Logging
import Messaging
package import Postgres
internal import ServiceLifecycle
import Synchronization

/// Keeps the city in memory and notices when it is imported anew, or a hall closes.
package final class LiveCatalogue: ServiceLifecycle.Service {
    private let pool: PostgresPool
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let current = Mutex(City.empty)
    /// Seconds between two looks at the version.
    private static let interval = Duration.seconds(2)

    package init(
        pool: PostgresPool, clock: @escaping @Sendable () -> Timestamp = LiveCatalogue.systemClock, logger: Logger
    ) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
    }

    package static let systemClock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    package var city: City { current.withLock { $0 } }

    /// Looks once whether there is a newer city, and takes it.
    package func refresh() async throws {
        let known = city.version
        let rows = try await pool.read(
            "SELECT version, document::text AS document FROM catalogue WHERE version <> \(known)")
        guard let row = rows.first else { return }
        let document: String = try row.decode("document")
        let catalogue = try JSONDecoder().decode(Catalogue.self, from: Data(document.utf8))
        // Read after the version: what is newer than it comes with the next look.
        let closures = try await pool.read(ClosureStore.inForce(at: clock())).map { try HallClosure($0) }
        let city = City(version: try row.decode("version"), catalogue: catalogue, closures: closures)
        current.withLock { $0 = city }
        logger.info(
            "The catalogue was loaded",
            metadata: [
                "version": "\(city.version)", "halls": "\(catalogue.halls.count)",
                "services": "\(catalogue.services.count)",
            ])
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.refresh()
                } catch {
                    self.logger.warning(
                        "The catalogue could not be read; the one in memory stays", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
