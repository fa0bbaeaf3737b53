import Foundation
import Logging
import ServiceBootstrap
import Testing

@Suite struct ConfigurationTests {
    private static let needed = [
        "ONETRIP_POSTGRES": "postgresql:///onetrip", "ONETRIP_REDIS": "unix:/run/redis.sock",
        "ONETRIP_SECRET": String(repeating: "ab", count: 32),
    ]

    private func load(_ changes: [String: String?]) throws -> ServiceConfiguration {
        var environment = Self.needed
        for (key, value) in changes { environment[key] = value }
        return try ServiceConfiguration.load(environment: environment)
    }

    @Test func standards_areAsDocumented() throws {
        let configuration = try load([:])
        #expect(configuration.postgresPool == 8)
        #expect(configuration.listen == .tcp(host: "127.0.0.1", port: 8081))
        #expect(configuration.publicURL == "http://localhost:8080")
        #expect(!configuration.isDemo)
        #expect(configuration.logLevel == .info)
        #expect(configuration.streamPrefix == "onetrip")
        #expect(configuration.shutdownSeconds == 25)
    }

    @Test func environment_isRead() throws {
        let configuration = try load([
            "ONETRIP_LISTEN": "unix:/tmp/b.sock", "ONETRIP_PUBLIC_URL": "https://city.example/", "ONETRIP_DEMO": "true",
            "ONETRIP_LOG_LEVEL": "debug", "ONETRIP_POSTGRES_POOL": "20", "ONETRIP_STREAM_PREFIX": "t1",
            "ONETRIP_BOOKING_URL": "unix:/tmp/booking.sock", "ONETRIP_SHUTDOWN_SECONDS": "10",
        ])
        #expect(configuration.listen == .unix(path: "/tmp/b.sock"))
        #expect(configuration.publicURL == "https://city.example")
        #expect(configuration.isDemo && configuration.logLevel == .debug && configuration.postgresPool == 20)
        #expect(configuration.bookingURL == "unix:/tmp/booking.sock" && configuration.shutdownSeconds == 10)
    }

    @Test(
        arguments: [
            ("ONETRIP_POSTGRES", nil), ("ONETRIP_REDIS", nil), ("ONETRIP_REDIS", "localhost:6379"),
            ("ONETRIP_SECRET", nil),
            ("ONETRIP_SECRET", "abc"), ("ONETRIP_POSTGRES_POOL", "0"), ("ONETRIP_POSTGRES_POOL", "many"),
            ("ONETRIP_LISTEN", "8081"), ("ONETRIP_LISTEN", "tcp:localhost:99999"), ("ONETRIP_LISTEN", "unix:relative"),
            ("ONETRIP_LISTEN", "tcp::1"), ("ONETRIP_PUBLIC_URL", "localhost"), ("ONETRIP_PUBLIC_URL", "ftp://x"),
            ("ONETRIP_DEMO", "maybe"), ("ONETRIP_LOG_LEVEL", "loud"), ("ONETRIP_STREAM_PREFIX", "a b"),
            ("ONETRIP_BOOKING_URL", "booking"), ("ONETRIP_SHUTDOWN_SECONDS", "1"),
        ] as [(String, String?)])
    func wrongSetting_isNamedInOneLine(key: String, value: String?) throws {
        let error = #expect(throws: ConfigurationError.self) { try load([key: value]) }
        #expect(error?.key == key)
        let text = try #require(error?.description)
        #expect(text.hasPrefix("configuration: \(key) ") && !text.contains("\n"))
        if key == "ONETRIP_SECRET", let value { #expect(!text.contains("\"\(value)\"")) }
    }

    @Test func file_fillsWhatTheEnvironmentLacks() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".json")
        defer { try? FileManager.default.removeItem(at: file) }
        try #"{"publicUrl":"https://a.example","postgresPool":3,"demo":true,"logLevel":"error"}"#
            .write(to: file, atomically: true, encoding: .utf8)
        var environment = Self.needed
        environment["ONETRIP_LOG_LEVEL"] = "warning"
        let configuration = try ServiceConfiguration.load(environment: environment, file: file.path)
        #expect(configuration.publicURL == "https://a.example" && configuration.postgresPool == 3)
        #expect(configuration.isDemo && configuration.logLevel == .warning)
        try #"{"publicURL":"https://a.example"}"#.write(to: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: ConfigurationError.self) {
            try ServiceConfiguration.load(environment: Self.needed, file: file.path)
        }
        #expect(error?.key == "publicURL")
        #expect(throws: ConfigurationError.self) {
            try ServiceConfiguration.load(environment: Self.needed, file: "/nonexistent.json")
        }
    }

    @Test func help_listsEverySetting() {
        for key in ConfigurationKey.all {
            #expect(ConfigurationKey.help.contains(key.variable))
        }
    }
}
