import Domain
import EventContracts
import Messaging
import Web

/// What a clerk sees of a window: the person there, who waits, and what can be done now.
struct ConsoleView: Sendable {
    struct Present: Sendable {
        let number: String
        let service: String
        let kind: String
        let slot: String?
        /// Where the clerk sees who has booked; `nil` for people without a booking.
        let identityAction: String?
        let state: String
        let waited: String
        let reason: String?
        let isCalled: Bool
        let isServing: Bool
        /// How often it was called, and whether that is as often as the hall advises.
        let calls: String
        let isCalledEnough: Bool
        /// For the timer: milliseconds since 1970 at which the present stretch began.
        let since: String
        let elapsed: String
        let checklist: [String]
        /// The services of the visit; empty when it has one.
        let legs: [LegLine]
        let hasLegs: Bool
        /// What "finish" leads to, where that is not the end.
        let follows: String?
    }

    struct Line: Sendable {
        let service: String
        let waiting: Int
        let longest: String
    }

    struct Away: Sendable {
        let id: String
        let number: String
        let service: String
        let state: String
        /// For the hidden field of its form.
        let key: String
    }

    struct Choice: Sendable {
        let value: String
        let label: String
    }

    let title: String
    let hallID: String
    let hallName: String
    let window: String
    let action: String
    let csrf: String
    let key: String
    let refusal: String?
    let isMine: Bool
    let isClosed: Bool
    let isPaused: Bool
    let isTaken: Bool
    let pauseReason: String?
    let services: String
    let present: Present?
    let isFree: Bool
    let canUndo: Bool
    let idleSince: String?
    let lines: [Line]
    let away: [Away]
    let hasAway: Bool
    let transfers: [Choice]
    let outcomes: [Choice]
    let reasons: [Choice]
    let waitingTotal: String
}

extension QueuingInterface {
    func consoleView(
        _ hall: Hall, _ window: HallWindow, _ reading: HallReading, refusal: Problem?, _ context: AppRequestContext
    ) async throws -> ConsoleView {
        let queue = reading.queue
        let state = queue.windows[window.id]
        let clerk = try staffID(context)
        let isMine = state?.staff == clerk
        let present = state?.ticket.flatMap { queue.tickets[$0] }
        let served = state?.services ?? window.services
        let action = "/staff/halls/\(hall.id)/windows/\(window.id.pathEncoded)"
        let shown =
            isMine ? try await presentView(present, at: served, hall, reading, action: action, context) : nil
        var pauseReason: String?
        if case .paused(let reason)? = state?.state { pauseReason = context.text("staff.pause.\(reason.rawValue)") }
        let separator = context.text("queue.list-separator")
        return ConsoleView(
            title: context.text("staff.window.name", ["window": window.id.rawValue]), hallID: hall.id.rawValue,
            hallName: hall.name.text(context.language), window: window.id.rawValue,
            action: action, csrf: context.csrfToken ?? "",
            key: Secrets.randomToken(), refusal: refusal.map { refusalText($0, context) }, isMine: isMine,
            isClosed: state == nil, isPaused: isMine && pauseReason != nil, isTaken: state != nil && !isMine,
            pauseReason: pauseReason, services: served.map { serviceName($0, context) }.joined(separator: separator),
            present: shown, isFree: isMine && present == nil && pauseReason == nil,
            canUndo: isMine && canUndo(state, queue), idleSince: state?.idleSince.map { String($0.milliseconds) },
            lines: lines(served, reading, context), away: away(served, queue, context),
            hasAway: !away(served, queue, context).isEmpty,
            transfers: transferChoices(from: present, in: hall, context),
            outcomes: ServiceOutcome.allCases.map {
                .init(value: $0.rawValue, label: context.text("staff.outcome.\($0.rawValue)"))
            },
            reasons: PauseReason.allCases.map {
                .init(value: $0.rawValue, label: context.text("staff.pause.\($0.rawValue)"))
            },
            waitingTotal: waitingText(queue.waitingCount(forAnyOf: served), context))
    }

    /// A refusal on the page where it arose.
    func refusalText(_ problem: Problem, _ context: AppRequestContext) -> String {
        context.text("problem.\(problem.code).detail", problem.arguments)
    }

    private func canUndo(_ state: WindowState?, _ queue: HallQueue) -> Bool {
        guard let last = state?.lastTicket.flatMap({ queue.tickets[$0] }) else { return false }
        return last.history.last?.window == state?.id
    }

    private func presentView(
        _ ticket: Ticket?, at services: [ServiceID], _ hall: Hall, _ reading: HallReading,
        action: String, _ context: AppRequestContext
    ) async throws -> ConsoleView.Present? {
        guard let ticket else { return nil }
        let since = ticket.servingSince ?? ticket.lastCalledAt ?? reading.time
        let waitEnd = ticket.calledAt ?? reading.time
        let limit = reading.configuration.rules.callLimit
        let items = catalogue.city.catalogue.services[ticket.service]?.checklist.items ?? []
        return ConsoleView.Present(
            number: ticket.number ?? "", service: serviceName(ticket.service, context),
            kind: classText(ticket.kind, context), slot: ticket.slot.map { clockTime($0, hall: hall.id) },
            identityAction: ticket.slot == nil ? nil : action + "/identity",
            state: stateText(ticket.state, context),
            waited: minutesText(since: ticket.arrived, at: waitEnd, context),
            reason: try await callReason(of: ticket, in: hall.id, context), isCalled: ticket.state == .called,
            isServing: ticket.state == .serving,
            calls: context.text("staff.console.calls", ["count": String(ticket.calls), "limit": String(limit)]),
            isCalledEnough: ticket.calls >= limit, since: String(since.milliseconds),
            elapsed: minutesText(since: since, at: reading.time, context),
            checklist: items.map { $0.name.text(context.language) }, legs: legLines(of: ticket, context),
            hasLegs: ticket.hasSeveralLegs, follows: followsText(ticket, at: services, context))
    }

    /// Why the ticket was called, from the log.
    private func callReason(of ticket: Ticket, in hall: HallID, _ context: AppRequestContext) async throws -> String? {
        guard let step = ticket.history.last(where: { $0.kind == .called }),
            let logged = try await log.read(streams.queue(hall), after: step.position - 1, limit: 1).first,
            case .ticketCalled(let called)? = logged.queueEvent
        else { return nil }
        return reasonText(called.reason, hall: hall, context)
    }

    private func lines(
        _ services: [ServiceID], _ reading: HallReading, _ context: AppRequestContext
    ) -> [ConsoleView.Line] {
        services.map { service in
            let first = reading.queue.line(for: service)?.byWaiting.first?.moment
            return ConsoleView.Line(
                service: serviceName(service, context), waiting: reading.queue.waitingCount(for: service),
                longest: first == nil ? "–" : minutesText(since: first, at: reading.time, context))
        }
    }

    /// Parked and missed people of the window's services: they may come back.
    private func away(
        _ services: [ServiceID], _ queue: HallQueue, _ context: AppRequestContext
    ) -> [ConsoleView.Away] {
        queue.tickets.values
            .filter { ticket in
                (ticket.state == .parked || ticket.state == .missed)
                    && ticket.possible.contains(where: services.contains)
            }
            .sorted { TicketNumber.precedes($0.number ?? "", $1.number ?? "") }
            .map { ticket in
                ConsoleView.Away(
                    id: ticket.id.rawValue, number: ticket.number ?? "",
                    service: serviceNames(ticket.standing.openServices, context),
                    state: stateText(ticket.state, context), key: Secrets.randomToken())
            }
    }

    private func transferChoices(
        from ticket: Ticket?, in hall: Hall, _ context: AppRequestContext
    ) -> [ConsoleView.Choice] {
        catalogue.city.catalogue.orderedServices
            .filter { hall.servedServices.contains($0.id) && $0.id != ticket?.service }
            .map { .init(value: $0.id.rawValue, label: $0.name.text(context.language)) }
    }
}
