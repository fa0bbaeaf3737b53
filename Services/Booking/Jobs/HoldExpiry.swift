package import Domain
package import Logging
package import Postgres
internal import ServiceLifecycle

/// Frees the places of holds that ran out of time, within about a second. When none has, a look costs one probe of an
/// index. Places that somebody waits for go to ``PlaceReturn``, which is also woken when one has come free.
package struct HoldExpiry: ServiceLifecycle.Service {
    let pool: PostgresPool
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    /// Told of the slots that have got places back, after the commit.
    let changed: @Sendable ([SlotChange]) -> Void
    let returns: PlaceReturn?
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    static let interval = Duration.seconds(1)
    static let batch = 200

    package init(
        pool: PostgresPool, clock: @escaping @Sendable () -> Timestamp, logger: Logger,
        changed: @escaping @Sendable ([SlotChange]) -> Void, returns: PlaceReturn? = nil
    ) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
        self.changed = changed
        self.returns = returns
    }

    /// Looks at once, without waiting for the interval to end.
    package func wake() { wakes.continuation.yield() }

    /// - Returns: places freed or given to somebody who waited.
    @discardableResult
    package func sweep() async throws -> Int {
        let now = clock()
        var freed = 0
        while true {
            let slots = try await HoldStore().slotsWithExpired(limit: Self.batch, at: now, on: pool)
            var places = slots.open.isEmpty ? 0 : try await expire(of: slots.open, at: now)
            for slot in slots.waited.sorted() { places += try await returns?.settle(slot, at: now) ?? 0 }
            freed += places
            // Nothing is due, or another process is at the rest.
            guard places > 0 else { break }
        }
        try await returns?.settleOpen(at: now)
        return freed
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
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        self.wake()
                        // Holds run out without a word.
                        try? await Task.sleep(for: Self.interval)
                    }
                }
                for await _ in self.wakes.stream {
                    do {
                        try await self.sweep()
                    } catch {
                        self.logger.warning("Holds could not be ended; tried again", metadata: ["error": "\(error)"])
                    }
                }
                group.cancelAll()
            }
        }
    }
}
