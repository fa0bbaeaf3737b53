import Domain
import HTTPTypes
import Hummingbird
import Web

/// The ticket machine at the door. Every page works without scripts; what is pressed twice happens once.
extension QueuingInterface {
    func addKioskPages(to routes: RouteTable) {
        routes.add(.get, "/kiosk/{hall}/enrol", access: .everyone, kind: .page) { request, context in
            try await enrol(request, context)
        }
        routes.add(.get, "/kiosk/{hall}", access: .kiosk, kind: .page) { _, context in
            try await kioskStart(try hall(context), context)
        }
        routes.add(.get, "/kiosk/{hall}/services", access: .kiosk, kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.queryFields()
            let kind = fields.optionalChoice("class", of: WalkInClass.self) ?? .walkIn
            let group = fields.optionalChoice("group", of: Audience.self)
            try fields.finish()
            return try await kioskServices(hall, kind, group, context)
        }
        routes.add(.post, "/kiosk/{hall}/tickets", access: .kiosk, kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.formFields()
            let service = fields.identifier("service", as: ServiceID.self)
            let kind = fields.choice("class", of: WalkInClass.self)
            let key = fields.formKey()
            try fields.finish()
            return try await kioskIssue([service], kind, to: hall, key: key, context)
        }
        routes.add(.get, "/kiosk/{hall}/itinerary", access: .kiosk, kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.queryFields()
            let kind = fields.optionalChoice("class", of: WalkInClass.self) ?? .walkIn
            try fields.finish()
            return try await kioskItinerary(hall, kind, chosen: nil, context)
        }
        routes.add(.post, "/kiosk/{hall}/itinerary", access: .kiosk, kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.formFields()
            let services = fields.strings("service", 0...200, each: 1...40, pattern: .slug).map { ServiceID($0) }
            let kind = fields.choice("class", of: WalkInClass.self)
            let key = fields.formKey()
            try fields.finish()
            guard (1...Ticket.legLimit).contains(services.count) else {
                return try await kioskItinerary(hall, kind, chosen: services, context)
            }
            return try await kioskIssue(services, kind, to: hall, key: key, context)
        }
        routes.add(.get, "/kiosk/{hall}/arrivals", access: .kiosk, kind: .page) { _, context in
            try kioskArrival(try hall(context), message: nil, context)
        }
        routes.add(.post, "/kiosk/{hall}/arrivals", access: .kiosk, kind: .page) { _, context in
            let hall = try hall(context)
            var fields = try context.formFields()
            let arrival = Arrival(readingForm: &fields)
            let key = fields.formKey()
            try fields.finish()
            return try await kioskReceive(arrival, in: hall, key: key, context)
        }
        routes.add(.get, "/kiosk/{hall}/tickets/{ticket}", access: .kiosk, kind: .page) { _, context in
            try await kioskTicket(try ticketID(context), try hall(context), context)
        }
    }

    private func enrol(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let hall = try context.identifier("hall", as: HallID.self)
        var fields = try context.queryFields()
        let key = fields.string("key", 1...200)
        try fields.finish()
        guard let token = kiosks.enrol(key: key, hall: hall) else {
            try await audit.note(.enrolKiosk, by: "kiosk", hall: hall, result: .refused, from: request.clientAddress)
            // The same answer for a hall that does not exist.
            throw Problem.notFound
        }
        try await audit.note(.enrolKiosk, by: "kiosk", hall: hall, result: .done, from: request.clientAddress)
        var response = Response.redirect("/kiosk/\(hall)")
        response.setCookie(
            Cookie(
                name: ServiceAuthenticator.kioskCookie, value: token, maxAge: 365 * 86_400, path: "/",
                secure: publicURL.hasPrefix("https:"), httpOnly: true, sameSite: .strict))
        return response
    }

    private func kioskStart(_ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let view = KioskStartView(
            hallID: hall.id.rawValue, hallName: hall.name.text(context.language),
            waiting: waitingText(reading.queue.waitingCount, context))
        return try site.pages.render(
            "kiosk-start", title: view.hallName, view: view, context, layout: .kiosk, scripts: ["kiosk.js"])
    }

    private func kioskIssue(
        _ services: [ServiceID], _ kind: WalkInClass, to hall: Hall, key: IdempotencyKey,
        _ context: AppRequestContext
    ) async throws -> Response {
        let ticket = try await kioskStep(hall) {
            try await issue(
                services, kind.ticketClass, through: .kiosk, to: hall.id,
                key: commandKey(key, asked: askedForTicket(services, kind), context), context
            ).ticket
        }
        return .redirect("/kiosk/\(hall.id)/tickets/\(ticket)")
    }

    /// All services of the hall with boxes to tick, in their groups.
    ///
    /// - Parameter chosen: what was sent and was none or too much; `nil` at first.
    private func kioskItinerary(
        _ hall: Hall, _ kind: WalkInClass, chosen: [ServiceID]?, _ context: AppRequestContext
    ) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let offered = catalogue.city.catalogue.orderedServices.filter { hall.servedServices.contains($0.id) }
        var listed: Set<ServiceID> = []
        let groups = Audience.allCases.compactMap { audience -> KioskItineraryView.Group? in
            // A service for several kinds of client stands with the first.
            let services = offered.filter { $0.audience.contains(audience) && listed.insert($0.id).inserted }
            guard !services.isEmpty else { return nil }
            return KioskItineraryView.Group(
                name: context.text("kiosk.group.\(audience.rawValue)"),
                services: services.map { service in
                    let before = service.after.filter(hall.servedServices.contains)
                    return KioskItineraryView.Service(
                        id: service.id.rawValue, name: service.name.text(context.language),
                        waiting: waitingText(reading.queue.waitingCount(for: service.id), context),
                        after: before.isEmpty
                            ? nil : context.text("queue.leg.after", ["services": serviceNames(before, context)]),
                        isChosen: chosen?.contains(service.id) ?? false)
                })
        }
        let view = KioskItineraryView(
            hallID: hall.id.rawValue, ticketClass: kind.rawValue, isPriority: kind == .priority,
            key: Secrets.randomToken(),
            message: chosen.map { chosen in
                chosen.isEmpty
                    ? context.text("kiosk.itinerary.none")
                    : context.text("kiosk.itinerary.too-many", ["limit": String(Ticket.legLimit)])
            },
            explain: context.text("kiosk.itinerary.explain", ["limit": String(Ticket.legLimit)]), groups: groups)
        return try site.pages.render(
            "kiosk-itinerary", titleKey: "kiosk.itinerary.title", view: view, context, layout: .kiosk,
            status: chosen == nil ? .ok : .unprocessableContent, scripts: ["kiosk.js"])
    }

    /// The services, or first their groups when there are many: never more than three touches to a number.
    private func kioskServices(
        _ hall: Hall, _ kind: WalkInClass, _ group: Audience?, _ context: AppRequestContext
    ) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let offered = catalogue.city.catalogue.orderedServices.filter { hall.servedServices.contains($0.id) }
        let groups = Audience.allCases.filter { audience in offered.contains { $0.audience.contains(audience) } }
        let asksGroup = group == nil && offered.count > 9 && groups.count > 1
        let shown = asksGroup ? [] : offered.filter { group.map($0.audience.contains) ?? true }
        let forecast = reading.forecast
        let outlooks = shown.map { forecast.prospective(service: $0.id) }
        let heading = context.text(asksGroup ? "kiosk.group.title" : "kiosk.service.title")
        let view = KioskServicesView(
            heading: heading, hallID: hall.id.rawValue, ticketClass: kind.rawValue, isPriority: kind == .priority,
            groups: asksGroup
                ? groups.map { .init(id: $0.rawValue, name: context.text("kiosk.group.\($0.rawValue)")) } : [],
            services: zip(shown, outlooks).map { service, outlook in
                KioskServicesView.Service(
                    id: service.id.rawValue, name: service.name.text(context.language),
                    waiting: waitingText(reading.queue.waitingCount(for: service.id), context),
                    wait: listedWaitText(outlook, context), key: Secrets.randomToken())
            },
            closedNote: closedNote(outlooks, context), canChooseSeveral: offered.count > 1)
        return try site.pages.render(
            "kiosk-services", title: heading, view: view, context, layout: .kiosk, scripts: ["kiosk.js"])
    }

    private func kioskArrival(
        _ hall: Hall, message: String?, choices: [KioskArrivalView.Choice] = [], phone: String = "",
        status: HTTPResponse.Status = .ok, _ context: AppRequestContext
    ) throws -> Response {
        let view = KioskArrivalView(
            hallID: hall.id.rawValue, message: message, key: Secrets.randomToken(), choices: choices,
            hasChoices: !choices.isEmpty, phone: phone)
        return try site.pages.render(
            "kiosk-arrival", titleKey: "kiosk.arrival.title", view: view, context, layout: .kiosk, status: status,
            scripts: ["kiosk.js"])
    }

    private func kioskReceive(
        _ arrival: Arrival, in hall: Hall, key: IdempotencyKey, _ context: AppRequestContext
    ) async throws -> Response {
        // A kiosk does not take a ticket's name alone: whoever stands there proves a booking by reference or digits.
        if case .ticket = arrival {
            throw Problem.invalidFields([FieldError(.pointer("/phone"), key: "field.required")])
        }
        let reading = try await reading(hall.id, context)
        switch find(arrival, in: reading) {
        case .nobody:
            return try kioskArrival(
                hall, message: refusalText(Self.nobodyFound, context), status: .notFound, context)
        case .several(let tickets):
            let choices = tickets.map { ticket in
                KioskArrivalView.Choice(
                    ticket: ticket.id.rawValue, time: clockTime(ticket.slot ?? ticket.due, hall: hall.id),
                    service: serviceName(ticket.service, context), key: Secrets.randomToken())
            }
            return try kioskArrival(hall, message: nil, choices: choices, phone: arrival.digits ?? "", context)
        case .one(let ticket):
            do {
                _ = try await submit(
                    arrivalCommand(ticket, through: .kiosk, by: nil), to: hall.id,
                    key: commandKey(key, asked: ["arrival", ticket.id.rawValue], context), context)
            } catch let problem as Problem where problem.code == "already-checked-in" || problem.code == "in-service" {
                // Who asks again only wants to see the number.
            } catch let problem as Problem where problem.status == .conflict {
                return try kioskArrival(hall, message: refusalText(problem, context), status: .conflict, context)
            }
            return .redirect("/kiosk/\(hall.id)/tickets/\(ticket.id)")
        }
    }

    /// Errors of the kiosk lead back to the kiosk, not to the citizens' start page.
    private func kioskStep<R>(_ hall: Hall, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch var problem as Problem {
            problem.wayOut = "/kiosk/\(hall.id)"
            throw problem
        }
    }

    private func kioskTicket(_ id: TicketID, _ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        let reading = try await reading(hall.id, context)
        guard let ticket = reading.queue.tickets[id], let number = ticket.number else { throw Problem.notFound }
        let outlook = reading.forecast.outlook(of: id)
        let isWaiting = ticket.state == .waiting
        // Booked people have their page already, under a token that only they know.
        let page = ticket.slot == nil ? "\(publicURL)/t/\(names.token(of: id))" : nil
        let view = KioskTicketView(
            hallID: hall.id.rawValue, number: number, service: visitName(of: ticket, context),
            legs: legLines(of: ticket, context), hasLegs: ticket.hasSeveralLegs,
            kind: classText(ticket.kind, context), state: stateText(ticket.state, context), isWaiting: isWaiting,
            window: ticket.state.isAtWindow ? ticket.window?.rawValue : nil,
            ahead: reading.ahead(of: ticket).map { aheadText($0, context) },
            wait: isWaiting ? waitText(outlook, context) : nil,
            windows: windowsText(for: ticket.possible, in: reading, context),
            slot: ticket.slot.map { clockTime($0, hall: hall.id) }, ownPage: page,
            qr: try page.map { try QRCode.svg($0, label: context.text("kiosk.ticket.qr")) })
        return try site.pages.render(
            "kiosk-ticket", title: number, view: view, context, layout: .kiosk, scripts: ["kiosk.js"])
    }
}

struct KioskStartView: Sendable {
    let hallID: String
    let hallName: String
    let waiting: String
}

struct KioskServicesView: Sendable {
    struct Group: Sendable {
        let id: String
        let name: String
    }

    struct Service: Sendable {
        let id: String
        let name: String
        let waiting: String
        let wait: String
        let key: String
    }

    let heading: String
    let hallID: String
    let ticketClass: String
    let isPriority: Bool
    let groups: [Group]
    let services: [Service]
    /// What the short form of an unknown wait means; `nil` when no service has it.
    let closedNote: String?
    let canChooseSeveral: Bool
}

struct KioskItineraryView: Sendable {
    struct Service: Sendable {
        let id: String
        let name: String
        let waiting: String
        /// What comes before it, when both are chosen.
        let after: String?
        let isChosen: Bool
    }

    struct Group: Sendable {
        let name: String
        let services: [Service]
    }

    let hallID: String
    let ticketClass: String
    let isPriority: Bool
    let key: String
    let message: String?
    let explain: String
    let groups: [Group]
}

struct KioskArrivalView: Sendable {
    struct Choice: Sendable {
        let ticket: String
        let time: String
        let service: String
        let key: String
    }

    let hallID: String
    let message: String?
    let key: String
    let choices: [Choice]
    let hasChoices: Bool
    let phone: String
}

struct KioskTicketView: Sendable {
    let hallID: String
    let number: String
    let service: String
    let legs: [LegLine]
    let hasLegs: Bool
    let kind: String
    let state: String
    let isWaiting: Bool
    let window: String?
    let ahead: String?
    let wait: String?
    let windows: String
    let slot: String?
    let ownPage: String?
    let qr: String?
}
