import Domain
import Web

/// A leg of a visit as one line of a list.
struct LegLine: Sendable {
    let name: String
    let state: String
    let isEnded: Bool
    /// Whether it is at a window now.
    let isPresent: Bool
}

/// What several services in one visit are called on pages.
extension QueuingInterface {
    /// The legs in the order in which they were asked for; none for a visit with only one.
    func legLines(of ticket: Ticket, _ context: AppRequestContext) -> [LegLine] {
        guard ticket.hasSeveralLegs else { return [] }
        let possible = ticket.possible
        return ticket.legs.map { leg in
            let isPresent = leg.isOpen && ticket.state.isAtWindow && leg.service == ticket.service
            return LegLine(
                name: serviceName(leg.service, context),
                state: legText(leg, isPresent: isPresent, isPossible: possible.contains(leg.service), context),
                isEnded: !leg.isOpen, isPresent: isPresent)
        }
    }

    private func legText(
        _ leg: VisitLeg, isPresent: Bool, isPossible: Bool, _ context: AppRequestContext
    ) -> String {
        if let end = leg.end { return context.text("queue.leg.\(end.outcome?.rawValue ?? "sentOn")") }
        if isPresent { return context.text("queue.leg.present") }
        return isPossible
            ? context.text("queue.leg.open")
            : context.text("queue.leg.after", ["services": serviceNames(leg.after, context)])
    }

    func serviceNames(_ services: [ServiceID], _ context: AppRequestContext) -> String {
        services.map { serviceName($0, context) }.joined(separator: context.text("queue.list-separator"))
    }

    /// All services of a visit in one line.
    func visitName(of ticket: Ticket, _ context: AppRequestContext) -> String {
        serviceNames(ticket.legs.map(\.service), context)
    }

    /// What "finish" leads to when the present leg is completed; `nil` when it ends the visit.
    func followsText(
        _ ticket: Ticket, at services: [ServiceID], _ context: AppRequestContext
    ) -> String? {
        guard ticket.state.isAtWindow, ticket.hasSeveralLegs else { return nil }
        let next = ticket.standing.possible(after: .completed)
        if let here = next.first(where: services.contains) {
            return context.text("staff.console.goes-on", ["service": serviceName(here, context)])
        }
        return next.isEmpty
            ? context.text("staff.console.last-leg")
            : context.text("staff.console.waits-again", ["services": serviceNames(next, context)])
    }
}
