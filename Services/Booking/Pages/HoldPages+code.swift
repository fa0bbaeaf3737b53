import Domain
import HTTPTypes
import Hummingbird
import Web

extension HoldPages {
    func code(
        _ step: Step, _ context: AppRequestContext, error: String?, entered: String = "",
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        guard let phone = step.draft.phone.flatMap({ PhoneNumber($0) }) else { return Response.redirect(step.path) }
        var view = view(step, context, errors: error.map { [ErrorView(text: $0, field: "code")] } ?? [])
        view["sent"] = context.text("code.sent", count: ContactProof.minutesValid, ["phone": phone.masked])
        view["code"] = entered
        view["codeError"] = error
        view["isDemo"] = isDemo
        view["action"] = step.path + "/code"
        view["resend"] = step.path + "/resend"
        view["back"] = step.path
        return try site.pages.render(
            "booking-code", titleKey: "code.title", view: view, context, status: status,
            scripts: ["hold-timer.js", "booking.js"])
    }

    func enterCode(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let entered = fields.optionalString("code", 0...40) ?? ""
        try fields.finish()
        guard let verification = step.draft.verification else { return Response.redirect(step.path) }
        guard let digits = SixDigits(entered) else {
            return try code(
                step, context, error: context.text("code.error.format"), entered: entered, status: .unprocessableContent
            )
        }
        do {
            let phone = try await desk.contact.confirm(verification, code: digits.text)
            var next = step
            next.draft.provenPhone = phone.national
            try await save(next)
            return Response.redirect(step.path + "/check")
        } catch BookingError.codeWrong(let left) {
            let text =
                left > 0 ? context.text("code.error.wrong", count: left) : context.text("code.error.ended")
            return try code(step, context, error: text, entered: entered, status: .forbidden)
        } catch let error as BookingError where error == .verificationEnded || error == .verificationUnknown {
            return try code(step, context, error: context.text("code.error.ended"), status: .gone)
        }
    }

    func resend(_ step: Step, _ context: AppRequestContext) async throws -> Response {
        guard let phone = step.draft.phone.flatMap({ PhoneNumber($0) }) else { return Response.redirect(step.path) }
        var next = step
        do {
            try await sendCode(to: phone, &next, context)
        } catch BookingError.tooManyVerifications(let seconds) {
            return try code(
                step, context, error: context.text("code.error.wait", count: seconds), status: .tooManyRequests)
        }
        try await save(next)
        return Response.redirect(step.path + "/code")
    }
}
