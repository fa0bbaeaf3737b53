import Domain
import Hummingbird
import Web

extension HoldPages {
    func check(_ step: Step, _ context: AppRequestContext) throws -> Response {
        guard !step.lacksIdentity, let name = step.draft.name, let phone = step.draft.phone.flatMap({ PhoneNumber($0) })
        else {
            return Response.redirect(step.path)
        }
        guard step.draft.isProven else { return Response.redirect(step.path + "/code") }
        let answers = ChecklistAnswers(answers: step.draft.checklist.answers)
        var view = view(step, context, errors: [])
        view["name"] = name
        view["phone"] = phone.masked
        view["identity"] = step.draft.identity.map { context.masked($0) }
        view["items"] = step.service.checklist.items(for: answers.answers).map { ItemView($0, context) }
        view["hasItems"] = !step.service.checklist.items(for: answers.answers).isEmpty
        view["changeTime"] = slotsPath(step)
        view["changeDetails"] = step.path
        view["changeChecklist"] = "/services/\(step.service.id)" + (answers.query.isEmpty ? "" : "?" + answers.query)
        view["action"] = step.path + "/check"
        view["key"] = "hold-" + step.hold.id
        return try site.pages.render(
            "booking-check", titleKey: "check.title", view: view, context, scripts: ["hold-timer.js", "booking.js"])
    }

    func book(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        guard let name = step.draft.name.flatMap({ PersonName($0) }), step.draft.isProven, !step.lacksIdentity,
            let phone = step.draft.phone.flatMap({ PhoneNumber($0) }),
            // One hold makes one appointment, however often and from however many windows the form is sent.
            let key = IdempotencyKey(text: "hold-" + step.hold.id)
        else { return Response.redirect(step.path) }
        try await desk.admit(.booking, step.caller, phone: phone)
        let once = desk.request("POST /holds/{token}/check", caller: phone.e164, key: key, body: step.token)
        do {
            return try await desk.book(
                .hold(tokenHash: Secrets.sha256Hex(step.token)), name: name, phone: phone,
                identity: step.draft.identity, checklist: step.draft.checklist, language: context.language,
                channel: .online, once: once
            ) { _, token in
                StoredAnswer(redirect: "/a/\(token)?booked=1")
            }.response
        } catch let error as BookingError {
            if case .holdEnded(_) = error { throw error }
            var problem = try await desk.problem(error, context)
            problem.wayOut = "/services/\(step.service.id)"
            throw problem
        }
    }
}
