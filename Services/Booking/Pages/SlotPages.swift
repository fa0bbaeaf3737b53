import Domain
import HTTPTypes
import Hummingbird
import Web

/// Choosing a time for a service and keeping it.
struct SlotPages {
    let desk: BookingDesk
    let site: Site

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.get, "/services/{service}/slots", access: .everyone, kind: .page) { request, context in
            try await desk.answering(context) {
                let id = try context.identifier("service", as: ServiceID.self)
                guard let service = desk.city.service(id) else { throw Problem.notFound }
                let answers = ChecklistAnswers(query: context, for: service.checklist)
                let (hall, date) = Self.choice(context)
                var response = try await chooser(service, answers, from: nil).page(hall: hall, date: date, context)
                DeviceToken(secrets: desk.secrets).greet(request, &response, publicURL: desk.publicURL)
                return response
            }
        }
        routes.add(.get, "/holds", access: .everyone, kind: .page) { _, _ in Response.redirect("/") }
        routes.add(.post, "/holds", access: .everyone, kind: .page) { request, context in
            var context = context
            let caller = Caller(request, &context, secrets: desk.secrets)
            return try await desk.answering(context) { [context] in
                do {
                    return try await hold(caller, context)
                } catch BookingError.challenged(let challenge) {
                    return try ChallengePage(site: site).response(challenge, context)
                }
            }
        }
    }

    /// The hall and the day of the address.
    static func choice(_ context: AppRequestContext) -> (HallID?, LocalDate?) {
        guard var fields = context.pageQuery() else { return (nil, nil) }
        return (
            fields.optionalIdentifier("hall", as: HallID.self), fields.optionalParsed("date", 10...10) { LocalDate($0) }
        )
    }

    private func chooser(_ service: Service, _ answers: ChecklistAnswers, from: String?) -> SlotChooser {
        let query = answers.query.isEmpty ? "" : "?" + answers.query
        return SlotChooser(
            desk: desk, site: site, service: service, answers: answers, path: "/services/\(service.id)/slots",
            action: "/holds",
            hidden: Self.hidden(service, answers, from: from, key: desk.secrets.randomToken()),
            back: "/services/\(service.id)" + query)
    }

    /// What every form that asks for a hold carries. The key makes a form that is sent twice take one place.
    static func hidden(_ service: Service, _ answers: ChecklistAnswers, from: String?, key: String) -> [HiddenField] {
        [
            HiddenField(name: "service", value: service.id.rawValue),
            HiddenField(name: "version", value: String(service.checklist.version)),
            HiddenField(name: "key", value: key),
        ] + (from.map { [HiddenField(name: "from", value: $0)] } ?? []) + answers.hidden
    }

    private func hold(_ caller: Caller, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.formFields()
        let id = fields.identifier("service", as: ServiceID.self)
        let version = fields.int("version", 1...1_000_000)
        let key = fields.parsed("key", 1...128, substitute: nil as IdempotencyKey?) { IdempotencyKey(text: $0) }
        let from = fields.optionalString("from", 22...22, pattern: .token)
        try fields.check()
        guard let service = desk.city.service(id), let key else { throw Problem.notFound }
        let answers = ChecklistAnswers(&fields, for: service.checklist)
        let slot = fields.optionalParsed("slot", 1...18) { SlotID($0) }
        try fields.finish()
        let chooser = chooser(service, answers, from: from)
        guard let slot else {
            return try await chooser.page(
                hall: nil, date: nil, context,
                refusal: .init(text: context.text("slots.required"), status: .unprocessableContent, alternatives: []))
        }
        try await desk.admit(.hold, caller)
        var draft = HoldDraft(checklist: AcceptedChecklist(version: version, answers: answers.answers))
        if let from, let old = try? await desk.hold(token: from),
            let kept = try? HoldDraft(sealed: old.draft, by: desk.secrets)
        {
            draft.name = kept.name
            draft.phone = kept.phone
            draft.provenPhone = kept.provenPhone
            draft.verification = kept.verification
            draft.verificationExpires = kept.verificationExpires
        }
        let once = desk.request("POST /holds", caller: "", key: key, body: String(buffer: context.body))
        do {
            return try await desk.hold(slot, once: once, draft: draft) { _, token, _ in
                StoredAnswer(redirect: "/holds/\(token)")
            }.response
        } catch let BookingError.slotFull(slot) {
            return try await refused(chooser, slot, "slots.gone", context)
        } catch let BookingError.slotClosed(slot) {
            return try await refused(chooser, slot, "slots.closed", context)
        } catch let BookingError.slotNotOpen(slot, opening) {
            let time = context.opening(opening, zone: desk.city.zone(of: slot.hall))
            return try await refused(chooser, slot, "slots.not-open", context, arguments: ["time": time])
        }
    }

    private func refused(
        _ chooser: SlotChooser, _ slot: Slot, _ key: String, _ context: AppRequestContext,
        arguments: [String: String] = [:]
    ) async throws -> Response {
        try await chooser.page(
            hall: slot.hall, date: LocalMoment(slot.start, zone: desk.city.zone(of: slot.hall)).date, context,
            refusal: .init(
                text: context.text(key, arguments), status: .conflict,
                alternatives: try await desk.alternatives(to: slot)))
    }
}
