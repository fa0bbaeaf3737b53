import Domain
import HTTPTypes
import Hummingbird
import Web

extension WaitlistPages {
    private struct HallChoice: Sendable {
        let id: String
        let name: String
        let address: String
        let isChosen: Bool
    }

    /// What was sent, and what is wrong with it.
    private struct Entered {
        var halls: [HallID]
        var from: String
        var to: String
        var isAutomatic = false
        var name = ""
        var phone = ""
        var identity: HoldPages.EnteredIdentity?
        var answers = ChecklistAnswers(answers: [:])
        /// By the input's name.
        var errors: [(field: String, text: String)] = []
        var status = HTTPResponse.Status.ok
    }

    func showForm(_ service: Service, _ context: AppRequestContext) throws -> Response {
        let (hall, date) = SlotPages.choice(context)
        let halls = desk.city.catalogue.halls(offering: service.id)
        let chosen = halls.first { $0.id == hall } ?? halls.first
        let today = chosen.flatMap { desk.city.zone(of: $0.id)?.date(at: desk.clock()) } ?? desk.today
        // The day looked at; without one, from today on for as long as one may wait.
        let days = (service.waitlist ?? WaitlistRule()).maxDays
        return try form(
            service,
            Entered(
                halls: chosen.map { [$0.id] } ?? [], from: (date ?? today).description,
                to: (date ?? today.advanced(days: min(days, (chosen?.horizonDays ?? 0) + 1) - 1)).description,
                answers: ChecklistAnswers(query: context, for: service.checklist)), context)
    }

    private func form(_ service: Service, _ entered: Entered, _ context: AppRequestContext) throws -> Response {
        var view: [String: Any] = [
            "errors": entered.errors.map { ErrorView(text: $0.text, field: $0.field) },
            "hasErrors": !entered.errors.isEmpty, "serviceName": service.name.text(context.language),
            "explanation": context.text(
                "waitlist.explanation", count: (service.waitlist ?? WaitlistRule()).offerMinutes),
            "halls": desk.city.catalogue.halls(offering: service.id).map {
                HallChoice(
                    id: $0.id.rawValue, name: $0.name.text(context.language),
                    address: $0.address.text(context.language),
                    isChosen: entered.halls.contains($0.id))
            },
            "from": entered.from, "to": entered.to, "isAutomatic": entered.isAutomatic, "name": entered.name,
            "phone": entered.phone, "version": String(service.checklist.version), "hidden": entered.answers.hidden,
            "action": "/services/\(service.id)/waitlist",
            "back": "/services/\(service.id)/slots"
                + (entered.answers.query.isEmpty ? "" : "?" + entered.answers.query),
        ]
        for (field, text) in entered.errors { view[field + "Error"] = text }
        steps.show(entered.identity, of: service, known: nil, in: &view, context)
        return try site.pages.render(
            "booking-waitlist", titleKey: "waitlist.form.title", view: view, context, status: entered.status,
            scripts: ["booking.js"])
    }

    func enter(_ service: Service, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let version = fields.int("version", 1...1_000_000)
        try fields.check()
        var entered = Entered(
            halls: fields.strings("hall", 0...20, each: 1...40, pattern: .slug).map { HallID($0) },
            from: fields.optionalString("from", 0...20) ?? "", to: fields.optionalString("to", 0...20) ?? "",
            isAutomatic: fields.bool("automatic"), name: fields.optionalString("name", 0...200) ?? "",
            phone: fields.optionalString("phone", 0...60) ?? "")
        let identity = steps.enteredIdentity(&fields, service, known: nil, context)
        entered.identity = identity
        entered.answers = ChecklistAnswers(&fields, for: service.checklist)
        fields.rejectUnknown()
        let name = PersonName(entered.name)
        let phone = PhoneNumber(entered.phone)
        let wish = wish(service, &entered, context)
        if name == nil { entered.errors.append(("name", context.text("details.name.error"))) }
        if phone == nil { entered.errors.append(("phone", context.text("details.phone.error"))) }
        if let text = identity.kindError { entered.errors.append(("identityKind", text)) }
        if let text = identity.numberError { entered.errors.append(("identityNumber", text)) }
        entered.status = .unprocessableContent
        guard entered.errors.isEmpty, let wish, let name, let phone else { return try form(service, entered, context) }
        do {
            let sent = try await desk.contact.request(phone, language: context.language) {
                StoredAnswer(status: 201, headers: ["id": $0.id])
            }
            let draft = WaitlistDraft(
                wish: wish, name: name, phone: phone, identity: identity.document,
                checklist: AcceptedChecklist(version: version, answers: entered.answers.answers),
                verification: sent.headers["id"] ?? "")
            return try code(service, draft, context, error: nil)
        } catch BookingError.tooManyVerifications(let seconds) {
            entered.errors.append(("phone", context.text("code.error.wait", count: seconds)))
            entered.status = .tooManyRequests
            return try form(service, entered, context)
        }
    }

    /// What the person waits for; `nil` and a text where one cannot.
    private func wish(
        _ service: Service, _ entered: inout Entered, _ context: AppRequestContext
    ) -> WaitlistWish? {
        guard let from = LocalDate(entered.from), let to = LocalDate(entered.to) else {
            entered.errors.append((LocalDate(entered.from) == nil ? "from" : "to", context.text("field.date")))
            return nil
        }
        let wish = WaitlistWish(
            service: service.id, halls: entered.halls, firstDay: from, lastDay: to, isAutomatic: entered.isAutomatic)
        switch wish.refusal(in: desk.city, at: desk.clock()) {
        case nil: return wish
        case .waitlistDays(let limit)?:
            entered.errors.append(("to", context.text("field.waitlist.days", ["days": String(limit)])))
        default: entered.errors.append(("halls", context.text("field.waitlist.halls")))
        }
        return nil
    }

    private func code(
        _ service: Service, _ draft: WaitlistDraft, _ context: AppRequestContext, error: String?,
        entered: String = "", status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let view: [String: Any?] = [
            "errors": error.map { [ErrorView(text: $0, field: "code")] } ?? [], "hasErrors": error != nil,
            "sent": context.text(
                "code.sent", count: ContactProof.minutesValid, ["phone": PhoneNumber(draft.phone)?.masked ?? ""]),
            "code": entered, "codeError": error, "isDemo": steps.isDemo,
            "draft": try draft.sealed(by: desk.secrets), "action": "/services/\(service.id)/waitlist/code",
            "back": "/services/\(service.id)/waitlist",
        ]
        return try site.pages.render(
            "booking-waitlist-code", titleKey: "code.title", view: view.compactMapValues(\.self), context,
            status: status,
            scripts: ["booking.js"])
    }

    func enterCode(_ service: Service, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let sealed = fields.string("draft", 1...8000)
        let entered = fields.optionalString("code", 0...40) ?? ""
        try fields.finish()
        guard let draft = WaitlistDraft(sealed: sealed, by: desk.secrets), draft.wish.service == service.id,
            let name = PersonName(draft.name), let key = IdempotencyKey(text: "waitlist-" + draft.verification)
        else { throw Problem.malformedBody }
        guard let digits = SixDigits(entered) else {
            return try code(
                service, draft, context, error: context.text("code.error.format"), entered: entered,
                status: .unprocessableContent)
        }
        let phone: PhoneNumber
        do {
            phone = try await desk.contact.confirm(draft.verification, code: digits.text)
        } catch BookingError.codeWrong(let left) {
            let text = left > 0 ? context.text("code.error.wrong", count: left) : context.text("code.error.ended")
            return try code(service, draft, context, error: text, entered: entered, status: .forbidden)
        } catch let error as BookingError where error == .verificationEnded || error == .verificationUnknown {
            return try code(service, draft, context, error: context.text("code.error.ended"), status: .gone)
        }
        let once = desk.request("POST /services/{service}/waitlist/code", caller: phone.e164, key: key, body: sealed)
        do {
            return try await desk.join(
                draft.wish, name: name, phone: phone, identity: draft.identity, checklist: draft.checklist,
                language: context.language, once: once
            ) { _, token in StoredAnswer(redirect: "/w/\(token)?joined=1") }.response
        } catch let error as BookingError {
            var problem = try await desk.problem(error, context)
            problem.wayOut = "/services/\(service.id)"
            throw problem
        }
    }
}
