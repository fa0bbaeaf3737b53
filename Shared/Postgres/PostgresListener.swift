package import Logging
internal import ServiceLifecycle

/// Receives `NOTIFY` messages on a connection of its own, and connects again when that breaks.
///
/// Messages sent while there is no connection are lost, so `onListening` tells when to look for oneself.
package struct PostgresListener: Service {
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let onListening: @Sendable () async -> Void
    private let onNotification: @Sendable (PostgresNotification) async -> Void

    /// - Parameters:
    ///   - onListening: called each time after the channels are being listened to, before the first message.
    ///   - onNotification: called for one message after another, in the order of their commits.
    package init(
        configuration: PostgresConfiguration, channels: [String], logger: Logger = Logger(label: "postgres.listener"),
        onListening: @escaping @Sendable () async -> Void = {},
        onNotification: @escaping @Sendable (PostgresNotification) async -> Void
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.onListening = onListening
        self.onNotification = onNotification
    }

    package func run() async throws {
        _ = try ConnectionParameters(configuration, readOnly: false)
        await cancelWhenGracefulShutdown {
            let backOff = PoolStateMachine(.init(size: 1, minimum: 1, sharing: 1, maximumWaiting: 1))
            var attempt = 0
            while !Task.isCancelled {
                do throws(PostgresError) {
                    try await listen(attempt: attempt) { attempt = 0 }
                } catch {
                    guard !Task.isCancelled else { return }
                    logger.warning(
                        "listening to PostgreSQL ended, will try again",
                        metadata: ["attempt": "\(attempt)", "error": "\(error.message)"])
                }
                let pause = backOff.backOff(attempt: attempt, jitter: .random(in: 0...1))
                attempt += 1
                guard (try? await Task.sleep(for: pause)) != nil else { return }
            }
        }
    }

    private func listen(attempt: Int, onSuccess: () -> Void) async throws(PostgresError) {
        let (messages, continuation) = AsyncStream<PostgresNotification>.makeStream()
        let connection = try await PostgresConnection.connect(configuration, hostRotation: attempt) { _ in
            continuation.finish()
        }
        await connection.onNotification { continuation.yield($0) }
        for channel in channels {
            try await connection.query("LISTEN \(identifier: channel)")
        }
        onSuccess()
        await onListening()
        for await message in messages {
            await onNotification(message)
        }
        await connection.close()
        throw PostgresError(.connection, "the connection of the listener ended")
    }
}
