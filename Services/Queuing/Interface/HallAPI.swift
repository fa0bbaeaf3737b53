import Domain
import EventContracts
import HTTPTypes
import Hummingbird
import Messaging
import Web

/// Halls for programs: the state, the windows' commands, the log.
extension QueuingInterface {
    func addHallAPI(to routes: RouteTable) {
        routes.add(.get, "/api/v1/queue/halls/{hall}", access: .kioskOrStaff([]), kind: .api) { request, context in
            let hall = try hall(context)
            try noQuery(context)
            let reading = try await reading(hall.id, context)
            // Nothing in the answer changes without an event or an import.
            return Response.tagged(
                "\(reading.queue.position).\(catalogue.city.version)", for: request,
                headers: [.cacheControl: "private, no-cache"]
            ) { .json(text: QueueJSON.hall(reading).text) }
        }
        routes.add(
            .post, "/api/v1/queue/halls/{hall}/windows/{window}/commands", access: .staff([.clerk]), kind: .api
        ) { request, context in
            let hall = try hall(context)
            let window = try window(context, in: hall)
            let key = try IdempotencyKey(request)
            var fields = try context.jsonFields()
            let order = WindowOrder(reading: &fields)
            try fields.finish()
            let outcome = try await carryOut(order, at: window, in: hall, key: key, context) { decision in
                QueueJSON.window(window.id, after: decision).text
            }
            if !outcome.answer.isEmpty { return Response.json(text: outcome.answer) }
            let reading = try await reading(hall.id, context)
            return .json(text: QueueJSON.window(window.id, in: reading, position: reading.queue.position).text)
        }
        routes.add(.get, "/api/v1/queue/halls/{hall}/log", access: .staff([.operator]), kind: .api) { _, context in
            try await logPage(try hall(context), context)
        }
    }

    /// Refuses parameters that nobody reads.
    func noQuery(_ context: AppRequestContext) throws(Problem) {
        var fields = try context.queryFields()
        try fields.finish()
    }

    private func logPage(_ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.queryFields()
        let limit = fields.optionalInt("limit", 1...500) ?? 100
        let after = fields.optionalParsed("cursor", 2...13) { LogCursor.position(in: $0) } ?? 0
        try fields.finish()
        let events = try await log.read(streams.queue(hall.id), after: after, limit: limit + 1)
        let shown = events.prefix(limit)
        var headers: HTTPFields = [.cacheControl: "private, no-store"]
        var next: String?
        if events.count > limit, let last = shown.last {
            let cursor = LogCursor.text(after: last.position)
            next = cursor
            headers[.nextLink] = "</api/v1/queue/halls/\(hall.id)/log?cursor=\(cursor)&limit=\(limit)>; rel=\"next\""
        }
        return .json(text: QueueJSON.log(hall: hall.id, shown, next: next), headers: headers)
    }
}

/// Where a page of the log begins. Opaque to clients.
enum LogCursor {
    static func text(after position: Int64) -> String {
        "p" + String(position, radix: 36)
    }

    static func position(in text: String) -> Int64? {
        guard text.hasPrefix("p"), let position = Int64(text.dropFirst(), radix: 36), position >= 0,
            self.text(after: position) == text
        else { return nil }
        return position
    }
}

extension HTTPField.Name {
    /// `Link` (RFC 8288).
    static var nextLink: HTTPField.Name {
        guard let name = HTTPField.Name("Link") else { preconditionFailure("Link is a header name") }
        return name
    }
}
