import Foundation
import PrivateServers

/// A Redis server that belongs to one test, which may wipe, kill and restart it.
package actor RedisControl {
    private let directory: String
    private var server: PrivateRedis

    init(directory: String) async throws {
        self.directory = directory
        server = try await PrivateRedis.start(directory: directory, socket: directory + "/redis.sock")
    }

    package var address: String { server.address }

    /// Removes everything, as an operator's mistake would.
    package func flushAll() async throws {
        try await ChildProcess.run("redis-cli", ["-s", directory + "/redis.sock", "FLUSHALL"])
    }

    /// `kill -9`; returns when the process is gone.
    package func killHard() async {
        _ = await server.process.stop(SIGKILL)
    }

    package func stop() async {
        await server.stop()
    }

    /// Starts it again on the same address and data; ends it first when it runs.
    package func restart() async throws {
        await server.stop()
        server = try await PrivateRedis.start(directory: directory, socket: directory + "/redis.sock")
    }
}

/// A PostgreSQL cluster that belongs to one test, which may kill and restart it.
package actor PostgresControl {
    private let directory: String
    private var server: PrivatePostgres

    init(directory: String) async throws {
        self.directory = directory
        server = try await Self.start(directory)
    }

    private static func start(_ directory: String) async throws -> PrivatePostgres {
        try await PrivatePostgres.start(
            directory: directory + "/postgres", socketDirectory: directory + "/pg", maximumConnections: 100)
    }

    package var uri: String { server.uri(database: "postgres") }

    package func stop() async {
        await server.stop()
    }

    /// SIGQUIT: the server ends at once, without a checkpoint, and recovers from its log at the next start.
    package func crash() async {
        _ = await server.process.stop(SIGQUIT)
    }

    package func restart() async throws {
        await server.stop()
        server = try await Self.start(directory)
    }
}

/// Gives the body a Redis server of its own.
package func withOwnRedis<R: Sendable>(
    _ body: (_ address: String, _ control: RedisControl) async throws -> R
) async throws -> R {
    let control = try await RedisControl(directory: await TestServers.shared.folder())
    do {
        let result = try await body(await control.address, control)
        await control.stop()
        return result
    } catch {
        await control.stop()
        throw error
    }
}

/// Gives the body a PostgreSQL cluster of its own; the URI names its database `postgres`.
package func withOwnPostgres<R: Sendable>(
    _ body: (_ uri: String, _ control: PostgresControl) async throws -> R
) async throws -> R {
    let control = try await PostgresControl(directory: await TestServers.shared.folder())
    do {
        let result = try await body(await control.uri, control)
        await control.stop()
        return result
    } catch {
        await control.stop()
        throw error
    }
}
