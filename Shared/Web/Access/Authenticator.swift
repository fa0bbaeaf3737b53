package import Hummingbird

/// Tells who makes a request, from its cookies and headers. Asked only for routes that are not for everyone.
package protocol Authenticator: Sendable {
    /// - Returns: `.anonymous` when the request proves nothing.
    /// - Throws: only when the answer cannot be found out, such as a database that is away.
    func principal(for request: Request, context: AppRequestContext) async throws -> Principal
}

/// Knows other services by their bearer token, and nobody else.
package struct ServiceTokenAuthenticator: Authenticator {
    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    package func principal(for request: Request, context: AppRequestContext) -> Principal {
        guard let token = request.bearerToken, secrets.isServiceToken(token) else { return .anonymous }
        return .service
    }
}

extension Request {
    /// The token of `Authorization: Bearer …` (RFC 6750).
    package var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
