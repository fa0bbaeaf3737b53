import Domain
import HTTPTypes
import Hummingbird
import Web

/// Entering a ballot, the page of an entry, and what is published of a round.
struct BallotPages {
    let ballots: BallotDesk
    let site: Site
    let isDemo: Bool

    var desk: BookingDesk { ballots.desk }

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.get, "/services/{service}/ballot", access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) {
                let service = try service(context)
                let answers = ChecklistAnswers(query: context, for: service.checklist)
                return try await form(service, answers, nil, context)
            }
        }
        routes.add(.post, "/services/{service}/ballot", access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) { try await enter(try service(context), context) }
        }
        routes.add(.get, "/ballots/{round}", access: .everyone, kind: .page) { _, context in
            try await desk.answering(context) { try await round(context) }
        }
        entry(routes, .get, "/b/{token}") { try await show($0, $1) }
        entry(routes, .get, "/b/{token}/code") { try code($0, $1, error: nil) }
        entry(routes, .post, "/b/{token}/code") { try await enterCode($0, $1) }
        entry(routes, .post, "/b/{token}/resend") { try await resend($0, $1) }
        entry(routes, .post, "/b/{token}/leave") { own, context in
            try await ballots.leave(own.ticket)
            return Response.redirect(own.path)
        }
    }

    struct Own: Sendable {
        let token: String
        let ticket: BallotTicket
        let draft: HoldDraft?
        var path: String { "/b/\(token)" }
    }

    private func entry(
        _ routes: RouteTable, _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Own, AppRequestContext) async throws -> Response
    ) {
        let desk = desk
        routes.add(method, path, access: .link, kind: .page) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let ticket = try await ballots.ticket(token: token)
                let own = Own(token: token, ticket: ticket, draft: try ballots.draft(of: ticket))
                do {
                    return try await handler(own, context)
                } catch let error as BookingError {
                    var problem = try await desk.problem(error, context)
                    problem.wayOut = "/services/\(ticket.round.service)/ballot"
                    throw problem
                }
            }
        }
    }

    private func service(_ context: AppRequestContext) throws -> Service {
        let id = try context.identifier("service", as: ServiceID.self)
        guard let service = desk.city.service(id), service.release?.ballot != nil else { throw Problem.notFound }
        return service
    }

    func zone(of service: ServiceID) -> TimeZoneRules? {
        desk.city.catalogue.halls(offering: service).first.flatMap { desk.city.zone(of: $0.id) }
    }

    func serviceName(_ id: ServiceID, _ context: AppRequestContext) -> String {
        desk.city.service(id)?.name.text(context.language) ?? id.rawValue
    }

    /// What every page says of a round.
    func facts(of record: BallotRecord, _ context: AppRequestContext) -> [String: Any] {
        let zone = zone(of: record.service)
        let days = record.period
        return [
            "serviceName": serviceName(record.service, context),
            "period": days.first == days.last
                ? context.day(days.first) : "\(context.day(days.first)) – \(context.day(days.last))",
            "entryTime":
                "\(context.moment(record.opens, zone: zone)) – \(context.moment(record.closes, zone: zone))",
            "closes": context.moment(record.closes, zone: zone),
            "releases": context.moment(record.releases, zone: zone), "count": String(record.count),
            "roundLink": "/ballots/\(record.round)",
        ]
    }

    /// `城北大厅 12月7日 周一 上午`
    func text(of preference: BallotPreference, _ context: AppRequestContext) -> String {
        let hall = desk.city.hall(preference.hall)?.name.text(context.language) ?? preference.hall.rawValue
        let part = BallotForm.Part(preference.part).map { context.text("ballot.part.\($0.rawValue)") }
        return "\(hall) \(context.day(preference.date)) \(part ?? preference.part.description)"
    }
}
