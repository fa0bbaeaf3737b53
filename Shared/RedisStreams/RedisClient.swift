package import Logging
private import Metrics
internal import ServiceLifecycle
internal import Synchronization

/// The way to Redis: one connection on which everything that waits is pipelined, made when it is first needed and made
/// again after a failure, and a connection of its own for each reader that blocks.
///
/// The client works without ``run()`` too; `run` is there to close the connection when the services that use it have
/// ended.
///
/// Growth: a command costs one encode and one system call shared with all commands that wait at the time; memory is
/// that of the answers in flight. Each reader costs a thread and a connection.
package final class RedisClient: Service, Sendable {
    package let configuration: RedisConfiguration
    let logger: Logger
    private typealias Attempt = Task<Result<RedisConnection, RedisError>, Never>
    private let slot = Mutex(ConnectionSlot<RedisConnection, Attempt>())
    private let readers = Atomic<UInt64>(0)
    /// SHA-1 names under which Redis knows the scripts, as it told them.
    let scriptNames = Mutex<[StreamScript: String]>([:])
    private let connects = Counter(label: "redis_connects_total")
    private let failures = Counter(label: "redis_connect_failures_total")

    package init(configuration: RedisConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Connects, waits for the graceful shutdown (or cancellation), and closes.
    package func run() async throws {
        // A failure is logged by the attempt, and the next call tries again.
        _ = try? await connection()
        try? await gracefulShutdown()
        await close()
    }

    /// Closes for good. Calls in flight fail with code `closed`.
    package func close() async {
        await slot.withLock { $0.close() }?.close(RedisError(.closed, "the Redis client was shut down"))
    }

    /// Runs the body with a client that is closed afterwards. For tools and tests.
    package static func withClient<R: Sendable>(
        _ configuration: RedisConfiguration, logger: Logger, _ body: (RedisClient) async throws -> R
    ) async throws -> R {
        let client = RedisClient(configuration: configuration, logger: logger)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Sends one command.
    ///
    /// - Throws: ``RedisError``; an answer that is an error is thrown. After `connection` or `timeout` the command may
    ///   or may not have been carried out; nothing is sent twice by itself.
    @discardableResult
    package func command(_ arguments: [RedisArgument]) async throws(RedisError) -> RedisReply {
        try await pipeline([arguments])[0].checked()
    }

    /// Sends commands in one piece, in order. Errors that Redis answers to single commands are among the replies.
    package func pipeline(_ commands: [[RedisArgument]]) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        return try await connection().send(commands, timeout: configuration.commandTimeout)
    }

    package func ping() async throws(RedisError) {
        try await command(["PING"])
    }

    /// Opens a connection for reads that block, and closes it when the body ends.
    package func withReader<R: Sendable>(_ body: (RedisStreamReader) async throws -> R) async throws -> R {
        let number = readers.add(1, ordering: .relaxed).newValue
        let connection = try await RedisConnection.open(configuration, name: "reader-\(number)")
        let end = RedisError(.closed, "the reader has ended")
        do {
            let result = try await body(
                RedisStreamReader(connection: connection, commandTimeout: configuration.commandTimeout))
            await connection.close(end)
            return result
        } catch {
            await connection.close(end)
            throw error
        }
    }

    private func connection() async throws(RedisError) -> RedisConnection {
        let action = slot.withLock { slot in
            let action = slot.request(at: .now) { !$0.isClosed }
            guard case .start = action else { return action }
            // Unstructured, because whoever asked first may be cancelled while others wait for the same connection. It
            // ends by the connect timeout at the latest.
            let attempt = Attempt { await self.connect() }
            slot.began(attempt)
            return .join(attempt)
        }
        switch action {
        case .use(let connection): return connection
        case .join(let attempt): return try await attempt.value.get()
        case .refuse(let error): throw error
        case .start: preconditionFailure("a start was turned into an attempt above")
        }
    }

    private func connect() async -> Result<RedisConnection, RedisError> {
        do throws(RedisError) {
            let connection = try await RedisConnection.open(configuration, name: "writer")
            try await loadScripts(on: connection)
            guard slot.withLock({ $0.opened(connection) }) else {
                let error = RedisError(.closed, "the Redis client was shut down")
                await connection.close(error)
                return .failure(error)
            }
            connects.increment()
            logger.info("connected to Redis", metadata: ["address": "\(configuration.address)"])
            return .success(connection)
        } catch {
            failures.increment()
            let count = slot.withLock { slot in
                slot.failed(error, at: .now) { configuration.backoff.delay(failures: $0) }
                return slot.failures
            }
            // The first failure and then ever fewer: an outage of an hour need not fill the log.
            if count & (count - 1) == 0 {
                logger.warning(
                    "cannot connect to Redis; trying again",
                    metadata: ["address": "\(configuration.address)", "error": "\(error)", "failures": "\(count)"])
            }
            return .failure(error)
        }
    }

    private func loadScripts(on connection: RedisConnection) async throws(RedisError) {
        let replies = try await connection.send(
            StreamScript.allCases.map { ["SCRIPT", "LOAD", RedisArgument($0.text)] },
            timeout: configuration.commandTimeout)
        for (script, reply) in zip(StreamScript.allCases, replies) {
            let name = try reply.text("the name of a script")
            scriptNames.withLock { $0[script] = name }
        }
    }
}
