package import Domain
import Synchronization

/// A hall as it stands at a moment: what pages, answers and forecasts are made from.
package struct HallReading: Sendable {
    package let queue: HallQueue
    package let configuration: HallConfiguration
    package let policy: any RoutingPolicy
    package let time: Timestamp
    private let rolled: RolledForecast

    package init(queue: HallQueue, configuration: HallConfiguration, policy: any RoutingPolicy, time: Timestamp) {
        self.queue = queue
        self.configuration = configuration
        self.policy = policy
        self.time = time
        rolled = RolledForecast()
    }

    package var hall: HallID { configuration.hall }

    /// The forecast of the waits; rolled at the first call and kept, so that a batch of answers shares one.
    package var forecast: WaitForecast {
        rolled.value.withLock { value in
            if let value { return value }
            let made = policy.forecast(of: queue, at: time, configuration: configuration)
            value = made
            return made
        }
    }

    /// How many will be called before a waiting ticket; while no window serves it, how many are due before it for the same services.
    package func ahead(of ticket: Ticket) -> Int? {
        guard ticket.state == .waiting else { return nil }
        return forecast.outlook(of: ticket.id)?.ahead
            ?? queue.waitingTickets.filter { $0.possible.contains(where: ticket.possible.contains) }
            .firstIndex { $0.id == ticket.id }
    }

    private final class RolledForecast: Sendable {
        let value = Mutex<WaitForecast?>(nil)
    }
}
