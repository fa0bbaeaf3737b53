import Foundation
package import PrivateServers

/// The PostgreSQL cluster and the Redis server of one test run: started when the first test asks, ended with the process.
package actor TestServers {
    package static let shared = TestServers()

    private var postgresTask: Task<PrivatePostgres, any Error>?
    private var redisTask: Task<PrivateRedis, any Error>?
    private var counter = 0

    /// The folder of this run; those of runs that are gone are removed.
    private static let root: String = {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix("onetrip-test-") {
            if let pid = Int32(name.dropFirst("onetrip-test-".count)), kill(pid, 0) == -1, errno == ESRCH {
                try? manager.removeItem(atPath: "/tmp/" + name)
            }
        }
        let path = "/tmp/onetrip-test-\(getpid())"
        try? manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }()

    package func postgres() async throws -> PrivatePostgres {
        if postgresTask == nil {
            postgresTask = Task {
                try await PrivatePostgres.start(
                    directory: Self.root + "/postgres", socketDirectory: Self.root + "/pg", maximumConnections: 400,
                    durability: .processOnly)
            }
        }
        return try await postgresTask!.value
    }

    package func redis() async throws -> PrivateRedis {
        if redisTask == nil {
            redisTask = Task {
                try await PrivateRedis.start(directory: Self.root + "/redis", socket: Self.root + "/redis.sock")
            }
        }
        return try await redisTask!.value
    }

    /// A name that no other test of this run has.
    package func uniqueName(_ stem: String) -> String {
        counter += 1
        return "\(stem)\(counter)"
    }

    /// Where a search for a free port may start; far from those of other tests and runs.
    package func portHint() -> Int {
        counter += 1
        return 20_000 + (Int(getpid()) % 200) * 150 + (counter % 15) * 10
    }

    /// A new folder for one test.
    package func folder() throws -> String {
        let path = Self.root + "/" + uniqueName("d")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// Gives the body an empty database of its own on the cluster of the test run.
package func withDatabase<R: Sendable>(_ body: (_ uri: String) async throws -> R) async throws -> R {
    let server = try await TestServers.shared.postgres()
    let name = await TestServers.shared.uniqueName("test")
    try await server.createDatabase(name)
    return try await body(server.uri(database: name))
}

/// Gives the body the Redis server of the test run, and a stream prefix of its own.
package func withRedis<R: Sendable>(
    _ body: (_ address: String, _ prefix: String) async throws -> R
) async throws -> R {
    let server = try await TestServers.shared.redis()
    return try await body(server.address, await TestServers.shared.uniqueName("test"))
}
