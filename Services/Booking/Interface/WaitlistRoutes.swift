import Domain
import HTTPTypes
import Hummingbird
import Web

/// Waiting for a place, for programs.
struct WaitlistRoutes {
    let desk: BookingDesk

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.post, "/api/v1/waitlist", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await join(request, context) }
        }
        routes.add(.get, "/api/v1/waitlist/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let entry = try await desk.waitlistEntry(token: token)
                return try Response.json(try await desk.document(of: entry, token: token))
            }
        }
        routes.add(.delete, "/api/v1/waitlist/{token}", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                try await desk.leave(try await desk.waitlistEntry(token: try context.parameter("token")))
                return Response(status: .noContent)
            }
        }
        routes.add(.post, "/api/v1/waitlist/{token}/acceptance", access: .link, kind: .api) { request, context in
            try await desk.answering(context) { try await accept(request, context) }
        }
        routes.add(.delete, "/api/v1/waitlist/{token}/offer", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                try await desk.decline(try await desk.waitlistEntry(token: try context.parameter("token")))
                return Response(status: .noContent)
            }
        }
    }

    private func join(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard let bearer = request.bearerToken else { throw BookingError.contactTokenInvalid }
        let phone = try ContactToken(secrets: desk.secrets).phone(of: bearer, at: desk.clock())
        let key = try IdempotencyKey(request)
        var fields = try context.jsonFields()
        let name = fields.parsed("name", 1...60, substitute: nil as PersonName?) { PersonName($0) }
        let identity = fields.identity("identity", on: desk.today)
        let service = fields.identifier("service", as: ServiceID.self)
        let halls = fields.strings("halls", 1...20, each: 1...40, pattern: .slug).map { HallID($0) }
        let from = fields.parsed("from", 10...10, substitute: nil as LocalDate?, key: "field.date") { LocalDate($0) }
        let to = fields.parsed("to", 10...10, substitute: nil as LocalDate?, key: "field.date") { LocalDate($0) }
        let isAutomatic = fields.optionalBool("automatic") ?? false
        let checklist = fields.object("checklist") { fields in
            AcceptedChecklist(
                version: fields.int("version", 1...1_000_000),
                answers: fields.dictionary("answers", 0...20, each: 1...40, pattern: .slug))
        }
        try fields.finish()
        guard let name, let from, let to, let checklist else { throw Problem.malformedBody }
        let once = desk.request(
            "POST /api/v1/waitlist", caller: phone.e164, key: key, body: String(buffer: context.body))
        let desk = desk
        return try await desk.join(
            WaitlistWish(service: service, halls: halls, firstDay: from, lastDay: to, isAutomatic: isAutomatic),
            name: name, phone: phone, identity: identity, checklist: checklist, language: context.language, once: once
        ) { entry, token in
            try StoredAnswer(
                json: desk.newDocument(of: entry, token: token), status: .created,
                headers: ["Location": "/api/v1/waitlist/\(token)"])
        }.response
    }

    private func accept(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let token = try context.parameter("token")
        let entry = try await desk.waitlistEntry(token: token)
        let key = try IdempotencyKey(request)
        var fields = try context.jsonFields()
        let version = fields.object("checklist") { $0.int("version", 1...1_000_000) }
        try fields.finish()
        guard let version else { throw Problem.malformedBody }
        let once = desk.request(
            "POST /api/v1/waitlist/{token}/acceptance", caller: token, key: key, body: String(buffer: context.body))
        let desk = desk
        return try await desk.accept(entry, checklistVersion: version, language: context.language, once: once) {
            appointment, token in
            try StoredAnswer(
                json: AppointmentDocument(appointment, token: token, desk: desk), status: .created,
                headers: ["Location": "/api/v1/appointments/\(token)", "ETag": "\"\(appointment.version)\""])
        }.response
    }
}
