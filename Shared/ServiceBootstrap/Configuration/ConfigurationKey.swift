/// One documented setting.
package struct ConfigurationKey: Sendable, Hashable {
    /// The environment variable.
    package let variable: String
    /// The name in the JSON file.
    package let name: String
    /// `nil`: must be given.
    package let standard: String?
    package let isSecret: Bool
    package let meaning: String

    init(_ variable: String, _ name: String, standard: String?, isSecret: Bool = false, _ meaning: String) {
        self.variable = variable
        self.name = name
        self.standard = standard
        self.isSecret = isSecret
        self.meaning = meaning
    }

    static let postgres = ConfigurationKey(
        "ONETRIP_POSTGRES", "postgres", standard: nil, isSecret: true,
        "PostgreSQL: a libpq URI or conninfo string; several hosts are tried in turn")
    static let postgresPool = ConfigurationKey(
        "ONETRIP_POSTGRES_POOL", "postgresPool", standard: "8",
        "most connections that wait for answers of writes, 1 to 200")
    static let redis = ConfigurationKey(
        "ONETRIP_REDIS", "redis", standard: nil, isSecret: true,
        "Redis: unix:/path or redis://[:password@]host:port[/db]")
    static let listen = ConfigurationKey(
        "ONETRIP_LISTEN", "listen", standard: "tcp:127.0.0.1:8081", "where to listen: tcp:host:port or unix:/path")
    static let publicURL = ConfigurationKey(
        "ONETRIP_PUBLIC_URL", "publicUrl", standard: "http://localhost:8080",
        "what people type: base of links in messages and QR codes")
    static let secret = ConfigurationKey(
        "ONETRIP_SECRET", "secret", standard: nil, isSecret: true,
        "master key, 64 hexadecimal digits; the same for all services, and for good (openssl rand -hex 32)")
    static let sealingKeys = ConfigurationKey(
        "ONETRIP_SEALING_KEYS", "sealingKeys", standard: "", isSecret: true,
        "keys that encrypt what is stored, as the master key parted by commas, the newest first; all of them open")
    static let demo = ConfigurationKey(
        "ONETRIP_DEMO", "demo", standard: "false", "true shows the demo phone and demo accounts; never with real people"
    )
    static let logLevel = ConfigurationKey(
        "ONETRIP_LOG_LEVEL", "logLevel", standard: "info", "trace, debug, info, notice, warning, error or critical")
    static let streamPrefix = ConfigurationKey(
        "ONETRIP_STREAM_PREFIX", "streamPrefix", standard: "onetrip", "first part of the names of Redis streams")
    static let bookingURL = ConfigurationKey(
        "ONETRIP_BOOKING_URL", "bookingUrl", standard: "http://127.0.0.1:8081",
        "where notification reaches booking: http://host:port or unix:/path")
    static let shutdownSeconds = ConfigurationKey(
        "ONETRIP_SHUTDOWN_SECONDS", "shutdownSeconds", standard: "25", "bound on finishing work after SIGTERM, 4 to 300"
    )

    /// All settings, as documented.
    package static let all = [
        postgres, postgresPool, redis, listen, publicURL, secret, sealingKeys, demo, logLevel, streamPrefix, bookingURL,
        shutdownSeconds,
    ]

    /// The list as `--help` prints it.
    package static var help: String {
        var lines = ["Settings (environment variable, or name in the JSON file of --config; the environment wins):"]
        for key in all {
            let standard = key.standard.map { "default \($0)" } ?? "required"
            lines.append("  \(key.variable) (\(key.name); \(standard))\n      \(key.meaning)")
        }
        return lines.joined(separator: "\n")
    }
}
