/// Chooses whom a free window calls. A pure function of the queue: it reads no clock and rolls no dice, so that a
/// replay of the log chooses the same.
package protocol RoutingPolicy: Sendable {
    /// For logs and reports, such as `due-time`.
    var name: String { get }

    /// The ticket that the window should call, with the reason; `nil` when nobody waits whom the window may serve.
    func choose(
        for window: WindowID, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> RoutingDecision?
}

/// Whom to call, and why.
package struct RoutingDecision: Sendable, Hashable {
    package var ticket: TicketID
    package var reason: RoutingReason
    /// The tickets passed by this call: `HallQueue.overtaken(by:for:)`.
    package var overtook: [TicketID]

    package init(ticket: TicketID, reason: RoutingReason, overtook: [TicketID]) {
        self.ticket = ticket
        self.reason = reason
        self.overtook = overtook
    }
}
