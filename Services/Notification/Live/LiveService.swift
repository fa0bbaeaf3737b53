import ServiceLifecycle
import Web

/// Publishes the live state until shutdown, and ends the viewers' streams then.
struct LiveService: Service {
    let live: LiveHalls
    let hub: SSEHub

    func run() async throws {
        await live.run()
        hub.shutdown()
    }
}
