package import Domain
package import Logging
import Messaging
package import Postgres
internal import ServiceLifecycle

/// Makes the slots of each new day as the horizon moves. Any number of processes may run it: an advisory lock lets
/// one at a time.
package struct SlotHorizon: ServiceLifecycle.Service {
    let pool: PostgresPool
    let catalogue: LiveCatalogue
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    /// Between two looks.
    static let interval = Duration.seconds(600)

    package init(
        pool: PostgresPool, catalogue: LiveCatalogue, clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.pool = pool
        self.catalogue = catalogue
        self.clock = clock
        self.logger = logger
    }

    /// - Returns: slots made or changed.
    @discardableResult
    package func advance() async throws -> Int {
        let city = catalogue.city
        // Nothing has been imported: there is nothing to make, and nothing to close either.
        guard city.version > 0 else { return 0 }
        let now = clock()
        return try await pool.withTransaction { connection in
            let rows = try await connection.query(
                "SELECT pg_try_advisory_xact_lock(hashtext('booking.horizon')) AS mine")
            guard try rows.first?.decode("mine", as: Bool.self) == true else { return 0 }
            try await SlotPlan.lock(on: connection)
            // An import that this process has not noticed yet has made its slots itself.
            guard try await CatalogueStore.version(on: connection) == city.version else { return 0 }
            return try await SlotPlan.inForce(city.catalogue, on: connection, now: now)
                .materialise(on: connection).changed
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                guard !Task.isCancelled else { return }
                do {
                    let changed = try await self.advance()
                    if changed > 0 { self.logger.info("Slots were made", metadata: ["slots": "\(changed)"]) }
                } catch {
                    self.logger.warning("Slots could not be made; tried again later", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
