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
        try await liveRoutes.ready()
        guard let status = try await finder.status(of: Secrets.sha256Hex(token)) else { throw Problem.notFound }
        let view = TicketView(
            status, token: token, directory: directory.directory ?? .empty, isLive: await live.isLive, now: now(),
            context)
        let title = [status.number, context.text("ticket.\(status.state.rawValue).title")].compactMap { $0 }
        return try site.pages.render(
            "ticket", title: title.joined(separator: " · "), view: view, context, scripts: ["live.js"],
            refreshSeconds: 15)
    }
}
