package import Domain
package import Logging
package import Postgres
internal import ServiceLifecycle

/// Frees the places of holds that ran out of time, within about a second. When none has, a look costs one probe of an
/// index.
package struct HoldExpiry: ServiceLifecycle.Service {
    let pool: PostgresPool
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    /// Told of the slots that have got places back, after the commit.
    let changed: @Sendable ([SlotChange]) -> Void
    static let interval = Duration.seconds(1)
    static let batch = 200

    package init(
        pool: PostgresPool, clock: @escaping @Sendable () -> Timestamp, logger: Logger,
        changed: @escaping @Sendable ([SlotChange]) -> Void
    ) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
        self.changed = changed
    }

    /// - Returns: places freed.
    @discardableResult
    package func sweep() async throws -> Int {
        let now = clock()
        var freed = 0
        while true {
            let slots = try await HoldStore().slotsWithExpired(limit: Self.batch, at: now, on: pool)
            guard !slots.isEmpty else { return freed }
            let places = try await expire(of: slots, at: now)
            freed += places
            // Another process is at the rest.
            guard places > 0 else { return freed }
        }
    }

    /// The slots are locked first, so whoever wants a place meanwhile waits and then finds it free.
    private func expire(of ids: Set<SlotID>, at now: Timestamp) async throws -> Int {
        let (places, told) = try await pool.withTransaction { connection in
            _ = try await SlotStore().lock(ids, on: connection)
            let freed = try await HoldStore().expire(of: ids, at: now, on: connection)
            let results = try await connection.pipeline(SlotStore.changing(freed.mapValues { -$0 }))
            return (freed.values.reduce(0, +), SlotStore.told(by: results))
        }
        changed(told)
        return places
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
