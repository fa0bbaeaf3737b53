import Domain
import EventContracts
import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// The hall as its operator sees it, and the record of each ticket: why it was called, and who passed it.
extension QueuingInterface {
    func addHallPages(to routes: RouteTable) {
        let roles: Set<Role> = [.operator]
        routes.add(.get, "/staff/hall", access: .staff(roles), kind: .page) { _, context in
            try chooseHall(roles, "", context)
        }
        routes.add(.get, "/staff/halls/{hall}", access: .staff(roles), kind: .page) { _, context in
            try await overview(try hall(context), context)
        }
        routes.add(.get, "/staff/halls/{hall}/tickets/{ticket}", access: .staff(roles), kind: .page) { _, context in
            try await record(try ticketID(context), try hall(context), context)
        }
    }

    private func overview(_ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let queue = reading.queue
        let windows = hall.windows.map { window in
            let state = queue.windows[window.id]
            let ticket = state?.ticket.flatMap { queue.tickets[$0] }
            return HallOverviewView.Window(
                window: window.id.rawValue, staff: state?.staff.rawValue ?? "–",
                state: windowText(state, ticket, context),
                number: ticket?.number ?? "–",
                since: minutesText(
                    since: ticket?.servingSince ?? ticket?.lastCalledAt ?? state?.idleSince, at: reading.time, context))
        }
        let order: [TicketState] = [
            .serving, .called, .waiting, .parked, .missed, .expected, .done, .left, .noShow,
        ]
        // Who cancelled before coming is no matter of the hall's any more.
        let tickets = queue.tickets.values.filter { $0.state != .withdrawn }.sorted { one, other in
            let left = order.firstIndex(of: one.state) ?? 0
            let right = order.firstIndex(of: other.state) ?? 0
            return left != right ? left < right : (one.due, one.id) < (other.due, other.id)
        }
        let forecast = reading.forecast
        let services = catalogue.city.catalogue.orderedServices.filter { hall.servedServices.contains($0.id) }
        let outlooks = services.map { forecast.prospective(service: $0.id) }
        let view = HallOverviewView(
            hallID: hall.id.rawValue, hallName: hall.name.text(context.language),
            day: queue.day?.description ?? "–", waiting: waitingText(queue.waitingCount, context),
            oneTrip: oneTripText(OneTripFigure(of: queue), context), windows: windows,
            services: zip(services, outlooks).map { service, outlook in
                HallOverviewView.Service(
                    name: service.name.text(context.language), waiting: queue.waitingCount(for: service.id),
                    wait: listedWaitText(outlook, context))
            },
            closedNote: closedNote(outlooks, context),
            tickets: tickets.prefix(500).map { ticketLine($0, hall, reading, context) },
            calls: try await latestCalls(in: hall, before: queue.position, context),
            advice: await foresight.advice(in: reading, version: catalogue.city.version).map { adviceText($0, context) }
        )
        return try site.pages.render(
            "staff-hall", title: view.hallName, view: view, context, layout: .console,
            scripts: ["live.js", "console.js"])
    }

    /// A piece of advice in words.
    private func adviceText(_ advice: HallAdviser.Advice, _ context: AppRequestContext) -> String {
        var values = [
            "window": advice.window.rawValue, "saved": String(Int(abs(advice.minutesSaved).rounded())),
            "rate": advice.clerkMinutes == 0 ? "–" : (advice.minutesSaved / advice.clerkMinutes * 60).inMinutes,
        ]
        let key: String
        switch advice.change {
        case .open(let minutes):
            key = "open"
            values["minutes"] = String(minutes)
        case .resume: key = "resume"
        case .close: key = "close"
        case .pause(let minutes):
            key = "pause"
            values["minutes"] = String(minutes)
        }
        var parts = [
            context.text("staff.hall.advice.\(key)", values),
            context.text(
                "staff.hall.advice.means",
                ["before": (advice.meanBefore * 60).inMinutes, "after": (advice.meanAfter * 60).inMinutes]),
        ]
        if let helped = advice.helped, key == "open" || key == "resume" {
            parts.append(context.text("staff.hall.advice.helped", ["service": serviceName(helped, context)]))
        }
        return parts.joined(separator: " ")
    }

    private func windowText(_ state: WindowState?, _ ticket: Ticket?, _ context: AppRequestContext) -> String {
        guard let state else { return context.text("staff.window-state.closed") }
        if let ticket { return stateText(ticket.state, context) }
        if case .paused(let reason) = state.state { return context.text("staff.pause.\(reason.rawValue)") }
        return context.text("staff.window-state.free")
    }

    /// The last calls with their reasons, newest first.
    private func latestCalls(
        in hall: Hall, before position: Int64, _ context: AppRequestContext
    ) async throws -> [HallOverviewView.Call] {
        let events = try await log.read(streams.queue(hall.id), after: max(0, position - 200), limit: 200)
        return events.reversed().compactMap { logged -> HallOverviewView.Call? in
            guard case .ticketCalled(let call)? = logged.queueEvent else { return nil }
            return HallOverviewView.Call(
                ticket: call.ticket.rawValue, number: call.number, window: call.window.rawValue,
                at: clockTime(logged.time, hall: hall.id), reason: reasonText(call.reason, hall: hall.id, context),
                overtook: call.overtook.count)
        }.prefix(20).map { $0 }
    }

    /// Everything that the log says of one ticket, with who was passed by whom.
    private func record(_ id: TicketID, _ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        let reading = try await reading(hall.id, context)
        guard let ticket = reading.queue.tickets[id] else { throw Problem.notFound }
        let steps = try await steps(of: id, in: hall, from: reading, context)
        let line = ticketLine(ticket, hall, reading, context)
        let title =
            ticket.number.map { context.text("staff.ticket.title", ["number": $0]) }
            ?? context.text("staff.ticket.title-booked", ["time": line.slot])
        let view = TicketRecordView(
            hallID: hall.id.rawValue, title: title, ticket: line,
            legs: legLines(of: ticket, context), hasLegs: ticket.hasSeveralLegs, steps: steps)
        return try site.pages.render("staff-ticket", title: view.title, view: view, context, layout: .console)
    }

    private func steps(
        of id: TicketID, in hall: Hall, from reading: HallReading, _ context: AppRequestContext
    ) async throws -> [TicketRecordView.Step] {
        try await records.record(of: id, in: streams.queue(hall.id)).compactMap { logged in
            let event = logged.event
            if event.ticket == id { return step(logged, hall, context) }
            guard case .ticketCalled(let call) = event, call.overtook.contains(id) else { return nil }
            return TicketRecordView.Step(
                position: logged.position, at: clockTime(logged.time, hall: hall.id),
                text: context.text("staff.ticket.passed", ["number": call.number, "window": call.window.rawValue]),
                reason: reasonText(call.reason, hall: hall.id, context), staff: call.staff.rawValue)
        }
    }

    private func step(
        _ logged: HallStore.Recorded, _ hall: Hall, _ context: AppRequestContext
    ) -> TicketRecordView.Step {
        let event = logged.event
        var reason: String?
        if case .ticketCalled(let call) = event { reason = reasonText(call.reason, hall: hall.id, context) }
        return TicketRecordView.Step(
            position: logged.position, at: clockTime(logged.time, hall: hall.id),
            text: eventText(event, context), reason: reason,
            staff: event.staff?.rawValue)
    }
}

extension QueuingInterface {
    /// What happened, with the services where a visit has several.
    fileprivate func eventText(_ event: QueueEvent, _ context: AppRequestContext) -> String {
        var key = event.name
        var arguments = ["window": event.window?.rawValue ?? ""]
        switch event {
        case .ticketIssued(let issued) where !issued.itinerary.isEmpty:
            key += "-several"
            arguments["services"] = serviceNames(issued.itinerary.map(\.service), context)
        case .ticketCalled(let called):
            guard let service = called.service else { break }
            key += "-for"
            arguments["service"] = serviceName(service, context)
        case .ticketTransferred(let event):
            arguments["service"] = serviceName(event.service, context)
            guard let outcome = event.outcome else { break }
            key = event.goesOn ? "leg-ended-here" : "leg-ended"
            arguments["outcome"] = context.text("staff.outcome.\(outcome.rawValue)")
        default: break
        }
        return context.text("queue.event.\(key)", arguments)
    }

    /// The share of the day's visits that were complete; `nil` before the first has ended.
    fileprivate func oneTripText(_ figure: OneTripFigure, _ context: AppRequestContext) -> String? {
        guard let percent = figure.percent else { return nil }
        return context.text(
            "staff.hall.one-trip",
            ["percent": String(percent), "complete": String(figure.complete), "visits": String(figure.visits)])
    }
}

struct HallOverviewView: Sendable {
    struct Window: Sendable {
        let window: String
        let staff: String
        let state: String
        let number: String
        let since: String
    }

    struct Service: Sendable {
        let name: String
        let waiting: Int
        let wait: String
    }

    struct Call: Sendable {
        let ticket: String
        let number: String
        let window: String
        let at: String
        let reason: String
        let overtook: Int
    }

    let hallID: String
    let hallName: String
    let day: String
    let waiting: String
    let oneTrip: String?
    let windows: [Window]
    let services: [Service]
    /// What the short form of an unknown wait means; `nil` when no service has it.
    let closedNote: String?
    let tickets: [TicketLine]
    let calls: [Call]
    let advice: [String]
}

struct TicketRecordView: Sendable {
    struct Step: Sendable {
        let position: Int64
        let at: String
        let text: String
        let reason: String?
        let staff: String?
    }

    let hallID: String
    let title: String
    let ticket: TicketLine
    let legs: [LegLine]
    let hasLegs: Bool
    let steps: [Step]
}
