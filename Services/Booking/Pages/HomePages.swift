import Domain
import Hummingbird
import Web

/// Finding a service: the start page and the search.
struct HomePages {
    let desk: BookingDesk
    let site: Site
    /// Services shown on the start page, and on a page of results.
    private static let shown = 8
    private static let perPage = 20

    func add(to routes: RouteTable) {
        routes.add(.get, "/", access: .everyone, kind: .page) { _, context in try home(context) }
        routes.add(.get, "/search", access: .everyone, kind: .page) { _, context in try search(context) }
    }

    private struct HomeView: Sendable {
        let audiences: [LinkView]
        let lifeEvents: [LinkView]
        let services: [ServiceLinkView]
        let hasLifeEvents: Bool
        let hasServices: Bool
    }

    private func home(_ context: AppRequestContext) throws -> Response {
        let catalogue = desk.city.catalogue
        let services = catalogue.orderedServices.prefix(Self.shown).map { ServiceLinkView($0, context.language) }
        let view = HomeView(
            audiences: Audience.allCases.map {
                LinkView(name: context.text("audience.\($0.rawValue)"), link: "/search?audience=\($0.rawValue)")
            },
            lifeEvents: catalogue.lifeEvents.map {
                LinkView(name: $0.name.text(context.language), link: "/search?event=\($0.id)")
            },
            services: services, hasLifeEvents: !catalogue.lifeEvents.isEmpty, hasServices: !services.isEmpty)
        return try site.pages.render("booking-home", titleKey: "home.title", view: view, context)
    }

    private struct SearchView: Sendable {
        let heading: String
        let query: String
        let count: String
        let services: [ServiceLinkView]
        let hasServices: Bool
        let next: String?
    }

    private func search(_ context: AppRequestContext) throws -> Response {
        var fields = context.pageQuery()
        let query = fields?.optionalString("q", 1...60)
        let audience = fields?.optionalChoice("audience", of: Audience.self)
        let event = fields?.optionalString("event", 1...40, pattern: .slug)
        let after = fields?.optionalIdentifier("after", as: ServiceID.self)
        let city = desk.city
        let found = ServiceListing(city: city, query: query, audience: audience, lifeEvent: event)
        let (page, hasMore) = found.page(after: after, limit: Self.perPage)
        let heading =
            city.catalogue.lifeEvents.first { $0.id == event }?.name.text(context.language)
            ?? audience.map { context.text("audience.\($0.rawValue)") } ?? context.text("search.heading")
        var next: String?
        if hasMore, let last = page.last {
            var link = "/search?after=\(last.id)"
            if let query { link += "&q=" + LocalPath.queryEncoded(query) }
            if let audience { link += "&audience=\(audience.rawValue)" }
            if let event { link += "&event=\(event)" }
            next = link
        }
        let view = SearchView(
            heading: heading, query: query ?? "",
            count: context.text("search.count", ["count": String(found.services.count)]),
            services: page.map { ServiceLinkView($0, context.language) }, hasServices: !page.isEmpty, next: next)
        return try site.pages.render("booking-search", titleKey: "search.title", view: view, context)
    }
}
