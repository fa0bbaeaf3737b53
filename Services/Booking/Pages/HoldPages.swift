import Domain
import HTTPTypes
import Hummingbird
import Web

/// The steps from a held place to a booking: details, code, check.
struct HoldPages {
    let desk: BookingDesk
    let site: Site
    let isDemo: Bool

    func add(to routes: RouteTable) {
        step(routes, .get, "/holds/{token}") { try details($0, $1, nil) }
        step(routes, .post, "/holds/{token}") { try await enterDetails($0, $1) }
        step(routes, .get, "/holds/{token}/code") { try code($0, $1, error: nil) }
        step(routes, .post, "/holds/{token}/code") { try await enterCode($0, $1) }
        step(routes, .get, "/holds/{token}/resend") { step, _ in Response.redirect(step.path + "/code") }
        step(routes, .post, "/holds/{token}/resend") { try await resend($0, $1) }
        step(routes, .get, "/holds/{token}/check") { try check($0, $1) }
        step(routes, .post, "/holds/{token}/check") { try await book($0, $1) }
    }

    /// A good hold, and what has been entered.
    struct Step: Sendable {
        let token: String
        let hold: Hold
        var draft: HoldDraft
        let service: Service
        let caller: Caller
        var path: String { "/holds/\(token)" }
        /// Whether the service asks for another document than was given, or for one at all, or for none.
        var lacksIdentity: Bool { service.identity.refusal(of: draft.identity?.kind) != nil }
    }

    /// Declares a step. A hold that was used leads to its appointment; one that is over to the page that says so.
    func step(
        _ routes: RouteTable, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Step, AppRequestContext) async throws -> Response
    ) {
        let desk = desk
        routes.add(method, path, access: .link, kind: .page) { request, context in
            var context = context
            let caller = Caller(request, &context, secrets: desk.secrets)
            return try await desk.answering(context) { [context] in
                let token = try context.parameter("token")
                let hold = try await desk.hold(token: token)
                if let id = hold.appointment,
                    let appointment = try await desk.appointments.appointment(id: id, on: desk.pool)
                {
                    return Response.redirect(
                        "/a/" + (try desk.secrets.open(appointment.tokenSealed, for: "appointment-token")))
                }
                guard let service = desk.city.service(hold.slot.service) else { throw Problem.notFound }
                guard hold.isGood(at: desk.clock()) else { return try await expired(hold, token, service, context) }
                let draft =
                    try HoldDraft(sealed: hold.draft, by: desk.secrets)
                    ?? HoldDraft(checklist: AcceptedChecklist(version: service.checklist.version))
                do {
                    return try await handler(
                        Step(token: token, hold: hold, draft: draft, service: service, caller: caller), context)
                } catch BookingError.challenged(let challenge) {
                    return try ChallengePage(site: site).response(challenge, context)
                } catch BookingError.holdEnded(_) {
                    return try await expired(hold, token, service, context)
                }
            }
        }
    }

    func save(_ step: Step) async throws {
        let kept = try await desk.holds.keep(
            draft: try step.draft.sealed(by: desk.secrets), tokenHash: Secrets.sha256Hex(step.token), at: desk.clock(),
            on: desk.pool)
        guard kept else { throw BookingError.holdEnded(step.hold.slot) }
    }

    func slotsPath(_ step: Step) -> String {
        let slot = step.hold.slot
        let date = LocalMoment(slot.start, zone: desk.city.zone(of: slot.hall)).date
        let answers = ChecklistAnswers(answers: step.draft.checklist.answers).query
        return "/services/\(step.service.id)/slots?hall=\(slot.hall)&date=\(date)"
            + (answers.isEmpty ? "" : "&" + answers)
    }

    /// What every step shows: the held place, and the errors.
    func view(_ step: Step, _ context: AppRequestContext, errors: [ErrorView]) -> [String: Any] {
        let hold = HoldView(step.hold, token: step.token, at: desk.clock(), desk.city, context)
        var view: [String: Any] = ["errors": errors, "hasErrors": !errors.isEmpty]
        for child in Mirror(reflecting: hold).children {
            if let label = child.label { view[label] = child.value }
        }
        return view
    }

    func expired(
        _ hold: Hold, _ token: String, _ service: Service, _ context: AppRequestContext
    ) async throws -> Response {
        let city = desk.city
        let slot = hold.slot
        var near = try await desk.alternatives(to: slot)
        if let same = try await desk.slots.slot(slot.id, at: desk.clock(), on: desk.pool), same.free > 0,
            desk.isOpen(same), same.start >= city.earliestStart(in: same.hall, at: desk.clock())
        {
            near.insert(same, at: 0)
        }
        let draft = try? HoldDraft(sealed: hold.draft, by: desk.secrets)
        let answers = ChecklistAnswers(answers: draft?.checklist.answers ?? [:])
        let view: [String: Any] = [
            "explanation": context.text(
                "expired.explanation", ["time": context.time((slot.start, slot.end), zone: city.zone(of: slot.hall))]),
            "hasAlternatives": !near.isEmpty,
            "alternatives": near.map { SlotChooser.alternative($0, city, context) },
            "hidden": SlotPages.hidden(service, answers, from: token, key: desk.secrets.randomToken()),
            "again": "/services/\(service.id)/slots" + (answers.query.isEmpty ? "" : "?" + answers.query),
        ]
        return try site.pages.render("booking-expired", titleKey: "expired.title", view: view, context, status: .gone)
    }
}
