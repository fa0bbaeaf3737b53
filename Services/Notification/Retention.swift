package import Domain
package import Logging
package import Postgres
import ServiceLifecycle

/// Removes what is no longer needed: tickets that nobody can follow any more, and finished messages.
package struct Retention: ServiceLifecycle.Service {
    /// How long a personal link goes on telling how the visit ended, and what was sent can be looked up.
    package static let days = 30

    private let pool: PostgresPool
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    package init(pool: PostgresPool, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.pool = pool
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        await WakeSignal().forEach(orEvery: .seconds(3600)) { await self.purge() }
    }

    /// Removes what is older than ``days``.
    package func purge() async {
        let limit = now().advanced(minutes: -Self.days * 24 * 60)
        do {
            let tickets = try await FollowedStore(pool: pool).purge(before: limit)
            let messages = try await MessageStore().purge(before: limit, in: pool)
            if tickets + messages > 0 {
                logger.info("Old rows were removed", metadata: ["tickets": "\(tickets)", "messages": "\(messages)"])
            }
        } catch {
            logger.warning("Old rows could not be removed; trying again later", metadata: ["error": "\(error)"])
        }
    }
}
