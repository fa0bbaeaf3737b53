import Domain
import HTTPTypes
import Hummingbird
import Web

extension HoldPages {
    struct DetailsErrors {
        var name: String?
        var phone: String?
        var other: String?
        var identity: EnteredIdentity?
        var status: HTTPResponse.Status = .unprocessableContent
        var enteredName: String
        var enteredPhone: String
    }

    func details(
        _ step: Step, _ context: AppRequestContext, _ errors: DetailsErrors?
    ) throws -> Response {
        var list: [ErrorView] = []
        if let text = errors?.name { list.append(ErrorView(text: text, field: "name")) }
        if let text = errors?.phone { list.append(ErrorView(text: text, field: "phone")) }
        if let text = errors?.other { list.append(ErrorView(text: text, field: "phone")) }
        if let text = errors?.identity?.kindError { list.append(ErrorView(text: text, field: "identityKind")) }
        if let text = errors?.identity?.numberError { list.append(ErrorView(text: text, field: "identityNumber")) }
        var view = view(step, context, errors: list)
        show(errors?.identity, of: step.service, known: step.draft.identity, in: &view, context)
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

    func enterDetails(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let enteredName = fields.optionalString("name", 0...200) ?? ""
        let enteredPhone = fields.optionalString("phone", 0...60) ?? ""
        let identity = enteredIdentity(&fields, step.service, known: step.draft.identity, context)
        fields.rejectUnknown()
        var errors = DetailsErrors(identity: identity, enteredName: enteredName, enteredPhone: enteredPhone)
        let name = PersonName(enteredName)
        let phone = PhoneNumber(enteredPhone)
        if name == nil { errors.name = context.text("details.name.error") }
        if phone == nil { errors.phone = context.text("details.phone.error") }
        guard let name, let phone, !identity.isRefused else { return try details(step, context, errors) }

        var next = step
        next.draft.name = name.text
        next.draft.identity = identity.document
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
                errors.other = context.text("code.error.wait", count: seconds)
                errors.status = .tooManyRequests
                return try details(step, context, errors)
            }
        }
        try await save(next)
        return Response.redirect(step.path + "/code")
    }

    func sendCode(to phone: PhoneNumber, _ step: inout Step, _ context: AppRequestContext) async throws {
        try await desk.admit(.code, step.caller)
        let answer = try await desk.contact.request(phone, language: context.language) { verification in
            StoredAnswer(status: 201, headers: ["id": verification.id, "expires": verification.expires.rfc3339()])
        }
        step.draft.verification = answer.headers["id"]
        step.draft.verificationExpires = answer.headers["expires"].flatMap { Timestamp(rfc3339: $0) }
    }
}
