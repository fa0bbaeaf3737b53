import Domain
import HTTPTypes
import Hummingbird
import Web

/// Proving a phone, for programs; and what other services ask about people.
struct ContactRoutes {
    let desk: BookingDesk

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.post, "/api/v1/verifications", access: .everyone, kind: .api) { request, context in
            try await desk.answering(context) { try await verify(request, context) }
        }
        routes.add(.post, "/api/v1/verifications/{verification}/confirmation", access: .everyone, kind: .api) {
            _, context in
            try await desk.answering(context) { try await confirm(context) }
        }
        routes.add(.post, "/internal/v1/contacts", access: .service, kind: .api) { _, context in
            try await desk.answering(context) {
                var fields = try context.jsonFields()
                let subjects = fields.strings("subjects", 1...100, each: 1...64)
                try fields.finish()
                return try Response.json(ContactCards(contacts: try await desk.contacts(of: subjects)))
            }
        }
    }

    private func verify(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let key = try IdempotencyKey(request)
        var fields = try context.jsonFields()
        let text = fields.string(
            "phone", 11...11, pattern: FieldPattern { $0.utf8.count == 11 && PhoneNumber($0)?.national == $0 })
        try fields.finish()
        guard let phone = PhoneNumber(text) else { throw Problem.malformedBody }
        try await desk.admit(.code, request, context)
        let once = desk.request(
            "POST /api/v1/verifications", caller: phone.e164, key: key, body: String(buffer: context.body))
        return try await desk.contact.request(phone, language: context.language, once: once) { verification in
            try StoredAnswer(
                json: VerificationDocument(id: verification.id, expires: verification.expires), status: .created)
        }.response
    }

    private func confirm(_ context: AppRequestContext) async throws -> Response {
        let id = try context.parameter("verification")
        guard UUIDText.isValid(id) else { throw Problem.notFound }
        var fields = try context.jsonFields()
        let code = fields.string("code", 6...6, pattern: .digits(6))
        try fields.finish()
        let phone = try await desk.contact.confirm(id, code: code)
        let expires = desk.clock().advanced(minutes: ContactToken.minutes)
        return try Response.json(
            ContactDocument(
                contactToken: try ContactToken(secrets: desk.secrets).make(for: phone, expires: expires),
                expires: expires))
    }
}
