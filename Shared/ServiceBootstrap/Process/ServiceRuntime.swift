package import Domain
package import EventContracts
package import Hummingbird
package import Logging
package import NIOCore
package import Postgres
package import RedisStreams
package import Web

/// What every service is given: settings, log, connections, names, keys, clock.
package struct ServiceRuntime: Sendable {
    /// Such as `booking`.
    package let service: String
    package let configuration: ServiceConfiguration
    package let logger: Logger
    package let postgres: PostgresPool
    package let redis: RedisClient
    package let streams: StreamNames
    package let secrets: Secrets
    package let clock: @Sendable () -> Timestamp
    package let readiness: Readiness
    package let metrics: OpenMetrics

    /// - Parameters:
    ///   - schema: of PostgreSQL, where this service's tables are.
    ///   - metrics: what `/metrics` shows.
    /// - Throws: ``ConfigurationError`` for an address or key that cannot be used.
    package init(
        service: String, schema: String, configuration: ServiceConfiguration, logger: Logger, metrics: OpenMetrics,
        clock: @escaping @Sendable () -> Timestamp = { SystemClock.now() }
    ) throws(ConfigurationError) {
        self.service = service
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        self.clock = clock
        streams = StreamNames(prefix: configuration.streamPrefix)
        do {
            secrets = try Secrets(masterKeyHex: configuration.secret, sealingKeysHex: configuration.sealingKeys)
        } catch {
            throw ConfigurationError(key: ConfigurationKey.secret.variable, problem: error.message)
        }
        postgres = PostgresPool(
            configuration: PostgresConfiguration(
                uri: configuration.postgres, searchPath: schema, applicationName: "onetrip-\(service)",
                poolSize: configuration.postgresPool),
            logger: logger)
        do {
            redis = RedisClient(
                configuration: try RedisConfiguration(address: configuration.redis, clientName: "onetrip-\(service)"),
                logger: logger)
        } catch {
            throw ConfigurationError(key: ConfigurationKey.redis.variable, problem: "cannot be used: \(error)")
        }
        let readiness = Readiness(logger: logger)
        readiness.register("postgres") { [postgres] in try await postgres.ping() }
        readiness.register("redis") { [redis] in try await redis.ping() }
        self.readiness = readiness
    }

    /// The service's HTTP server: its routes, probes and metrics, observed and logged.
    package func application(
        _ routes: RouteTable, onServerRunning: @escaping @Sendable (any NIOCore.Channel) async -> Void = { _ in }
    ) -> Application<RouterResponder<AppRequestContext>> {
        addProbes(to: routes)
        let address: BindAddress
        let path: String?
        switch configuration.listen {
        case .tcp(let host, let port):
            address = .hostname(host, port: port)
            path = nil
        case .unix(let socket):
            address = .unixDomainSocket(path: socket)
            path = socket
        }
        return Application(
            router: routes.router(outermost: [RequestObserver(metrics: metrics)]),
            // Slow senders of headers and bodies, and idle connections, are closed; open streams are not idle.
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(address: address, serverName: nil, backlog: 4096),
            onServerRunning: { [logger, configuration] channel in
                if let path { SocketFile.open(path, logger: logger) }
                logger.info("Listening", metadata: ["address": "\(configuration.listen)"])
                await onServerRunning(channel)
            },
            logger: logger)
    }
}
