import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import Postgres
package import ServiceBootstrap
import ServiceLifecycle
import Web

/// Puts the notification service together.
///
/// Streams come in twice: `StreamTail` feeds the live state, which every process keeps whole; the consumer group `notification` writes the
/// tables, each event once among all processes. Requests read the live state and the tables; the sender empties the delivery table.
package func buildNotification(_ runtime: ServiceRuntime) async throws -> ServiceAssembly {
    let site = try Site(bundles: [.module])
    let hub = SSEHub(logger: runtime.logger)
    let directory = DirectoryKeeper(store: CatalogueStore(pool: runtime.postgres), logger: runtime.logger)
    let live = LiveHalls(
        directory: directory, hub: hub, policy: EnginePolicy(), logger: runtime.logger, now: runtime.clock)
    let finder = TicketFinder(live: live, store: FollowedStore(pool: runtime.postgres))
    let demoMessages = DemoMessageStore(secrets: runtime.secrets)
    let demoPhone = DemoPhoneTail(pool: runtime.postgres, store: demoMessages, hub: hub, logger: runtime.logger)
    let sender = try runtime.configuration.isDemo ? makeSender(runtime, site, directory, demoMessages) : nil
    if sender == nil {
        runtime.logger.warning("There is no channel to people yet: messages stay in the delivery table.")
    }
    runtime.readiness.register("catalogue") { [directory] in
        guard directory.directory != nil else {
            throw NotificationError(.catalogue, "The catalogue has not been read yet.")
        }
    }

    let routes = RouteTable(site: site, secrets: runtime.secrets)
    routes.addShell()
    let liveRoutes = LiveRoutes(
        site: site, hub: hub, live: live, directory: directory, finder: finder, openAPI: try openAPI(),
        now: runtime.clock)
    liveRoutes.add(to: routes)
    PageRoutes(
        site: site, live: live, directory: directory, finder: finder, liveRoutes: liveRoutes, now: runtime.clock
    ).add(to: routes)
    DemoRoutes(
        isDemo: runtime.configuration.isDemo, site: site, hub: hub, store: demoMessages, pool: runtime.postgres,
        directory: directory
    ).add(to: routes)

    let notices = Notices(
        directory: directory, sender: sender, demoPhone: demoPhone, live: live, finder: finder, hub: hub,
        logger: runtime.logger)
    var services: [any ServiceLifecycle.Service] = [
        directory, notices.listener(runtime), LiveService(live: live, hub: hub), makeTail(runtime, directory, live),
        makeConsumer(runtime, directory), Retention(pool: runtime.postgres, logger: runtime.logger, now: runtime.clock),
    ]
    if let sender { services += [sender, demoPhone] }
    let application = runtime.application(routes)
    return ServiceAssembly(application: application, services: services, routes: routes.declarations)
}

/// The document that describes the API.
package func openAPI() throws -> String {
    let file = Bundle.module.webResources.appendingPathComponent("openapi.json")
    do {
        return try String(contentsOf: file, encoding: .utf8)
    } catch {
        throw NotificationError(.resource, "\(file.path) cannot be read; build the package anew. \(error)")
    }
}

private func makeSender(
    _ runtime: ServiceRuntime, _ site: Site, _ directory: DirectoryKeeper, _ store: DemoMessageStore
) throws -> Sender {
    Sender(
        pool: runtime.postgres,
        contacts: try ContactClient(address: runtime.configuration.bookingURL, secrets: runtime.secrets),
        channel: DemoPhoneChannel(store: store), text: MessageText(localisation: site.localisation),
        directory: directory,
        logger: runtime.logger, now: runtime.clock)
}

private func makeTail(_ runtime: ServiceRuntime, _ directory: DirectoryKeeper, _ live: LiveHalls) -> StreamTail {
    let streams = runtime.streams
    let logger = runtime.logger
    return StreamTail(
        redis: runtime.redis,
        streams: {
            // Until the catalogue is there nothing has been caught up with.
            guard let directory = directory.directory else {
                throw NotificationError(.catalogue, "The catalogue has not been read yet.")
            }
            return directory.halls.map { streams.queue($0.id) }
        }, logger: logger, onState: { await live.note($0) }
    ) { received in
        guard let hall = streams.hall(of: received.stream) else { return }
        do {
            let event = try QueueEvent(typeName: received.event.type, data: received.event.data)
            await live.absorb(event, of: hall, at: received.event.time, position: received.position)
        } catch {
            logger.error(
                "An event of a hall cannot be read; the screens go on without it",
                metadata: ["stream": "\(received.stream)", "position": "\(received.position)", "error": "\(error)"])
        }
    }
}

private func makeConsumer(_ runtime: ServiceRuntime, _ directory: DirectoryKeeper) -> Consumer {
    let streams = runtime.streams
    let handler = StreamHandler(streams: streams, now: runtime.clock)
    return Consumer(
        group: "notification", pool: runtime.postgres, redis: runtime.redis,
        streams: {
            let halls = directory.directory?.halls.map(\.id) ?? []
            return [streams.verification] + halls.flatMap { [streams.booking($0), streams.queue($0)] }
        }, logger: runtime.logger, handlingTogether: handler.handle)
}
