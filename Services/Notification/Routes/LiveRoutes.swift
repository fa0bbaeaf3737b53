import Domain
import HTTPTypes
import Hummingbird
import Web

/// The streams of events and the API of live state.
struct LiveRoutes: Sendable {
    let site: Site
    let hub: SSEHub
    let live: LiveHalls
    let directory: DirectoryKeeper
    let finder: TicketFinder
    let openAPI: String
    let now: @Sendable () -> Timestamp

    func add(to routes: RouteTable) {
        routes.add(.get, "/live/halls", access: .everyone, kind: .sse) { request, context in
            try await ready()
            return try hub.response(topic: LiveTopic.halls, for: request, context) {
                await summaries().map { SSEMessage(event: "hall", data: LiveJSON.text($0.summary)) }
            }
        }
        routes.add(.get, "/live/halls/{hall}", access: .everyone, kind: .sse) { request, context in
            try await hall(request, context)
        }
        routes.add(.get, "/live/tickets/{token}", access: .link, kind: .sse) { request, context in
            try await ticket(request, context)
        }
        routes.add(.get, "/api/v1/live/halls", access: .everyone, kind: .api) { _, _ in
            try await ready()
            return try Response.json(HallList(items: await summaries().map(\.summary)))
        }
        routes.add(.get, "/api/v1/live/halls/{hall}", access: .everyone, kind: .api) { request, context in
            let hall = try directory.hall(try context.identifier("hall", as: HallID.self))
            try await ready()
            let text = LiveJSON.text(await live.board(hall))
            // The waits change with time alone, so the position is not enough.
            let tag = Secrets.sha256Hex(text).prefix(24)
            return Response.tagged(String(tag), for: request, headers: [.cacheControl: "no-cache"]) {
                .json(text: text)
            }
        }
        routes.add(.get, "/api/v1/live/tickets/{token}", access: .link, kind: .api) { _, context in
            var fields = try context.queryFields()
            let away = fields.optionalInt("away", SetOut.ways)
            try fields.finish()
            return try Response.json(try await ticket(away: away, context))
        }
        routes.add(.get, "/api/v1/live/openapi.json", access: .everyone, kind: .api) { _, _ in
            Response.json(text: openAPI)
        }
    }

    private struct HallList: Encodable, Sendable {
        let items: [HallSummary]
    }

    /// Waits until what is on the streams has been read once; shows the best there is when that takes long.
    func ready() async throws {
        guard directory.directory != nil else { throw Problem.unavailable(retryAfter: 1) }
        let deadline = ContinuousClock.now + .seconds(2)
        while await !live.hasCaughtUp, ContinuousClock.now < deadline {
            // Only in the first moments of a process: nothing signals to requests, so they look again.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The ticket that the link in the path leads to, with when to set out for who says how far away the person is [min].
    func ticket(away: Int?, _ context: AppRequestContext) async throws -> TicketStatus {
        try await ready()
        guard var status = try await finder.status(of: Secrets.sha256Hex(try context.parameter("token"))) else {
            throw Problem.notFound
        }
        if let away {
            let rules = directory.directory?.hall(status.hall)?.configuration.rules ?? QueueRules()
            status.tellWhenToSetOut(minutesAway: away, rules: rules, at: now())
        }
        return status
    }

    func summaries() async -> [(hall: CityDirectory.Hall, summary: HallSummary)] {
        var rows: [(CityDirectory.Hall, HallSummary)] = []
        for hall in directory.directory?.halls ?? [] {
            rows.append((hall, HallSummary(await live.board(hall))))
        }
        return rows
    }

    private func hall(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let hall = try directory.hall(try context.identifier("hall", as: HallID.self))
        try await ready()
        await live.noteReturn(to: hall.id, for: request)
        return try hub.response(topic: LiveTopic.hall(hall.id), for: request, context) {
            await live.snapshot(of: hall)
        }
    }

    private func ticket(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let follow = Secrets.sha256Hex(try context.parameter("token"))
        try await ready()
        guard try await finder.status(of: follow) != nil else { throw Problem.notFound }
        return try hub.response(topic: LiveTopic.ticket(follow), for: request, context) {
            guard let status = try await finder.status(of: follow) else { return [] }
            await live.follow(follow, status)
            return [await LiveJSON.status(live.isLive), SSEMessage(event: "ticket", data: LiveJSON.text(status))]
        }
    }
}

extension LiveHalls {
    /// See ``noteReturn(to:)``.
    fileprivate func noteReturn(to hall: HallID, for request: Request) {
        let isReturn =
            HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] } != nil
            || request.uri.queryParameters.get("lastEventID") != nil
        if isReturn { noteReturn(to: hall) }
    }
}
