package import Logging

/// The settings of a service process.
package struct ServiceConfiguration: Sendable {
    package var postgres: String
    package var postgresPool: Int
    package var redis: String
    package var listen: ListenAddress
    /// Without a slash at the end.
    package var publicURL: String
    /// 64 hexadecimal digits.
    package var secret: String
    /// The newest first; none when the master key seals.
    package var sealingKeys: [String]
    package var isDemo: Bool
    package var logLevel: Logger.Level
    package var streamPrefix: String
    /// `http://host:port` or `unix:/path`.
    package var bookingURL: String
    package var shutdownSeconds: Int

    package init(
        postgres: String, postgresPool: Int = 8, redis: String,
        listen: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
        publicURL: String = "http://localhost:8080", secret: String, sealingKeys: [String] = [], isDemo: Bool = false,
        logLevel: Logger.Level = .info,
        streamPrefix: String = "onetrip", bookingURL: String = "http://127.0.0.1:8081", shutdownSeconds: Int = 25
    ) {
        self.postgres = postgres
        self.postgresPool = postgresPool
        self.redis = redis
        self.listen = listen
        self.publicURL = publicURL
        self.secret = secret
        self.sealingKeys = sealingKeys
        self.isDemo = isDemo
        self.logLevel = logLevel
        self.streamPrefix = streamPrefix
        self.bookingURL = bookingURL
        self.shutdownSeconds = shutdownSeconds
    }
}
