import Logging
import RedisStreams
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RedisFaultTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func configuration(_ address: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(address: address)
        configuration.backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(50))
        return configuration
    }

    @Test func server_thatIsKilledAndRestarted_isUsedAgain() async throws {
        try await withOwnRedis { address, control in
            try await RedisClient.withClient(configuration(address), logger: logger) { redis in
                _ = try await redis.append([StreamEntry(position: 1, "n", "x")], to: "s", after: 0)
                await control.killHard()
                let error = await #expect(throws: RedisError.self) { try await redis.ping() }
                #expect(error?.code == .connection)
                try await control.restart()
                let position = try await eventually("Redis answers again") { try? await redis.lastPosition(of: "s") }
                #expect(position == 1)
                #expect(try await redis.append([StreamEntry(position: 2, "n", "x")], to: "s", after: 1) == .appended)
            }
        }
    }

    @Test func reader_whoseServerDies_getsAConnectionError() async throws {
        try await withOwnRedis { address, control in
            try await RedisClient.withClient(configuration(address), logger: logger) { redis in
                let reading = Task {
                    try await redis.withReader { reader in try await reader.read([("s", 0)], block: .seconds(60)) }
                }
                _ = try await eventually("the reader is blocked") {
                    try await redis.command(["CLIENT", "LIST"]).text("clients").contains("cmd=xread ") ? true : nil
                }
                await control.killHard()
                let error = await #expect(throws: RedisError.self) { try await reading.value }
                #expect(error?.code == .connection)
            }
        }
    }

    @Test func server_thatDoesNotAnswer_isATimeout() async throws {
        try await withOwnRedis { address, _ in
            var patience = try configuration(address)
            patience.commandTimeout = .milliseconds(200)
            try await RedisClient.withClient(patience, logger: logger) { redis in
                try await redis.command(["CLIENT", "PAUSE", 1500, "ALL"])
                let error = await #expect(throws: RedisError.self) { try await redis.ping() }
                #expect(error?.code == .timeout)
                _ = try await eventually("Redis answers again") { try? await redis.ping() }
            }
        }
    }

    @Test func address_whereNobodyListens_isRefusedQuickly() async throws {
        let started = ContinuousClock.now
        for address in ["unix:/tmp/onetrip-no-such-socket", "redis://127.0.0.1:1", "redis://no-such-host.invalid"] {
            try await RedisClient.withClient(configuration(address), logger: logger) { redis in
                let error = await #expect(throws: RedisError.self) { try await redis.ping() }
                #expect(error?.code == .connection, "\(address): \(String(describing: error))")
            }
        }
        #expect(ContinuousClock.now - started < .seconds(30))
    }

    @Test func password_isNeededWhenRedisAsksForIt() async throws {
        try await withOwnRedis { address, _ in
            try await RedisClient.withClient(configuration(address), logger: logger) { redis in
                try await redis.command(["CONFIG", "SET", "requirepass", "open sesame"])
                try await RedisClient.withClient(configuration(address), logger: logger) { stranger in
                    let error = await #expect(throws: RedisError.self) { try await stranger.ping() }
                    #expect(error?.serverPrefix == "NOAUTH")
                }
                try await RedisClient.withClient(configuration(address + "?password=wrong"), logger: logger) {
                    stranger in
                    let error = await #expect(throws: RedisError.self) { try await stranger.ping() }
                    #expect(error?.serverPrefix == "WRONGPASS")
                }
                let signedIn = try configuration(address + "?password=open%20sesame&database=2")
                try await RedisClient.withClient(signedIn, logger: logger) { friend in
                    try await friend.command(["SET", "where", "database 2"])
                    #expect(try await redis.command(["GET", "where"]) == .null)
                    try await friend.withReader { _ in }
                }
                // So that the control of the test can stop the server without a password.
                try await redis.command(["CONFIG", "SET", "requirepass", ""])
            }
        }
    }

    @Test func client_thatWasClosed_saysSo() async throws {
        try await withRedis { address, _ in
            let redis = RedisClient(configuration: try configuration(address), logger: logger)
            try await redis.ping()
            await redis.close()
            let error = await #expect(throws: RedisError.self) { try await redis.ping() }
            #expect(error?.code == .closed)
        }
    }
}
