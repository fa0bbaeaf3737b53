import Domain
import HTTPTypes
import Hummingbird
import Web

/// Booking, reading, moving and cancelling, for programs.
struct AppointmentRoutes {
    let desk: BookingDesk

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.post, "/api/v1/appointments", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await book(request, context) }
        }
        routes.add(.get, "/api/v1/appointments/{token}", access: .link, kind: .api) { request, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let appointment = try await desk.appointment(token: token)
                return try Response.tagged(String(appointment.version), for: request) {
                    try Response.json(AppointmentDocument(appointment, token: token, desk: desk))
                }
            }
        }
        routes.add(.patch, "/api/v1/appointments/{token}", access: .link, kind: .api) { request, context in
            try await desk.answering(context) { try await move(request, context) }
        }
        routes.add(.delete, "/api/v1/appointments/{token}", access: .link, kind: .api) { request, context in
            try await desk.answering(context) {
                let appointment = try await desk.appointment(token: try context.parameter("token"))
                _ = try await desk.cancel(appointment, version: try version(request))
                return Response(status: .noContent)
            }
        }
        routes.add(.get, "/api/v1/appointments/{token}/calendar.ics", access: .link, kind: .api) { _, context in
            try await desk.answering(context) {
                let token = try context.parameter("token")
                let appointment = try await desk.appointment(token: token)
                let calendar = AppointmentCalendar(appointment, token: token, desk: desk, language: context.language)
                return calendar.response
            }
        }
    }

    /// The version that `If-Match` names; a tag that this service never gave matches nothing.
    private func version(_ request: Request) throws -> Int {
        let text = try request.requiredIfMatch()
        guard let version = Int(text) else { throw Problem.preconditionFailed }
        return version
    }

    private func book(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard let bearer = request.bearerToken else { throw BookingError.contactTokenInvalid }
        let phone = try ContactToken(secrets: desk.secrets).phone(of: bearer, at: desk.clock())
        let key = try IdempotencyKey(request)
        var fields = try context.jsonFields()
        let name = fields.parsed("name", 1...60, substitute: nil as PersonName?) { PersonName($0) }
        let identity = fields.identity("identity", on: desk.today)
        let place = Self.place(&fields)
        let checklist = fields.object("checklist") { fields in
            AcceptedChecklist(
                version: fields.int("version", 1...1_000_000),
                answers: fields.dictionary("answers", 0...20, each: 1...40, pattern: .slug))
        }
        try fields.finish()
        guard let name, let place, let checklist else { throw Problem.malformedBody }
        try await desk.admit(.booking, request, context, phone: phone)
        let once = desk.request(
            "POST /api/v1/appointments", caller: phone.e164, key: key, body: String(buffer: context.body))
        let desk = desk
        return try await desk.book(
            place, name: name, phone: phone, identity: identity, checklist: checklist, language: context.language,
            channel: .online, once: once
        ) { appointment, token in
            try StoredAnswer(
                json: AppointmentDocument(appointment, token: token, desk: desk), status: .created,
                headers: ["Location": "/api/v1/appointments/\(token)", "ETag": "\"\(appointment.version)\""])
        }.response
    }

    private func move(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let token = try context.parameter("token")
        let appointment = try await desk.appointment(token: token)
        let version = try version(request)
        var fields = try context.jsonFields()
        let place = Self.place(&fields)
        try fields.finish()
        guard let place else { throw Problem.malformedBody }
        try await desk.admit(.booking, request, context)
        let moved = try await desk.reschedule(appointment, to: place, version: version)
        return try Response.json(
            AppointmentDocument(moved, token: token, desk: desk), headers: [.eTag: "\"\(moved.version)\""])
    }

    /// Either `slot` or `hold`.
    private static func place(_ fields: inout FieldReader) -> Place? {
        let slot = fields.optionalParsed("slot", 1...18) { SlotID($0) }
        let hold = fields.optionalString("hold", 22...22, pattern: .token)
        switch (slot, hold) {
        case (let slot?, nil): return .slot(slot)
        case (nil, let hold?): return .hold(tokenHash: Secrets.sha256Hex(hold))
        case (_?, _?):
            fields.fail("hold", "field.slot-and-hold")
            return nil
        case (nil, nil):
            if fields.errors.isEmpty { fields.fail("slot", "field.required") }
            return nil
        }
    }
}
