package import Logging
internal import ServiceLifecycle

/// Receives `NOTIFY` messages on a connection of its own, and connects again when that breaks.
///
/// Messages sent while there is no connection are lost, so `onListening` tells when to look for oneself. A server that has
/// gone without a word is noticed by the heartbeat.
package struct PostgresListener: Service {
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let heartbeat: Duration?
    private let onListening: @Sendable () async -> Void
    private let onAlive: @Sendable (_ asked: ContinuousClock.Instant) async -> Void
    private let onLost: @Sendable () async -> Void
    private let onNotification: @Sendable (PostgresNotification) async -> Void

    /// What is handled one after the other.
    private enum Signal: Sendable {
        case message(PostgresNotification)
        case alive(asked: ContinuousClock.Instant)
    }

    /// - Parameters:
    ///   - heartbeat: how often the server is asked whether it is still there; never when `nil`.
    ///   - onListening: called each time after the channels are being listened to, before the first message.
    ///   - onAlive: called when the server has answered to a heartbeat, after all messages of what was committed before it was asked.
    ///   - onLost: called each time after a connection has ended that was listening.
    ///   - onNotification: called for one message after another, in the order of their commits.
    package init(
        configuration: PostgresConfiguration, channels: [String], logger: Logger = Logger(label: "postgres.listener"),
        heartbeat: Duration? = nil,
        onListening: @escaping @Sendable () async -> Void = {},
        onAlive: @escaping @Sendable (_ asked: ContinuousClock.Instant) async -> Void = { _ in },
        onLost: @escaping @Sendable () async -> Void = {},
        onNotification: @escaping @Sendable (PostgresNotification) async -> Void
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.heartbeat = heartbeat
        self.onListening = onListening
        self.onAlive = onAlive
        self.onLost = onLost
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
        let (signals, continuation) = AsyncStream<Signal>.makeStream()
        let connection = try await PostgresConnection.connect(configuration, hostRotation: attempt) { _ in
            continuation.finish()
        }
        await connection.onNotification { continuation.yield(.message($0)) }
        for channel in channels {
            try await connection.query("LISTEN \(identifier: channel)")
        }
        onSuccess()
        await onListening()
        await withDiscardingTaskGroup { group in
            if let heartbeat {
                group.addTask { await Self.beat(connection, every: heartbeat, continuation) }
            }
            for await signal in signals {
                switch signal {
                case .message(let message): await onNotification(message)
                case .alive(let asked): await onAlive(asked)
                }
            }
            group.cancelAll()
        }
        await onLost()
        await connection.close()
        throw PostgresError(.connection, "the connection of the listener ended")
    }

    /// Asks for signs of life until there is none in time.
    private static func beat(
        _ connection: PostgresConnection, every interval: Duration, _ signals: AsyncStream<Signal>.Continuation
    ) async {
        do {
            while true {
                let asked = ContinuousClock.now
                try await connection.query("SELECT 1", deadline: asked + interval + .seconds(1))
                signals.yield(.alive(asked: asked))
                // A pause between questions, for the server says nothing by itself when it is gone; nothing waits for its end.
                try await Task.sleep(for: interval)
            }
        } catch {
            signals.finish()
        }
    }
}
