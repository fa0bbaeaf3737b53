import Domain
import EventContracts
package import Foundation
import Logging
import Messaging
import Postgres
import RedisStreams
package import ServiceBootstrap
import ServiceLifecycle
import Web

/// The bundle with the service's texts, templates and scripts.
package var queuingResources: Bundle { .module }

/// Puts the queuing service together.
///
/// Every process serves every hall: the writers of `HallRegistry` fold a hall's log when somebody asks for it, and the log decides between
/// processes. Beside the HTTP server run the relay (log to Redis), the consumer of the booking streams, the halls' ticker, the catalogue's
/// refresh and the housekeeping.
package func buildQueuing(_ runtime: ServiceRuntime) async throws -> ServiceAssembly {
    try buildQueuingParts(runtime).assembly
}

/// The parts that tests and benchmarks reach directly.
package struct QueuingParts: Sendable {
    package let assembly: ServiceAssembly
    package let halls: HallRegistry
    package let catalogue: CatalogueHolder
    package let ticker: HallTicker
    package let listener: BookingListener
}

package func buildQueuingParts(
    _ runtime: ServiceRuntime, limits: HallWriter.Limits = HallWriter.Limits(),
    identities: (any IdentitySource)? = nil
) throws -> QueuingParts {
    let pool = runtime.postgres
    let streams = runtime.streams
    let clock = runtime.clock
    let relay = Relay(
        pool: pool, redis: runtime.redis, requiredGroups: { _ in ["booking", "notification"] }, source: "/queuing",
        logger: runtime.logger)
    let catalogue = CatalogueHolder(store: CatalogueStore(pool: pool), logger: runtime.logger)
    let halls = HallRegistry(
        environment: HallWriter.Environment(
            pool: pool, policy: EnginePolicy(), limits: limits, clock: clock, committed: { relay.wake($0) },
            logger: runtime.logger),
        streams: streams, catalogue: catalogue)
    let expected = ExpectedStore(pool: pool)
    let listener = BookingListener(store: expected, halls: halls, catalogue: catalogue, clock: clock)
    let consumer = Consumer(
        group: BookingListener.group, pool: pool, redis: runtime.redis,
        streams: { catalogue.city.configurations.keys.sorted().map { streams.booking($0) } }, logger: runtime.logger,
        handlingTogether: listener.handle)
    let ticker = HallTicker(halls: halls, catalogue: catalogue, store: expected, logger: runtime.logger)
    let sessions = SessionStore(pool: pool)
    let guesses = SignInGuardStore(pool: pool)
    let routes = try queuingRoutes(
        runtime, halls: halls, catalogue: catalogue, sessions: sessions, guesses: guesses,
        identities: identities
            ?? IdentityClient(address: runtime.configuration.bookingURL, secrets: runtime.secrets))
    runtime.readiness.register("catalogue") {
        if catalogue.city.version == 0 { throw QueuingError.noCatalogue }
    }
    let application = runtime.application(routes)
    let housekeeping = Housekeeping(
        sessions: sessions, guesses: guesses, halls: HallStore(pool: pool), expected: expected, clock: clock,
        logger: runtime.logger)
    return QueuingParts(
        assembly: ServiceAssembly(
            application: application,
            services: [catalogue, relay, consumer, ticker, housekeeping],
            routes: routes.declarations),
        halls: halls, catalogue: catalogue, ticker: ticker, listener: listener)
}

/// Every route of the service.
private func queuingRoutes(
    _ runtime: ServiceRuntime, halls: HallRegistry, catalogue: CatalogueHolder, sessions: SessionStore,
    guesses: SignInGuardStore, identities: any IdentitySource
) throws -> RouteTable {
    let pool = runtime.postgres
    let staff = StaffStore(pool: pool)
    let audit = AuditStore(pool: pool)
    let kiosks = KioskEnrolment(catalogue: catalogue, secrets: runtime.secrets)
    let site = try Site(bundles: [queuingResources])
    let interface = QueuingInterface(
        site: site, halls: halls, catalogue: catalogue, staff: staff, sessions: sessions,
        signIn: PasswordSignIn(
            staff: staff, sessions: sessions, guesses: guesses, audit: audit, secrets: runtime.secrets,
            clock: runtime.clock),
        kiosks: kiosks, audit: audit, log: EventLog(pool: pool), records: HallStore(pool: pool),
        foresight: HallForesight(), identities: identities,
        streams: runtime.streams, names: TicketNames(secrets: runtime.secrets),
        publicURL: runtime.configuration.publicURL, clock: runtime.clock)
    let routes = RouteTable(
        site: site, secrets: runtime.secrets,
        authenticator: ServiceAuthenticator(
            sessions: sessions, kiosks: kiosks, secrets: runtime.secrets, clock: runtime.clock),
        signInPath: "/staff/sign-in")
    interface.addRoutes(to: routes)
    return routes
}
