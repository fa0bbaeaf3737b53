import Domain
import HTTPTypes
import Hummingbird
import Web

/// The personal page of an appointment, and moving and cancelling from there.
struct AppointmentPages {
    let desk: BookingDesk
    let site: Site

    func add(to routes: RouteTable) {
        page(routes, .get, "/a/{token}") { try await show($0, $1) }
        page(routes, .post, "/a/{token}/accept") { own, _ in
            // Sent twice, or a change that is over: nothing is left to say.
            try await desk.acceptMove(of: own.appointment)
            return Response.redirect(own.path)
        }
        page(routes, .get, "/a/{token}/cancel") { try confirmCancel($0, $1) }
        page(routes, .post, "/a/{token}/cancel") { try await cancel($0, $1) }
        page(routes, .get, "/a/{token}/reschedule") { own, context in
            guard desk.city.mayChange(own.appointment, at: desk.clock()) else { return Response.redirect(own.path) }
            let (hall, date) = SlotPages.choice(context)
            return try await chooser(own)
                .page(hall: hall ?? own.appointment.hall, date: date, context)
        }
        page(routes, .post, "/a/{token}/reschedule") { try await reschedule($0, $1) }
    }

    struct Own: Sendable {
        let token: String
        let appointment: Appointment
        var path: String { "/a/\(token)" }
    }

    private func page(
        _ routes: RouteTable, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Own, AppRequestContext) async throws -> Response
    ) {
        let desk = desk
        routes.add(method, path, access: .link, kind: .page) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let own = Own(token: token, appointment: try await desk.appointment(token: token))
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

    private struct LivePart: Sendable {
        let name: String
        let text: String
        /// Until the first live message, and without JavaScript.
        let shown: Bool
    }

    private func show(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        let appointment = own.appointment
        let (name, phone) = try desk.person(of: appointment)
        var view = place(appointment, context)
        let items =
            desk.city.service(appointment.service)?.checklist.items(for: appointment.checklist.answers) ?? []
        let mayChange = desk.city.mayChange(appointment, at: desk.clock())
        let lead = desk.city.hall(appointment.hall)?.bookingRules.cancelLeadMinutes ?? 0
        view["isNew"] =
            (context.pageQuery().map { $0.names.contains("booked") } ?? false) && appointment.state == .booked
        view["isLive"] = appointment.state.isLive
        // Until the check-in the reference is what matters, then the turn.
        view["panelFirst"] = appointment.state.isLive && appointment.state != .booked
        view["panelAfterDetails"] = appointment.state == .booked
        view["minuteOne"] = context.text("live-panel.minutes", count: 1)
        view["minuteOther"] = context.text("live-panel.minutes", count: 2)
        view["state"] = context.text("appointment.state.\(appointment.state.rawValue)")
        view["reference"] = appointment.reference
        view["qr"] = try QRCode.svg("OT1:\(appointment.reference)", label: context.text("appointment.qr"))
        view["name"] = name.masked
        view["phone"] = phone.masked
        view["identity"] = try desk.identity(of: appointment).map { context.masked($0) }
        view["items"] = items.map { ItemView($0, context) }
        view["hasItems"] = !items.isEmpty
        view["mayChange"] = mayChange
        view["whyNot"] =
            appointment.state == .booked
            ? context.text("appointment.too-late", count: lead) : context.text("appointment.unchangeable")
        view["closure"] = try await desk.closureNews(of: appointment, path: own.path, context)
        view["cancelLink"] = own.path + "/cancel"
        view["rescheduleLink"] = own.path + "/reschedule"
        view["calendarLink"] = "/api/v1/appointments/\(own.token)/calendar.ics"
        view["stream"] = "/live/tickets/\(own.token)"
        view["ticketPage"] = "/t/\(own.token)"
        view["liveParts"] = [
            ("expected", "expected"), ("waiting", "waiting"), ("serving", "serving"), ("done", "done"),
            ("parked", "parked"), ("missed", "missed"), ("left withdrawn noShow", "over"),
        ].map { name, text in
            LivePart(
                name: name, text: context.text("live-panel.\(text)"),
                shown: name == "expected" && appointment.state == .booked)
        }
        return try site.pages.render(
            "booking-appointment", titleKey: "appointment.title", view: view, context,
            scripts: appointment.state.isLive ? ["live.js", "booking.js"] : [])
    }

    private func place(_ appointment: Appointment, _ context: AppRequestContext) -> [String: Any] {
        let city = desk.city
        let zone = city.zone(of: appointment.hall)
        return [
            "serviceName": city.service(appointment.service)?.name.text(context.language)
                ?? appointment.service.rawValue,
            "hallName": city.hall(appointment.hall)?.name.text(context.language) ?? appointment.hall.rawValue,
            "address": city.hall(appointment.hall)?.address.text(context.language) ?? "",
            "time": context.time((appointment.start, appointment.end), zone: zone),
            "timeMachine": LocalMoment(appointment.start, zone: zone).machine,
        ]
    }

    // MARK: Cancelling

    private func confirmCancel(_ own: Own, _ context: AppRequestContext) throws -> Response {
        guard desk.city.mayChange(own.appointment, at: desk.clock()) else { return Response.redirect(own.path) }
        var view = place(own.appointment, context)
        view["action"] = own.path + "/cancel"
        view["version"] = String(own.appointment.version)
        view["back"] = own.path
        return try site.pages.render("booking-cancel", titleKey: "cancel.title", view: view, context)
    }

    private func cancel(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let version = fields.int("version", 1...Int(Int32.max))
        try fields.finish()
        // Sent twice: the first has done it.
        if own.appointment.state != .cancelled { _ = try await desk.cancel(own.appointment, version: version) }
        return Response.redirect(own.path)
    }

    // MARK: Moving

    private func chooser(_ own: Own) throws -> SlotChooser {
        guard let service = desk.city.service(own.appointment.service) else { throw Problem.notFound }
        return SlotChooser(
            desk: desk, site: site, service: service, answers: ChecklistAnswers(answers: [:]),
            path: own.path + "/reschedule", action: own.path + "/reschedule",
            hidden: [HiddenField(name: "version", value: String(own.appointment.version))], back: own.path,
            moving: own.appointment)
    }

    private func reschedule(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let version = fields.int("version", 1...Int(Int32.max))
        let slot = fields.optionalParsed("slot", 1...18) { SlotID($0) }
        try fields.finish()
        guard let slot else {
            return try await chooser(own).page(
                hall: own.appointment.hall, date: nil, context,
                refusal: .init(text: context.text("slots.required"), status: .unprocessableContent, alternatives: []))
        }
        // Sent twice: the first has done it.
        if own.appointment.slot == slot { return Response.redirect(own.path) }
        do {
            _ = try await desk.reschedule(own.appointment, to: .slot(slot), version: version)
            return Response.redirect(own.path)
        } catch let BookingError.slotFull(slot) {
            return try await refused(own, slot, "slots.gone", context)
        } catch let BookingError.slotClosed(slot) {
            return try await refused(own, slot, "slots.closed", context)
        } catch let BookingError.slotNotOpen(slot, opening) {
            let time = context.opening(opening, zone: desk.city.zone(of: slot.hall))
            return try await refused(own, slot, "slots.not-open", context, arguments: ["time": time])
        }
    }

    private func refused(
        _ own: Own, _ slot: Slot, _ key: String, _ context: AppRequestContext,
        arguments: [String: String] = [:]
    ) async throws -> Response {
        try await chooser(own).page(
            hall: slot.hall, date: LocalMoment(slot.start, zone: desk.city.zone(of: slot.hall)).date, context,
            refusal: .init(
                text: context.text(key, arguments), status: .conflict,
                alternatives: try await desk.alternatives(to: slot)))
    }
}
