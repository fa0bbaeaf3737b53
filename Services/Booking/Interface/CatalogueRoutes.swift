import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Web

/// Services and halls, for programs.
struct CatalogueRoutes {
    let desk: BookingDesk

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.get, "/api/v1/services", access: .everyone, kind: .api) { _, context in
            try Self.services(desk.city, context)
        }
        routes.add(.get, "/api/v1/services/{service}", access: .everyone, kind: .api) { _, context in
            let id = try context.identifier("service", as: ServiceID.self)
            guard let service = desk.city.service(id) else { throw Problem.notFound }
            return try Response.json(ServiceDocument(service, desk.city))
        }
        routes.add(.get, "/api/v1/halls", access: .everyone, kind: .api) { _, context in
            var fields = try context.queryFields()
            let service = fields.optionalIdentifier("service", as: ServiceID.self)
            try fields.finish()
            let halls = desk.city.catalogue.orderedHalls.filter { hall in service.map { hall.offers[$0] != nil } ?? true
            }
            return try Response.json(ItemsDocument(items: halls.map { HallDocument($0) }))
        }
        routes.add(.get, "/api/v1/halls/{hall}", access: .everyone, kind: .api) { _, context in
            let id = try context.identifier("hall", as: HallID.self)
            guard let hall = desk.city.hall(id) else { throw Problem.notFound }
            return try Response.json(HallDocument(hall))
        }
    }

    private static func services(_ city: City, _ context: AppRequestContext) throws -> Response {
        var fields = try context.queryFields()
        let query = fields.optionalString("q", 1...60)
        let audience = fields.optionalChoice("audience", of: Audience.self)
        let lifeEvent = fields.optionalString("lifeEvent", 1...40, pattern: .slug)
        let limit = fields.optionalInt("limit", 1...100) ?? 20
        let after = fields.optionalIdentifier("after", as: ServiceID.self)
        try fields.finish()
        let found = ServiceListing(city: city, query: query, audience: audience, lifeEvent: lifeEvent)
        let (page, hasMore) = found.page(after: after, limit: limit)
        var headers: HTTPFields = [:]
        if hasMore, let last = page.last {
            var link = "</api/v1/services?limit=\(limit)&after=\(last.id)"
            if let query { link += "&q=" + LocalPath.queryEncoded(query) }
            if let audience { link += "&audience=" + audience.rawValue }
            if let lifeEvent { link += "&lifeEvent=" + lifeEvent }
            headers[HTTPField.Name("Link") ?? .location] = link + ">; rel=\"next\""
        }
        return try Response.json(ItemsDocument(items: page.map { ServiceSummaryDocument($0) }), headers: headers)
    }
}

/// Services that fit what a person asks for: by relevance when words are given, else by identifier.
struct ServiceListing {
    let services: [Service]
    private let isRanked: Bool

    init(city: City, query: String?, audience: Audience?, lifeEvent: String?) {
        isRanked = query != nil
        let all: [Service] =
            if let query {
                city.search.find(query, audience: audience, limit: city.catalogue.services.count)
                    .compactMap { city.service($0) }
            } else {
                city.catalogue.services.values.sorted { $0.id < $1.id }
            }
        services = all.filter { service in
            (audience.map { service.audience.contains($0) } ?? true)
                && (lifeEvent.map { service.lifeEvents.contains($0) } ?? true)
        }
    }

    /// The services after one, at most `limit`, and whether there are more.
    func page(after: ServiceID?, limit: Int) -> (page: [Service], hasMore: Bool) {
        let rest: ArraySlice<Service>
        if let after {
            if let index = services.firstIndex(where: { $0.id == after }) {
                rest = services[(index + 1)...]
            } else {
                // The one that the page before ended with is gone; a list by identifier goes on all the same.
                rest = isRanked ? [] : services.drop { $0.id <= after }
            }
        } else {
            rest = services[...]
        }
        return (Array(rest.prefix(limit)), rest.count > limit)
    }
}
