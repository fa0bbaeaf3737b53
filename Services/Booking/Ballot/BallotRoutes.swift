import Domain
import HTTPTypes
import Hummingbird
import Web

/// Ballots, for programs.
struct BallotRoutes {
    let ballots: BallotDesk

    func add(to routes: RouteTable) {
        let ballots = ballots
        let desk = ballots.desk
        routes.add(.get, "/api/v1/ballots", access: .everyone, kind: .api) { _, context in
            try await desk.answering(context) {
                var fields = try context.queryFields()
                let service = fields.identifier("service", as: ServiceID.self)
                try fields.finish()
                guard desk.city.service(service) != nil else { throw Problem.notFound }
                return try Response.json(
                    ItemsDocument(items: try await ballots.rounds(of: service).map(\.record)))
            }
        }
        routes.add(.get, "/api/v1/ballots/{round}", access: .everyone, kind: .api) { _, context in
            try await desk.answering(context) {
                try Response.json(try await ballots.record(try context.parameter("round")))
            }
        }
        routes.add(.post, "/api/v1/ballots/{round}/entries", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await enter(request, context) }
        }
        routes.add(.get, "/api/v1/ballot-entries/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let ticket = try await ballots.ticket(token: token)
                guard ticket.state != .draft else { throw Problem.notFound }
                return try Response.json(BallotTicketDocument(ticket, token: token))
            }
        }
        routes.add(.delete, "/api/v1/ballot-entries/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                try await ballots.leave(try await ballots.ticket(token: try context.parameter("token")))
                return Response(status: .noContent)
            }
        }
    }

    private func enter(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let desk = ballots.desk
        guard let bearer = request.bearerToken else { throw BookingError.contactTokenInvalid }
        let phone = try ContactToken(secrets: desk.secrets).phone(of: bearer, at: desk.clock())
        let key = try IdempotencyKey(request)
        let round = try await ballots.round(try context.parameter("round"))
        var fields = try context.jsonFields()
        let name = fields.parsed("name", 1...60, substitute: nil as PersonName?) { PersonName($0) }
        let identity = fields.identity("identity", on: desk.today)
        let checklist = fields.object("checklist") { fields in
            AcceptedChecklist(
                version: fields.int("version", 1...1_000_000),
                answers: fields.dictionary("answers", 0...20, each: 1...40, pattern: .slug))
        }
        let texts = fields.strings("preferences", 1...10, each: 1...80)
        let preferences = texts.compactMap { BallotPreference($0) }
        if fields.errors.isEmpty, preferences.count != texts.count || !ballots.areSound(preferences, for: round) {
            fields.fail("preferences", "field.preferences")
        }
        try fields.finish()
        guard let name, let checklist else { throw Problem.malformedBody }
        var draft = HoldDraft(checklist: checklist)
        draft.name = name.text
        draft.phone = phone.national
        draft.provenPhone = phone.national
        draft.identity = identity
        let once = desk.request(
            "POST /api/v1/ballots/{round}/entries", caller: phone.e164 + round.id, key: key,
            body: String(buffer: context.body))
        return try await ballots.enter(
            BallotDesk.Wish(round: round, draft: draft, preferences: preferences, language: context.language),
            once: once
        ) { ticket, token in
            try StoredAnswer(
                json: BallotTicketDocument(ticket, token: token), status: .created,
                headers: ["Location": "/api/v1/ballot-entries/\(token)"])
        }.response
    }
}

/// An entry as its person sees it.
struct BallotTicketDocument: Encodable, Sendable {
    let token: String
    let round: String
    let number: Int?
    /// What the list that is drawn from must hold for the number.
    let receipt: String?
    let state: String
    let preferences: [BallotPreference]
    let rank: Int?
    let slot: String?

    init(_ ticket: BallotTicket, token: String) {
        self.token = token
        round = ticket.round.id
        number = ticket.number
        receipt = ticket.receipt
        state = ticket.state.rawValue
        preferences = ticket.preferences
        rank = ticket.rank
        slot = ticket.slot?.description
    }
}
