import Domain
import HTTPTypes
import Hummingbird
import Web

/// Tickets for programs: numbers for walk-ins, check-in for the booked, the state of one.
extension QueuingInterface {
    func addTicketAPI(to routes: RouteTable) {
        let desk: Set<Role> = [.reception, .operator]
        routes.add(
            .post, "/api/v1/queue/halls/{hall}/tickets", access: .kioskOrStaff(desk), kind: .api
        ) { request, context in
            let hall = try hall(context)
            let key = try IdempotencyKey(request)
            var fields = try context.jsonFields()
            let services = fields.services()
            let kind = fields.optionalChoice("class", of: WalkInClass.self) ?? .walkIn
            try fields.finish()
            let commandKey = commandKey(key, asked: askedForTicket(services, kind), context)
            let id = names.ticket(for: commandKey, in: hall.id)
            let link = "\(publicURL)/t/\(names.token(of: id))"
            let (_, outcome) = try await issue(
                services, kind.ticketClass, through: channel(context), to: hall.id, key: commandKey, context
            ) { decision in QueueJSON.ticket(id, in: decision.reading, link: link).text }
            return Response.json(
                text: outcome.answer, status: .created,
                headers: [.location: "/api/v1/queue/halls/\(hall.id)/tickets/\(id)", .cacheControl: "no-store"])
        }
        routes.add(
            .post, "/api/v1/queue/halls/{hall}/check-ins", access: .kioskOrStaff(desk), kind: .api
        ) { request, context in
            try await checkIn(try hall(context), try IdempotencyKey(request), context)
        }
        routes.add(
            .get, "/api/v1/queue/halls/{hall}/tickets/{ticket}", access: .kioskOrStaff([]), kind: .api
        ) { _, context in
            let hall = try hall(context)
            let id = try ticketID(context)
            try noQuery(context)
            let reading = try await reading(hall.id, context)
            guard reading.queue.tickets[id] != nil else { throw Problem.notFound }
            return Response.json(
                text: QueueJSON.ticket(id, in: reading, link: nil).text, headers: [.cacheControl: "private, no-store"])
        }
    }

    private func channel(_ context: AppRequestContext) -> Channel {
        if case .kiosk = context.principal { .kiosk } else { .counter }
    }

    private func checkIn(_ hall: Hall, _ key: IdempotencyKey, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.jsonFields()
        let arrival = Arrival(readingJSON: &fields)
        try fields.finish()
        if case .ticket = arrival, context.principal.staff == nil { throw Problem.forbidden }
        let reading = try await reading(hall.id, context)
        switch find(arrival, in: reading) {
        case .nobody: throw Self.nobodyFound
        case .several(let tickets):
            throw Problem(
                .conflict, code: "several-appointments",
                members: ["choices": .array(tickets.map { QueueJSON.choice($0, reading) })])
        case .one(let ticket):
            let id = ticket.id
            let outcome = try await submit(
                arrivalCommand(ticket, through: channel(context), by: context.principal.staff), to: hall.id,
                key: commandKey(key, asked: ["arrival", id.rawValue], context), context
            ) { decision in QueueJSON.ticket(id, in: decision.reading, link: nil).text }
            return .json(text: outcome.answer, headers: [.cacheControl: "no-store"])
        }
    }
}

extension FieldReader {
    /// Reads exactly one of `service` and `services`.
    fileprivate mutating func services() -> [ServiceID] {
        guard has("services") else { return [identifier("service", as: ServiceID.self)] }
        let services = strings("services", 1...Ticket.legLimit, each: 1...40, pattern: .slug)
        if has("service") { fail("service", "field.unknown") }
        return services.map { ServiceID($0) }
    }
}

extension QueueJSON {
    /// One of several bookings, as far as it may be shown to choose from.
    static func choice(_ ticket: Ticket, _ reading: HallReading) -> JSONValue {
        [
            "ticket": .string(ticket.id.rawValue), "service": .string(ticket.service.rawValue),
            "slot": .string(
                reading.configuration.civilTime?.rfc3339(ticket.slot ?? ticket.due)
                    ?? (ticket.slot ?? ticket.due).rfc3339()),
        ]
    }
}

extension Arrival {
    /// Reads exactly one of `reference`; `phoneLast4`, perhaps with `ticket`; `ticket`.
    init(readingJSON fields: inout FieldReader) {
        let ticket = fields.optionalString("ticket", 36...36, pattern: .uuid).map { TicketID($0) }
        let phone = fields.optionalString("phoneLast4", 4...4, pattern: .digits(4))
        if let phone {
            self = .phone(phone, ticket: ticket)
        } else if let ticket {
            self = .ticket(ticket)
        } else {
            self = .code(fields.string("reference", 1...200, pattern: .visible))
            return
        }
        if fields.has("reference") { fields.fail("reference", "field.unknown") }
    }
}
