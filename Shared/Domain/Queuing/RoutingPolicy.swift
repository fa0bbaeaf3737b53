/// Chooses whom a free window calls. A pure function of the queue: it reads no clock and rolls no dice, so that a
/// replay of the log chooses the same.
package protocol RoutingPolicy: Sendable {
    /// For logs and reports, such as `due-time`.
    var name: String { get }

    /// The ticket that the window should call, with the reason; `nil` when nobody waits whom the window may serve.
    func choose(
        for window: WindowID, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> RoutingDecision?

    /// What somebody who comes now is told.
    func promise(
        to arrival: QueueArrival, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> ArrivalPromise

    /// How long everybody will probably wait under this policy.
    func forecast(of queue: HallQueue, at now: Timestamp, configuration: HallConfiguration) -> WaitForecast
}

extension RoutingPolicy {
    package func promise(
        to arrival: QueueArrival, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> ArrivalPromise { ArrivalPromise() }

    package func forecast(of queue: HallQueue, at now: Timestamp, configuration: HallConfiguration) -> WaitForecast {
        WaitForecast(queue: queue, configuration: configuration, policy: self, at: now)
    }
}

/// Somebody who takes a number or checks in.
package struct QueueArrival: Sendable, Hashable {
    /// Those of which the first may be one; never empty.
    package var services: [ServiceID]
    package var kind: TicketClass
    /// The booked time.
    package var slot: Timestamp?
    package var due: Timestamp

    package init(services: [ServiceID], kind: TicketClass, slot: Timestamp?, due: Timestamp) {
        self.services = services
        self.kind = kind
        self.slot = slot
        self.due = due
    }
}

/// Whom to call, and why.
package struct RoutingDecision: Sendable, Hashable {
    package var ticket: TicketID
    /// For which leg: one that may be next and that the window serves.
    package var service: ServiceID
    package var reason: RoutingReason
    /// The tickets passed by this call: `HallQueue.overtaken(by:for:)`.
    package var overtook: [TicketID]

    package init(ticket: TicketID, service: ServiceID, reason: RoutingReason, overtook: [TicketID]) {
        self.ticket = ticket
        self.service = service
        self.reason = reason
        self.overtook = overtook
    }
}
