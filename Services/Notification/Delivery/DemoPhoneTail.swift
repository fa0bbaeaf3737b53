package import Logging
package import Postgres
import ServiceLifecycle
package import Web

/// Tells the viewers of the demo's telephone in this process of messages that any process has delivered.
package final class DemoPhoneTail: Service {
    private let pool: PostgresPool
    private let store: DemoMessageStore
    private let hub: SSEHub
    private let logger: Logger
    private let wake = WakeSignal()

    package init(pool: PostgresPool, store: DemoMessageStore, hub: SSEHub, logger: Logger) {
        self.pool = pool
        self.store = store
        self.hub = hub
        self.logger = logger
    }

    package func noteMessage() {
        wake.signal()
    }

    package func run() async throws {
        let seen = SeenMessages()
        await wake.forEach(orEvery: .seconds(2)) { await self.publish(seen) }
    }

    private func publish(_ seen: SeenMessages) async {
        // Identifiers are drawn before the commit, so a smaller one may appear after a greater one: look at the newest, not at the rest.
        guard let newest = try? await store.newest(limit: 50, in: pool) else { return }
        for message in await seen.take(newest) {
            let text = LiveJSON.text(DemoMessageDocument(message))
            hub.publish(LiveTopic.demoPhone, SSEMessage(event: "text", data: text))
        }
    }
}

/// The newest messages that viewers have been told of.
private actor SeenMessages {
    private var ids: Set<Int64> = []
    private var hasLooked = false

    /// Those that are new, oldest first; none at the first look, for a viewer begins with what is there.
    func take(_ newest: [DemoMessage]) -> [DemoMessage] {
        let new = newest.reversed().filter { ids.insert($0.id).inserted }
        if ids.count > 1000 { ids = Set(ids.sorted().suffix(200)) }
        defer { hasLooked = true }
        return hasLooked ? new : []
    }
}
