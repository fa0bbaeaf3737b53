/// First due, first called; and nobody is passed without end.
///
/// Among the waiting whom the window may serve, the smallest (due, arrived, number) goes first. A booked person who
/// came in time is due at the slot, a walk-in on arrival, a person of a priority group somewhat before. Who came
/// early for a booking is called before the slot only when nobody is due, because every due time of the others is
/// earlier.
///
/// So late appointments and priority groups pass walk-ins who arrived before them. `QueueRules.overtakingBound` ends
/// that: whoever has been passed that often goes before all others, the most often passed first.
///
/// A ticket with several open legs is taken for the first of them, as they were asked for, that the window serves.
package struct DueTimePolicy: RoutingPolicy {
    package let name = "due-time"

    package init() {}

    package func choose(
        for window: WindowID, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> RoutingDecision? {
        guard let services = queue.windows[window]?.services else { return nil }
        var first: Place?
        var mostPassed: PassedPlace?
        for service in services {
            guard let line = queue.line(for: service) else { continue }
            if let place = line.byDue.first, first.map({ place < $0 }) != false { first = place }
            if let place = line.passed.first, mostPassed.map({ place < $0 }) != false { mostPassed = place }
        }
        let isAtBound = mostPassed.map { $0.passedBy >= configuration.rules.overtakingBound } ?? false
        guard let place = isAtBound ? mostPassed?.place : first, let ticket = queue.tickets[place.ticket],
            let service = ticket.possible.first(where: services.contains)
        else { return nil }
        return RoutingDecision(
            ticket: ticket.id, service: service,
            reason: RoutingReason(
                rule: isAtBound ? .overtakingBound : .due, due: ticket.due,
                waitedSeconds: ticket.waitedSeconds(at: now), candidates: queue.waitingCount(forAnyOf: services)),
            overtook: queue.overtaken(by: ticket, for: services))
    }
}
