import Domain
import HTTPTypes
import Hummingbird
import Web

/// Slots, holds and appointments, for programs.
struct BookingRoutes {
    let desk: BookingDesk

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.get, "/api/v1/slots", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await slots(request, context) }
        }
        routes.add(.get, "/api/v1/availability", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await month(request, context) }
        }
        routes.add(.post, "/api/v1/holds", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await hold(request, context) }
        }
        routes.add(.get, "/api/v1/holds/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let hold = try await desk.hold(token: token)
                guard hold.isGood(at: desk.clock()) else { throw Problem.notFound }
                return try Response.json(
                    HoldDocument(
                        token: token, expires: desk.city.localTime(hold.expires, in: hold.slot.hall),
                        slot: SlotDocument(hold.slot, desk.city)))
            }
        }
        routes.add(.delete, "/api/v1/holds/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                let hash = Secrets.sha256Hex(try context.parameter("token"))
                guard try await desk.writer.release(holdTokenHash: hash, at: desk.clock()) else {
                    throw Problem.notFound
                }
                return Response(status: .noContent)
            }
        }
    }

    private func slots(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.queryFields()
        let hall = fields.identifier("hall", as: HallID.self)
        let service = fields.identifier("service", as: ServiceID.self)
        let from = fields.optionalParsed("from", 10...10, key: "field.date") { LocalDate($0) }
        let to = fields.optionalParsed("to", 10...10, key: "field.date") { LocalDate($0) }
        try fields.finish()
        let days = AvailabilityQuestion.slots(first: from?.daysSinceEpoch ?? .min, last: to?.daysSinceEpoch ?? .max)
        return try await answer(to: days, hall, service, request)
    }

    private func month(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.queryFields()
        let hall = fields.identifier("hall", as: HallID.self)
        let service = fields.identifier("service", as: ServiceID.self)
        let month = fields.parsed("month", 7...7, substitute: nil as LocalDate?, key: "field.month") {
            LocalDate($0 + "-01")
        }
        try fields.finish()
        guard let month else { throw Problem.notFound }
        return try await answer(to: .month(month), hall, service, request)
    }

    private func answer(
        to question: AvailabilityQuestion, _ hall: HallID, _ service: ServiceID, _ request: Request
    ) async throws -> Response {
        let city = desk.city
        guard city.hall(hall) != nil, city.service(service) != nil else { throw Problem.notFound }
        return try await desk.availability.answer(to: question, .init(hall: hall, service: service), in: city)
            .response(to: request)
    }

    private func hold(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let key = try IdempotencyKey(request)
        var fields = try context.jsonFields()
        let slot = fields.parsed("slot", 1...18, substitute: SlotID(rawValue: 0)) { SlotID($0) }
        try fields.finish()
        try await desk.admit(.hold, request, context)
        let once = desk.request("POST /api/v1/holds", caller: "", key: key, body: String(buffer: context.body))
        let city = desk.city
        return try await desk.hold(slot, once: once, draft: nil) { slot, token, expires in
            try StoredAnswer(
                json: HoldDocument(
                    token: token, expires: city.localTime(expires, in: slot.hall), slot: SlotDocument(slot, city)),
                status: .created, headers: ["Location": "/api/v1/holds/\(token)"])
        }.response
    }
}
