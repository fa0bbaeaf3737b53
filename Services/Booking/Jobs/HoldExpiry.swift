package import Domain
package import Logging
package import Postgres
internal import ServiceLifecycle

/// Frees the places of holds that ran out of time, within about a second. When none has, a look costs one probe of an
/// index.
package struct HoldExpiry: ServiceLifecycle.Service {
    let pool: PostgresPool
    let writer: TransactionalBookingWriter
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    static let interval = Duration.seconds(1)
    static let batch = 200

    package init(
        pool: PostgresPool, writer: TransactionalBookingWriter, clock: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.pool = pool
        self.writer = writer
        self.clock = clock
        self.logger = logger
    }

    /// - Returns: places freed.
    @discardableResult
    package func sweep() async throws -> Int {
        let now = clock()
        var freed = 0
        while true {
            let slots = try await HoldStore().slotsWithExpired(limit: Self.batch, at: now, on: pool)
            guard !slots.isEmpty else { return freed }
            let places = try await writer.expireHolds(of: slots, at: now)
            freed += places
            // Another process is at the rest.
            guard places > 0 else { return freed }
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.sweep()
                } catch {
                    self.logger.warning("Holds could not be ended; tried again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
