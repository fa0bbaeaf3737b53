import Postgres
import ServiceBootstrap

extension AvailabilityBoard {
    /// Name of the listener's session in the database.
    package static let listenerName = "onetrip-booking-listener"

    /// Keeps the board in step with what other processes commit.
    func listener(_ runtime: ServiceRuntime) -> PostgresListener {
        let clock = runtime.clock
        return PostgresListener(
            configuration: PostgresConfiguration(
                uri: runtime.configuration.postgres, applicationName: Self.listenerName),
            channels: [SlotNotice.channel], logger: runtime.logger, heartbeat: .seconds(1),
            onListening: { [self] in listening(at: clock()) },
            onAlive: { [self] asked in confirm(asked, wallClock: clock()) },
            onLost: { [self] in lost() },
            onNotification: { [self] in take(SlotNotice($0.payload), at: clock()) })
    }
}
