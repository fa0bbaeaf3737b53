import Domain
import EventContracts
package import Foundation
import Hummingbird
import Logging
import Messaging
import Postgres
import RedisStreams
package import ServiceBootstrap
import ServiceLifecycle
package import Web

/// Requests for a place that may wait while others are served; more are told to come again.
private let waitingLimit = 4096

/// The bundle with the service's texts, templates and scripts.
package var bookingResources: Bundle { .module }

/// Puts the booking service together.
package func buildBooking(_ runtime: ServiceRuntime) async throws -> ServiceAssembly {
    try buildBookingParts(runtime).assembly
}

/// The parts of the service that tests reach directly.
package struct BookingParts: Sendable {
    package let assembly: ServiceAssembly
    package let desk: BookingDesk
    package let writer: GroupCommitBookingWriter
    package let catalogue: LiveCatalogue
    package let availability: Availability
    package let holdExpiry: HoldExpiry
    package let drawing: BallotDrawing
    package let moves: ClosureMoves
}

package func buildBookingParts(_ runtime: ServiceRuntime) throws -> BookingParts {
    let pool = runtime.postgres
    let clock = runtime.clock
    let streams = runtime.streams
    let site = try Site(bundles: [bookingResources])
    let catalogue = LiveCatalogue(pool: pool, clock: clock, logger: runtime.logger)
    let relay = Relay(
        pool: pool, redis: runtime.redis,
        requiredGroups: { stream in stream == streams.verification ? ["notification"] : ["queuing", "notification"] },
        source: "/booking", logger: runtime.logger)
    let events = EventLog(pool: pool)
    // Some connections stay free for the writer, the consumer and the jobs.
    let gate = AdmissionGate(
        atOnce: max(1, runtime.configuration.postgresPool - 1 - GroupCommitBookingWriter.laneCount),
        waitingLimit: waitingLimit)
    let board = AvailabilityBoard()
    let availability = Availability(
        board: board, pool: pool, release: SlotRelease(secrets: runtime.secrets), clock: clock)
    let holdExpiry = HoldExpiry(
        pool: pool, clock: clock, logger: runtime.logger, changed: { board.take($0) },
        returns: PlaceReturn(
            pool: pool, streams: streams, secrets: runtime.secrets, city: { catalogue.city }, wake: { relay.wake($0) },
            changed: { board.take($0) }))
    let writer = GroupCommitBookingWriter(
        pool: pool, streams: streams, secrets: runtime.secrets, waitingLimit: waitingLimit, wake: { relay.wake($0) },
        changed: { board.take($0) }, freedPlaces: { catalogue.city.freedPlaces }, returned: { holdExpiry.wake() })
    let contact = ContactProof(
        pool: pool, events: events, streams: streams, secrets: runtime.secrets, gate: gate, clock: clock,
        wake: { relay.wake($0) })
    let desk = BookingDesk(
        pool: pool, writer: writer, catalogue: catalogue, availability: availability, contact: contact,
        secrets: runtime.secrets, publicURL: runtime.configuration.publicURL,
        requestGuard: RequestGuard(
            secrets: runtime.secrets,
            shared: SharedBuckets(redis: runtime.redis, prefix: runtime.configuration.streamPrefix)), clock: clock,
        joined: { holdExpiry.wake() })
    let follower = QueueFollower(clock: clock)
    let consumer = Consumer(
        group: "booking", pool: pool, redis: runtime.redis,
        streams: { catalogue.city.catalogue.halls.keys.sorted().map { streams.queue($0) } }, logger: runtime.logger
    ) { received, connection in
        try await follower.handle(received, on: connection)
    }
    let drawing = BallotDrawing(
        desk: desk, streams: streams, logger: runtime.logger, wake: { relay.wake($0) }, changed: { board.take($0) })
    let moves = ClosureMoves(
        pool: pool, writer: writer, release: desk.release, city: { catalogue.city }, clock: clock,
        logger: runtime.logger)
    let routes = try bookingRoutes(
        desk: desk, site: site, secrets: runtime.secrets, isDemo: runtime.configuration.isDemo)
    let application = runtime.application(routes)
    let assembly = ServiceAssembly(
        application: application,
        services: [
            catalogue, relay, consumer, holdExpiry, board.listener(runtime), drawing, moves,
            SlotHorizon(pool: pool, catalogue: catalogue, clock: clock, logger: runtime.logger),
            Purge(pool: pool, secrets: runtime.secrets, clock: clock, logger: runtime.logger),
        ], routes: routes.declarations)
    return BookingParts(
        assembly: assembly, desk: desk, writer: writer, catalogue: catalogue, availability: availability,
        holdExpiry: holdExpiry, drawing: drawing, moves: moves)
}

/// Every route of the service.
package func bookingRoutes(desk: BookingDesk, site: Site, secrets: Secrets, isDemo: Bool) throws -> RouteTable {
    let routes = RouteTable(site: site, secrets: secrets)
    routes.addShell()
    HomePages(desk: desk, site: site).add(to: routes)
    ServicePages(desk: desk, site: site).add(to: routes)
    SlotPages(desk: desk, site: site).add(to: routes)
    let steps = HoldPages(desk: desk, site: site, isDemo: isDemo)
    steps.add(to: routes)
    WaitlistPages(desk: desk, site: site, steps: steps).add(to: routes)
    AppointmentPages(desk: desk, site: site).add(to: routes)
    CatalogueRoutes(desk: desk).add(to: routes)
    BookingRoutes(desk: desk).add(to: routes)
    AppointmentRoutes(desk: desk).add(to: routes)
    WaitlistRoutes(desk: desk).add(to: routes)
    ContactRoutes(desk: desk).add(to: routes)
    IdentityCheckRoutes(desk: desk).add(to: routes)
    let ballots = BallotDesk(desk: desk)
    BallotRoutes(ballots: ballots).add(to: routes)
    BallotPages(ballots: ballots, site: site, isDemo: isDemo).add(to: routes)
    let document = try String(
        contentsOf: bookingResources.webResources.appendingPathComponent("openapi.json"), encoding: .utf8)
    routes.add(.get, "/api/v1/openapi.json", access: .everyone, kind: .api) { _, _ in
        Response.json(text: document, headers: [.cacheControl: "public, max-age=300"])
    }
    return routes
}
