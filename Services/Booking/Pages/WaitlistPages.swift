import Domain
import HTTPTypes
import Hummingbird
import Web

/// Joining the waitlist, and the personal page of who waits.
struct WaitlistPages {
    let desk: BookingDesk
    let site: Site
    /// Whose form asks for the person too.
    let steps: HoldPages

    func add(to routes: RouteTable) {
        let desk = desk
        let form = "/services/{service}/waitlist"
        routes.add(.get, form, access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) { try showForm(try service(context), context) }
        }
        routes.add(.post, form, access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) { try await enter(try service(context), context) }
        }
        routes.add(.get, form + "/code", access: .everyone, kind: .page) { _, context in
            Response.redirect("/services/\(try service(context).id)/waitlist")
        }
        routes.add(.post, form + "/code", access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) { try await enterCode(try service(context), context) }
        }
        page(routes, .get, "/w/{token}") { try await show($0, $1) }
        page(routes, .post, "/w/{token}/accept") { try await accept($0, $1) }
        page(routes, .post, "/w/{token}/decline") { own, _ in
            // Sent twice, or too late: the page says where the person stands.
            do { try await desk.decline(own.entry) } catch BookingError.offerEnded {}
            return Response.redirect(own.path)
        }
        page(routes, .post, "/w/{token}/leave") { own, _ in
            try await desk.leave(own.entry)
            return Response.redirect(own.path)
        }
        for action in ["accept", "decline", "leave"] {
            page(routes, .get, "/w/{token}/" + action) { own, _ in Response.redirect(own.path) }
        }
    }

    /// A service that one can wait for.
    private func service(_ context: AppRequestContext) throws -> Service {
        guard let service = desk.city.service(try context.identifier("service", as: ServiceID.self)),
            service.waitlist != nil
        else { throw Problem.notFound }
        return service
    }

    struct Own: Sendable {
        let token: String
        let entry: WaitlistEntry
        var path: String { "/w/\(token)" }
    }

    private func page(
        _ routes: RouteTable, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Own, AppRequestContext) async throws -> Response
    ) {
        let desk = desk
        routes.add(method, path, access: .link, kind: .page) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let own = Own(token: token, entry: try await desk.waitlistEntry(token: token))
                do {
                    return try await handler(own, context)
                } catch let error as BookingError {
                    var problem = try await desk.problem(error, context)
                    problem.wayOut = own.path
                    throw problem
                }
            }
        }
    }

    private func show(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        let entry = own.entry
        let city = desk.city
        let service = city.service(entry.service)
        let offer = try await desk.openOffer(of: entry)
        // An offer that has run out is given on within a second.
        let state = entry.state == .offered && offer == nil ? .waiting : entry.state
        var view: [String: Any] = [
            "isNew": (context.pageQuery().map { $0.names.contains("joined") } ?? false) && state == .waiting,
            "state": context.text("waitlist.state.\(state.rawValue)"),
            "serviceName": service?.name.text(context.language) ?? entry.service.rawValue,
            "halls": entry.halls.map { city.hall($0)?.name.text(context.language) ?? $0.rawValue }
                .joined(separator: context.text("waitlist.separator")),
            "days": entry.firstDay == entry.lastDay
                ? context.day(entry.firstDay)
                : context.text(
                    "waitlist.days", ["from": context.day(entry.firstDay), "to": context.day(entry.lastDay)]),
            "way": context.text(entry.isAutomatic ? "waitlist.way.automatic" : "waitlist.way.asked"),
            "isLive": entry.state.isLive, "leave": own.path + "/leave",
            "again": "/services/\(entry.service)/slots", "hasEnded": state == .left || state == .expired,
        ]
        if state == .waiting {
            view["ahead"] = context.text(
                "waitlist.ahead", count: try await desk.waitlist.ahead(of: entry, on: desk.pool))
        }
        view["appointment"] = try await desk.appointmentToken(of: entry).map { "/a/\($0)" }
        if let offer, let service {
            for child in Mirror(reflecting: HoldView(offer, token: own.token, at: desk.clock(), city, context)).children
            {
                if let label = child.label { view[label] = child.value }
            }
            view["hasOffer"] = true
            view["accept"] = own.path + "/accept"
            view["decline"] = own.path + "/decline"
            view["version"] = String(service.checklist.version)
            let items = service.checklist.items(for: entry.checklist.answers)
            view["items"] = items.map { ItemView($0, context) }
            view["hasItems"] = !items.isEmpty
        }
        return try site.pages.render(
            "booking-waiting", titleKey: "waitlist.title", view: view, context,
            scripts: ["hold-timer.js", "booking.js"])
    }

    private func accept(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let version = fields.int("version", 1...1_000_000)
        try fields.finish()
        // Sent twice: the first has done it.
        if own.entry.state == .taken { return Response.redirect(own.path) }
        guard let key = IdempotencyKey(text: "offer-" + (own.entry.offerHold ?? "none")) else { throw Problem.notFound }
        let once = desk.request("POST /w/{token}/accept", caller: own.token, key: key, body: own.token)
        return try await desk.accept(own.entry, checklistVersion: version, language: context.language, once: once) {
            _, token in
            StoredAnswer(redirect: "/a/\(token)?booked=1")
        }.response
    }
}
