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
        var path: String { "/holds/\(token)" }
    }

    /// Declares a step. A hold that was used leads to its appointment; one that is over to the page that says so.
    private func step(
        _ routes: RouteTable, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Step, AppRequestContext) async throws -> Response
    ) {
        let desk = desk
        routes.add(method, path, access: .link, kind: .page) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let hold = try await desk.hold(token: token)
                if let id = hold.appointment,
                    let appointment = try await desk.appointments.appointment(id: id, on: desk.pool)
                {
                    return Response.redirect("/a/" + (try desk.secrets.open(appointment.tokenSealed, for: "appointment-token")))
                }
                guard let service = desk.city.service(hold.slot.service) else { throw Problem.notFound }
                guard hold.isGood(at: desk.clock()) else { return try await expired(hold, token, service, context) }
                let draft =
                    try HoldDraft(sealed: hold.draft, by: desk.secrets)
                    ?? HoldDraft(checklist: AcceptedChecklist(version: service.checklist.version))
                do {
                    return try await handler(Step(token: token, hold: hold, draft: draft, service: service), context)
                } catch BookingError.holdEnded(_) {
                    return try await expired(hold, token, service, context)
                }
            }
        }
    }

    private func save(_ step: Step) async throws {
        let kept = try await desk.holds.keep(
            draft: try step.draft.sealed(by: desk.secrets), tokenHash: Secrets.sha256Hex(step.token), at: desk.clock(),
            on: desk.pool)
        guard kept else { throw BookingError.holdEnded(step.hold.slot) }
    }

    // MARK: Details

    private struct DetailsErrors {
        var name: String?
        var phone: String?
        var other: String?
        var status: HTTPResponse.Status = .unprocessableContent
        var enteredName: String
        var enteredPhone: String
    }

    private func details(
        _ step: Step, _ context: AppRequestContext, _ errors: DetailsErrors?
    ) throws -> Response {
        var list: [ErrorView] = []
        if let text = errors?.name { list.append(ErrorView(text: text, field: "name")) }
        if let text = errors?.phone { list.append(ErrorView(text: text, field: "phone")) }
        if let text = errors?.other { list.append(ErrorView(text: text, field: "phone")) }
        var view = view(step, context, errors: list)
        view["name"] = errors?.enteredName ?? step.draft.name ?? ""
        view["phone"] = errors?.enteredPhone ?? step.draft.phone ?? ""
        view["nameError"] = errors?.name
        view["phoneError"] = errors?.phone
        view["action"] = step.path
        view["back"] = slotsPath(step)
        return try site.pages.render(
            "booking-details", titleKey: "details.title", view: view, context, status: errors?.status ?? .ok,
            scripts: ["hold-timer.js", "booking.js"])
    }

    private func enterDetails(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let enteredName = fields.optionalString("name", 0...200) ?? ""
        let enteredPhone = fields.optionalString("phone", 0...60) ?? ""
        fields.rejectUnknown()
        var errors = DetailsErrors(enteredName: enteredName, enteredPhone: enteredPhone)
        let name = PersonName(enteredName)
        let phone = PhoneNumber(enteredPhone)
        if name == nil { errors.name = context.text("details.name.error") }
        if phone == nil { errors.phone = context.text("details.phone.error") }
        guard let name, let phone else { return try details(step, context, errors) }

        var next = step
        next.draft.name = name.text
        if next.draft.phone != phone.national {
            next.draft.phone = phone.national
            next.draft.verification = nil
        }
        if next.draft.isProven {
            try await save(next)
            return Response.redirect(step.path + "/check")
        }
        let isUnderWay =
            next.draft.verification != nil && next.draft.verificationExpires.map { desk.clock() < $0 } ?? false
        if !isUnderWay {
            do {
                try await sendCode(to: phone, &next, context)
            } catch BookingError.tooManyVerifications(let seconds) {
                errors.other = context.text("code.error.wait", ["seconds": String(seconds)])
                errors.status = .tooManyRequests
                return try details(step, context, errors)
            }
        }
        try await save(next)
        return Response.redirect(step.path + "/code")
    }

    private func sendCode(to phone: PhoneNumber, _ step: inout Step, _ context: AppRequestContext) async throws {
        let answer = try await desk.contact.request(phone, language: context.language) { verification in
            StoredAnswer(status: 201, headers: ["id": verification.id, "expires": verification.expires.rfc3339()])
        }
        step.draft.verification = answer.headers["id"]
        step.draft.verificationExpires = answer.headers["expires"].flatMap { Timestamp(rfc3339: $0) }
    }

    // MARK: Code

    private func code(
        _ step: Step, _ context: AppRequestContext, error: String?, entered: String = "",
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        guard let phone = step.draft.phone.flatMap({ PhoneNumber($0) }) else { return Response.redirect(step.path) }
        var view = view(step, context, errors: error.map { [ErrorView(text: $0, field: "code")] } ?? [])
        view["sent"] = context.text(
            "code.sent", ["phone": phone.masked, "minutes": String(ContactProof.minutesValid)])
        view["code"] = entered
        view["codeError"] = error
        view["isDemo"] = isDemo
        view["action"] = step.path + "/code"
        view["resend"] = step.path + "/resend"
        view["back"] = step.path
        return try site.pages.render(
            "booking-code", titleKey: "code.title", view: view, context, status: status, scripts: ["hold-timer.js", "booking.js"])
    }

    private func enterCode(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let entered = fields.optionalString("code", 0...40) ?? ""
        try fields.finish()
        guard let verification = step.draft.verification else { return Response.redirect(step.path) }
        guard let digits = SixDigits(entered) else {
            return try code(
                step, context, error: context.text("code.error.format"), entered: entered, status: .unprocessableContent)
        }
        do {
            let phone = try await desk.contact.confirm(verification, code: digits.text)
            var next = step
            next.draft.provenPhone = phone.national
            try await save(next)
            return Response.redirect(step.path + "/check")
        } catch BookingError.codeWrong(let left) {
            let text =
                left > 0 ? context.text("code.error.wrong", ["left": String(left)]) : context.text("code.error.ended")
            return try code(step, context, error: text, entered: entered, status: .forbidden)
        } catch let error as BookingError where error == .verificationEnded || error == .verificationUnknown {
            return try code(step, context, error: context.text("code.error.ended"), status: .gone)
        }
    }

    private func resend(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        guard let phone = step.draft.phone.flatMap({ PhoneNumber($0) }) else { return Response.redirect(step.path) }
        var next = step
        do {
            try await sendCode(to: phone, &next, context)
        } catch BookingError.tooManyVerifications(let seconds) {
            return try code(
                step, context, error: context.text("code.error.wait", ["seconds": String(seconds)]),
                status: .tooManyRequests)
        }
        try await save(next)
        return Response.redirect(step.path + "/code")
    }

    // MARK: Check and book

    private func check(_ step: Step, _ context: AppRequestContext) throws -> Response {
        guard let name = step.draft.name, let phone = step.draft.phone.flatMap({ PhoneNumber($0) }) else {
            return Response.redirect(step.path)
        }
        guard step.draft.isProven else { return Response.redirect(step.path + "/code") }
        let answers = ChecklistAnswers(answers: step.draft.checklist.answers)
        var view = view(step, context, errors: [])
        view["name"] = name
        view["phone"] = phone.masked
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

    private func book(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        guard let name = step.draft.name.flatMap({ PersonName($0) }), step.draft.isProven,
            let phone = step.draft.phone.flatMap({ PhoneNumber($0) }),
            // One hold makes one appointment, however often and from however many windows the form is sent.
            let key = IdempotencyKey(text: "hold-" + step.hold.id)
        else { return Response.redirect(step.path) }
        let once = desk.request("POST /holds/{token}/check", caller: phone.e164, key: key, body: step.token)
        do {
            return try await desk.book(
                .hold(tokenHash: Secrets.sha256Hex(step.token)), name: name, phone: phone,
                checklist: step.draft.checklist, language: context.language, channel: .online, once: once
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

    // MARK: Parts

    private func slotsPath(_ step: Step) -> String {
        let slot = step.hold.slot
        let date = LocalMoment(slot.start, zone: desk.city.zone(of: slot.hall)).date
        let answers = ChecklistAnswers(answers: step.draft.checklist.answers).query
        return "/services/\(step.service.id)/slots?hall=\(slot.hall)&date=\(date)" + (answers.isEmpty ? "" : "&" + answers)
    }

    /// What every step shows: the held place, and the errors.
    private func view(_ step: Step, _ context: AppRequestContext, errors: [ErrorView]) -> [String: Any] {
        let hold = HoldView(step.hold, token: step.token, at: desk.clock(), desk.city, context)
        var view: [String: Any] = ["errors": errors, "hasErrors": !errors.isEmpty]
        for child in Mirror(reflecting: hold).children {
            if let label = child.label { view[label] = child.value }
        }
        return view
    }

    private func expired(
        _ hold: Hold, _ token: String, _ service: Service, _ context: AppRequestContext
    ) async throws -> Response {
        let city = desk.city
        let slot = hold.slot
        var near = try await desk.alternatives(to: slot)
        if let same = try await desk.slots.slot(slot.id, at: desk.clock(), on: desk.pool), same.free > 0,
            same.start >= city.earliestStart(in: same.hall, at: desk.clock())
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

/// Six digits as people type them: spaces between them and full-width digits are fine.
struct SixDigits: Hashable, Sendable {
    let text: String

    init?(_ entered: String) {
        var digits = ""
        for scalar in entered.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: digits.append(String(scalar.value - 0xFF10))
            case 0x20, 0x3000, 0x2D: continue
            default: return nil
            }
        }
        guard digits.utf8.count == 6 else { return nil }
        text = digits
    }
}
