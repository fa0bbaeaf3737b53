import Domain
import HTTPTypes
import Hummingbird
import Web

extension BallotPages {
    /// What was sent, and what is wrong with it.
    struct Refused: Sendable {
        var wishes: [BallotForm.Entered]
        var name: String
        var phone: String
        var identity: HoldPages.EnteredIdentity
        var nameError: String?
        var phoneError: String?
        var wishError: String?
        var status: HTTPResponse.Status = .unprocessableContent

        var isRefused: Bool { nameError != nil || phoneError != nil || wishError != nil || identity.isRefused }
    }

    /// The round that takes entries now, else the one after the last whose deadline has passed.
    private func round(of service: Service) async throws -> BallotRound? {
        let rounds = try await ballots.rounds(of: service.id)
        return rounds.last { $0.takesEntries(at: desk.clock()) } ?? rounds.first
    }

    func form(
        _ service: Service, _ answers: ChecklistAnswers, _ refused: Refused?, _ context: AppRequestContext
    ) async throws -> Response {
        let round = try await round(of: service)
        let isOpen = round?.takesEntries(at: desk.clock()) ?? false
        var view: [String: Any] = round.map { facts(of: $0.record, context) } ?? [:]
        view["heading"] = context.text("ballot.heading")
        view["serviceName"] = service.name.text(context.language)
        view["hasRound"] = round != nil
        view["isOpen"] = isOpen
        view["action"] = "/services/\(service.id)/ballot"
        view["back"] = "/services/\(service.id)" + (answers.query.isEmpty ? "" : "?" + answers.query)
        view["hidden"] =
            [HiddenField(name: "version", value: String(service.checklist.version))] + answers.hidden
        if let round, isOpen {
            let (halls, dates) = ballots.days(of: round)
            let count = service.release?.ballot?.preferences ?? 1
            view["wishes"] = BallotForm.view(
                refused?.wishes ?? [BallotForm.Entered](repeating: .init(), count: count), halls: halls, dates: dates,
                context)
        }
        var errors: [ErrorView] = []
        if let text = refused?.wishError { errors.append(ErrorView(text: text, field: "hall1")) }
        if let text = refused?.nameError { errors.append(ErrorView(text: text, field: "name")) }
        if let text = refused?.phoneError { errors.append(ErrorView(text: text, field: "phone")) }
        if let text = refused?.identity.kindError { errors.append(ErrorView(text: text, field: "identityKind")) }
        if let text = refused?.identity.numberError { errors.append(ErrorView(text: text, field: "identityNumber")) }
        view["errors"] = errors
        view["hasErrors"] = !errors.isEmpty
        view["name"] = refused?.name ?? ""
        view["phone"] = refused?.phone ?? ""
        view["nameError"] = refused?.nameError
        view["phoneError"] = refused?.phoneError
        IdentityForm(rule: service.identity, known: nil, today: desk.today).show(refused?.identity, in: &view, context)
        return try site.pages.render(
            "booking-ballot", titleKey: "ballot.title", view: view, context, status: refused?.status ?? .ok)
    }

    /// Keeps what was entered and sends the code that makes it count.
    func enter(_ service: Service, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let version = fields.int("version", 1...1_000_000)
        try fields.check()
        let answers = ChecklistAnswers(&fields, for: service.checklist)
        let enteredName = fields.optionalString("name", 0...200) ?? ""
        let enteredPhone = fields.optionalString("phone", 0...60) ?? ""
        let identity = IdentityForm(rule: service.identity, known: nil, today: desk.today).read(&fields, context)
        let wishes = BallotForm.read(&fields, count: service.release?.ballot?.preferences ?? 1)
        fields.rejectUnknown()
        guard let round = try await round(of: service), round.takesEntries(at: desk.clock()) else {
            return Response.redirect("/services/\(service.id)/ballot")
        }
        var refused = Refused(wishes: wishes, name: enteredName, phone: enteredPhone, identity: identity)
        let preferences = wishes.compactMap(\.preference)
        if wishes.contains(where: \.isHalf) || !ballots.areSound(preferences, for: round) {
            refused.wishError = context.text("ballot.error.wishes")
        }
        let name = PersonName(enteredName)
        let phone = PhoneNumber(enteredPhone)
        if name == nil { refused.nameError = context.text("details.name.error") }
        if phone == nil { refused.phoneError = context.text("details.phone.error") }
        guard let name, let phone, !refused.isRefused else { return try await form(service, answers, refused, context) }
        var draft = HoldDraft(checklist: AcceptedChecklist(version: version, answers: answers.answers))
        draft.name = name.text
        draft.phone = phone.national
        draft.identity = identity.document
        do {
            try await sendCode(to: phone, &draft, context)
        } catch BookingError.tooManyVerifications(let seconds) {
            refused.phoneError = context.text("code.error.wait", count: seconds)
            refused.status = .tooManyRequests
            return try await form(service, answers, refused, context)
        }
        let token = try await ballots.keepDraft(
            BallotDesk.Wish(round: round, draft: draft, preferences: preferences, language: context.language))
        return Response.redirect("/b/\(token)/code")
    }

    private func sendCode(to phone: PhoneNumber, _ draft: inout HoldDraft, _ context: AppRequestContext) async throws {
        let answer = try await desk.contact.request(phone, language: context.language) { verification in
            StoredAnswer(status: 201, headers: ["id": verification.id, "expires": verification.expires.rfc3339()])
        }
        draft.verification = answer.headers["id"]
        draft.verificationExpires = answer.headers["expires"].flatMap { Timestamp(rfc3339: $0) }
    }

    func code(
        _ own: Own, _ context: AppRequestContext, error: String?, entered: String = "",
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        guard own.ticket.state == .draft, let phone = own.draft?.phone.flatMap({ PhoneNumber($0) }) else {
            return Response.redirect(own.path)
        }
        let errors = error.map { [ErrorView(text: $0, field: "code")] } ?? []
        var view: [String: Any] = [
            "isBallot": true, "serviceName": serviceName(own.ticket.round.service, context), "errors": errors,
            "hasErrors": !errors.isEmpty,
            "sent": context.text("code.sent", count: ContactProof.minutesValid, ["phone": phone.masked]),
            "code": entered, "isDemo": isDemo, "action": own.path + "/code",
            "resend": own.path + "/resend", "back": "/services/\(own.ticket.round.service)/ballot",
        ]
        view["codeError"] = error
        return try site.pages.render(
            "booking-code", titleKey: "code.title", view: view, context, status: status, scripts: ["booking.js"])
    }

    func enterCode(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let entered = fields.optionalString("code", 0...40) ?? ""
        try fields.finish()
        guard own.ticket.state == .draft, var draft = own.draft, let verification = draft.verification else {
            return Response.redirect(own.path)
        }
        guard let digits = SixDigits(entered) else {
            return try code(
                own, context, error: context.text("code.error.format"), entered: entered, status: .unprocessableContent)
        }
        do {
            draft.provenPhone = try await desk.contact.confirm(verification, code: digits.text).national
            try await ballots.enter(own.ticket, draft: draft, token: own.token)
            return Response.redirect(own.path)
        } catch BookingError.codeWrong(let left) {
            let text = left > 0 ? context.text("code.error.wrong", count: left) : context.text("code.error.ended")
            return try code(own, context, error: text, entered: entered, status: .forbidden)
        } catch let error as BookingError where error == .verificationEnded || error == .verificationUnknown {
            return try code(own, context, error: context.text("code.error.ended"), status: .gone)
        } catch BookingError.alreadyEntered {
            return try code(own, context, error: context.text("ballot.error.entered"), status: .conflict)
        } catch BookingError.alreadyBooked {
            return try code(own, context, error: context.text("ballot.error.booked"), status: .conflict)
        }
    }

    func resend(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        guard own.ticket.state == .draft, var draft = own.draft, let phone = draft.phone.flatMap({ PhoneNumber($0) })
        else { return Response.redirect(own.path) }
        do {
            try await sendCode(to: phone, &draft, context)
        } catch BookingError.tooManyVerifications(let seconds) {
            return try code(
                own, context, error: context.text("code.error.wait", count: seconds), status: .tooManyRequests)
        }
        try await ballots.save(draft, of: own.ticket, token: own.token)
        return Response.redirect(own.path + "/code")
    }
}
