import Domain
import HTTPTypes
import Hummingbird
import Web

/// Signing in for programs: a bearer token, or the cookie of the pages with the token against cross-site requests.
extension QueuingInterface {
    enum Transport: String, CaseIterable {
        case bearer, cookie
    }

    func addSessionAPI(to routes: RouteTable) {
        routes.add(.get, "/api/v1/queue/openapi.json", access: .everyone, kind: .api) { request, _ in
            OpenAPIDocument.response(for: request)
        }
        routes.add(.post, "/api/v1/queue/sessions", access: .everyone, kind: .api) { request, context in
            try await beginSession(request, context)
        }
        routes.add(.delete, "/api/v1/queue/sessions", access: .staff([]), kind: .api) { request, context in
            if case .staff(let staff, _, let session) = context.principal {
                try await sessions.end(session)
                try await audit.note(.signOut, by: staff.rawValue, result: .done, from: request.clientAddress)
            }
            var response = Response(status: .noContent)
            response.setCookie(sessionCookie("", until: clock()))
            return response
        }
    }

    private func beginSession(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        var fields = try context.jsonFields()
        let name = fields.identifier("staff", as: StaffID.self).rawValue
        let password = fields.string("password", 1...200, pattern: .writable)
        let transport = fields.optionalChoice("transport", of: Transport.self) ?? .bearer
        try fields.finish()
        switch try await signIn.signIn(name: name, password: password, address: request.clientAddress) {
        case .refused:
            throw Problem(
                .unauthorized, code: "sign-in-refused", headers: [.wwwAuthenticate: "Bearer realm=\"onetrip\""])
        case .locked(let seconds): throw Problem.tooManyRequests(retryAfter: seconds)
        case .signedIn(let token, let expires):
            let person = try await staff.person(StaffID(name))
            let roles = (person?.roles ?? [:]).sorted { $0.key < $1.key }.flatMap { hall, roles in
                roles.map(\.rawValue).sorted().map {
                    JSONValue.object(["hall": .string(hall.rawValue), "role": .string($0)])
                }
            }
            var members: [String: JSONValue] = [
                "staff": .string(name), "name": .string(person?.name ?? name), "roles": .array(roles),
                "expires": .string(expires.rfc3339()),
            ]
            switch transport {
            case .bearer: members["token"] = .string(token)
            case .cookie: members["csrfToken"] = .string(names.secrets.csrfToken(token))
            }
            var response = Response.json(
                text: JSONValue.object(members).text, status: .created, headers: [.cacheControl: "no-store"])
            if transport == .cookie { response.setCookie(sessionCookie(token, until: expires)) }
            return response
        }
    }
}

extension FieldPattern {
    /// What can be typed on the keyboards of the halls: ASCII without control characters, and Chinese characters.
    static let writable = FieldPattern { text in
        text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) || (0x4E00...0x9FFF).contains($0.value) }
    }

    /// ASCII without spaces and control characters.
    static let visible = FieldPattern { text in text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
