import Domain
import HTTPTypes
import Hummingbird
import Web

/// The desk at the door: numbers for walk-ins, check-in for the booked, and the way back for who was away.
extension QueuingInterface {
    func addReceptionPages(to routes: RouteTable) {
        let roles: Set<Role> = [.reception, .operator]
        routes.add(.get, "/staff/reception", access: .staff(roles), kind: .page) { _, context in
            try chooseHall(roles, "reception", context)
        }
        routes.add(.get, "/staff/halls/{hall}/reception", access: .staff(roles), kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.queryFields()
            let done = fields.optionalString("done", 36...36, pattern: .uuid).map { TicketID($0) }
            try fields.finish()
            return try await reception(hall, done: done, context)
        }
        routes.add(.post, "/staff/halls/{hall}/reception/tickets", access: .staff(roles), kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.formFields()
            let first = fields.identifier("service", as: ServiceID.self)
            let more = fields.strings("more", 0...200, each: 1...40, pattern: .slug).map { ServiceID($0) }
            let kind = fields.choice("class", of: WalkInClass.self)
            let key = fields.formKey()
            try fields.finish()
            let services = [first] + more.filter { $0 != first }
            return try await atReception(hall, context) {
                try await issue(
                    services, kind.ticketClass, through: .counter, to: hall.id,
                    key: commandKey(key, asked: askedForTicket(services, kind), context), context
                ).ticket
            }
        }
        routes.add(.post, "/staff/halls/{hall}/reception/arrivals", access: .staff(roles), kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.formFields()
            let arrival = Arrival(readingForm: &fields)
            let key = fields.formKey()
            try fields.finish()
            return try await receive(arrival, in: hall, key: key, context)
        }
    }

    private func receive(
        _ arrival: Arrival, in hall: Hall, key: IdempotencyKey, _ context: AppRequestContext
    ) async throws -> Response {
        let reading = try await reading(hall.id, context)
        switch find(arrival, in: reading) {
        case .nobody: return try await reception(hall, refusal: Self.nobodyFound, context)
        case .several(let tickets): return try await reception(hall, choices: tickets, phone: arrival.digits, context)
        case .one(let ticket):
            let clerk = try staffID(context)
            return try await atReception(hall, context) {
                _ = try await submit(
                    arrivalCommand(ticket, through: .counter, by: clerk), to: hall.id,
                    key: commandKey(key, asked: ["arrival", ticket.id.rawValue], context), context)
                return ticket.id
            }
        }
    }

    private func atReception(
        _ hall: Hall, _ context: AppRequestContext, _ body: () async throws -> TicketID
    ) async throws -> Response {
        do {
            return .redirect("/staff/halls/\(hall.id)/reception?done=\(try await body())")
        } catch let problem as Problem where problem.status == .conflict || problem.status == .notFound {
            return try await reception(hall, refusal: problem, context)
        }
    }

    private func reception(
        _ hall: Hall, done: TicketID? = nil, refusal: Problem? = nil, choices: [Ticket] = [], phone: String? = nil,
        _ context: AppRequestContext
    ) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let forecast = reading.forecast
        let services = catalogue.city.catalogue.orderedServices.filter { hall.servedServices.contains($0.id) }
        let view = ReceptionView(
            hallID: hall.id.rawValue, hallName: hall.name.text(context.language), csrf: context.csrfToken ?? "",
            key: Secrets.randomToken(), refusal: refusal.map { refusalText($0, context) },
            done: done.flatMap { reading.queue.tickets[$0] }.map { ticket in
                ReceptionView.Done(
                    number: ticket.number ?? "", service: visitName(of: ticket, context),
                    ahead: reading.ahead(of: ticket).map { aheadText($0, context) } ?? "",
                    wait: waitText(forecast.outlook(of: ticket.id), context))
            },
            services: services.map { service in
                ReceptionView.Service(
                    id: service.id.rawValue, name: service.name.text(context.language),
                    waiting: waitingText(reading.queue.waitingCount(for: service.id), context),
                    wait: listedWaitText(forecast.prospective(service: service.id), context))
            },
            moreLabel: context.text("staff.reception.more", ["limit": String(Ticket.legLimit)]),
            choices: choices.map { ticketLine($0, hall, reading, context) }, hasChoices: !choices.isEmpty,
            phone: phone ?? "",
            away: reading.queue.tickets.values.filter { $0.state == .missed || $0.state == .parked }
                .sorted { TicketNumber.precedes($0.number ?? "", $1.number ?? "") }
                .map { ticketLine($0, hall, reading, context) },
            expected: reading.queue.tickets.values.filter { $0.state == .expected }
                .sorted { ($0.due, $0.id) < ($1.due, $1.id) }.map { ticketLine($0, hall, reading, context) })
        return try site.pages.render(
            "staff-reception", titleKey: "staff.reception.title", view: view, context, layout: .console,
            status: refusal?.status ?? .ok, scripts: ["live.js", "console.js"])
    }

    func ticketLine(
        _ ticket: Ticket, _ hall: Hall, _ reading: HallReading, _ context: AppRequestContext
    ) -> TicketLine {
        let slot = ticket.slot.map { clockTime($0, hall: hall.id) } ?? "–"
        return TicketLine(
            id: ticket.id.rawValue, number: ticket.number ?? "–",
            name: ticket.number ?? context.text("staff.hall.booked-for", ["time": slot]),
            service: visitName(of: ticket, context),
            kind: classText(ticket.kind, context), state: stateText(ticket.state, context), slot: slot,
            arrived: ticket.arrived.map { clockTime($0, hall: hall.id) } ?? "–",
            due: clockTime(ticket.due, hall: hall.id), window: ticket.window?.rawValue ?? "–",
            passedBy: ticket.passedBy, key: Secrets.randomToken())
    }

    /// The only hall where the person has the role, or a list to choose from.
    func chooseHall(_ roles: Set<Role>, _ page: String, _ context: AppRequestContext) throws -> Response {
        let halls = catalogue.city.catalogue.orderedHalls.filter { context.principal.holds(roles, at: $0.id) }
        let suffix = page.isEmpty ? "" : "/\(page)"
        if halls.count == 1, let only = halls.first { return .redirect("/staff/halls/\(only.id)\(suffix)") }
        return try site.pages.render(
            "staff-hall-choice", titleKey: "staff.hall.choose",
            view: HallChoiceView(
                halls: halls.map { .init(path: "/staff/halls/\($0.id)\(suffix)", name: $0.name.text(context.language)) }
            ),
            context, layout: .console)
    }
}

/// The classes that a person without a booking may have.
enum WalkInClass: String, CaseIterable, Sendable {
    case walkIn, priority

    var ticketClass: TicketClass {
        switch self {
        case .walkIn: .walkIn
        case .priority: .priority
        }
    }
}

struct HallChoiceView: Sendable {
    struct Choice: Sendable {
        let path: String
        let name: String
    }

    let halls: [Choice]
}

/// A ticket as one line of a staff list.
struct TicketLine: Sendable {
    let id: String
    let number: String
    /// The number, or what a booking is known by until the person comes.
    let name: String
    let service: String
    let kind: String
    let state: String
    let slot: String
    let arrived: String
    let due: String
    let window: String
    let passedBy: Int
    let key: String
}

struct ReceptionView: Sendable {
    struct Service: Sendable {
        let id: String
        let name: String
        let waiting: String
        let wait: String
    }

    struct Done: Sendable {
        let number: String
        let service: String
        let ahead: String
        let wait: String
    }

    let hallID: String
    let hallName: String
    let csrf: String
    let key: String
    let refusal: String?
    let done: Done?
    let services: [Service]
    let moreLabel: String
    let choices: [TicketLine]
    let hasChoices: Bool
    let phone: String
    let away: [TicketLine]
    let expected: [TicketLine]
}

extension Arrival {
    /// The digits that were given, for the form that asks which of several it is.
    var digits: String? {
        guard case .phone(let digits, _) = self else { return nil }
        return digits
    }

    /// Reads one of: `code`; `phone`, perhaps with `ticket`; for staff, `ticket` alone.
    init(readingForm fields: inout FieldReader) {
        let ticket = fields.optionalString("ticket", 36...36, pattern: .uuid).map { TicketID($0) }
        let phone = fields.optionalString("phone", 4...4, pattern: .digits(4))
        if let phone {
            self = .phone(phone, ticket: ticket)
        } else if let ticket {
            self = .ticket(ticket)
        } else {
            self = .code(fields.string("code", 1...200))
            return
        }
        if fields.has("code") { fields.fail("code", "field.unknown") }
    }
}
