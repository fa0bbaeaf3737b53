import Logging
import Postgres
import ServiceBootstrap
import Web

/// What this process does when another one, or the consumer here, says through the database that something is new.
struct Notices: Sendable {
    let directory: DirectoryKeeper
    let sender: Sender?
    let demoPhone: DemoPhoneTail
    let live: LiveHalls
    let finder: TicketFinder
    let hub: SSEHub
    let logger: Logger

    func listener(_ runtime: ServiceRuntime) -> PostgresListener {
        PostgresListener(
            configuration: PostgresConfiguration(
                uri: runtime.configuration.postgres, searchPath: NotificationSchema.name,
                applicationName: "onetrip-notification-listener"),
            channels: [
                NotificationCatalogueImport.channel, MessageStore.channel, DemoMessageStore.channel,
                FollowedStore.channel,
            ], logger: logger,
            onListening: { await lookAtEverything() },
            onNotification: { await handle($0) })
    }

    private func handle(_ notification: PostgresNotification) async {
        switch notification.channel {
        case NotificationCatalogueImport.channel: directory.noteChange()
        case MessageStore.channel: sender?.wake()
        case DemoMessageStore.channel: demoPhone.noteMessage()
        case FollowedStore.channel: await refresh(notification.payload)
        default: break
        }
    }

    /// Notices may have been missed while nobody listened.
    private func lookAtEverything() async {
        directory.noteChange()
        sender?.wake()
        demoPhone.noteMessage()
        for topic in hub.watchedTopics where topic.hasPrefix("ticket:") {
            await refresh(String(topic.dropFirst("ticket:".count)))
        }
    }

    private func refresh(_ follow: String) async {
        guard hub.isWatched(LiveTopic.ticket(follow)) else { return }
        do {
            if let status = try await finder.status(of: follow) { await live.update(status, for: follow) }
        } catch {
            logger.warning("A followed ticket could not be looked up", metadata: ["error": "\(error)"])
        }
    }
}
