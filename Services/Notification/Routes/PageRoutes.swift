import Domain
import HTTPTypes
import Hummingbird
import Web

/// The pages: the screens of halls, the page of a ticket, the list of halls.
struct PageRoutes: Sendable {
    let site: Site
    let live: LiveHalls
    let directory: DirectoryKeeper
    let finder: TicketFinder
    let liveRoutes: LiveRoutes
    let now: @Sendable () -> Timestamp

    func add(to routes: RouteTable) {
        routes.add(.get, "/display/{hall}", access: .everyone, kind: .page) { _, context in
            try await display(context)
        }
        routes.add(.get, "/t/{token}", access: .link, kind: .page) { _, context in
            try await ticket(context)
        }
        routes.add(.get, "/live", access: .everyone, kind: .page) { _, context in
            try await liveRoutes.ready()
            let view = OverviewView(await liveRoutes.summaries(), context.language)
            return try site.pages.render(
                "overview", titleKey: "overview.title", view: view, context, scripts: ["live.js"], refreshSeconds: 30)
        }
        routes.add(.get, "/display-assets/**", access: .everyone, kind: .asset) { request, context in
            try site.assets.response(for: request, context)
        }
    }

    private func display(_ context: AppRequestContext) async throws -> Response {
        let hall = try directory.hall(try context.identifier("hall", as: HallID.self))
        try await liveRoutes.ready()
        let view = DisplayView(
            hall: hall, board: await live.board(hall), directory: directory.directory ?? .empty,
            isLive: await live.isLive,
            now: now(), texts: site.localisation)
        // The screen shows both languages and has nothing to operate, so it has a frame of its own.
        return .html(try site.pages.fragment("display", view: view, context))
    }

    private func ticket(_ context: AppRequestContext) async throws -> Response {
        let token = try context.parameter("token")
        var fields = try context.queryFields()
        let entered = fields.optionalString("away", 0...20) ?? ""
        let away = fields.optionalInt("away", SetOut.ways)
        let error = fields.errors.last.map { context.text($0.key, $0.arguments) }
        let status = try await liveRoutes.ticket(away: error == nil ? away : nil, context)
        let view = TicketView(
            status, token: token, directory: directory.directory ?? .empty, isLive: await live.isLive, now: now(),
            away: TicketView.Away(entered: entered, error: error), context)
        let title = [status.number, context.text("ticket.\(status.state.rawValue).title")].compactMap { $0 }
        return try site.pages.render(
            "ticket", title: title.joined(separator: " · "), view: view, context,
            status: error == nil ? .ok : .unprocessableContent, scripts: ["live.js"], refreshSeconds: 15)
    }
}
