package import Domain
import HTTPTypes
package import Hummingbird
package import Web

/// Tells staff by their session, as a cookie or as a bearer token, and kiosks by their device cookie or token.
package struct ServiceAuthenticator: Authenticator {
    package static let sessionCookie = "staff"
    package static let kioskCookie = "kiosk"

    private let sessions: SessionStore
    private let kiosks: KioskEnrolment
    private let secrets: Secrets
    private let clock: @Sendable () -> Timestamp

    package init(
        sessions: SessionStore, kiosks: KioskEnrolment, secrets: Secrets, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.sessions = sessions
        self.kiosks = kiosks
        self.secrets = secrets
        self.clock = clock
    }

    package func principal(for request: Request, context: AppRequestContext) async throws -> Principal {
        if let token = request.bearerToken {
            // A header that a browser never sends by itself: nothing more is needed against cross-site requests.
            if let kiosk = kiosks.kiosk(deviceToken: token) { return .kiosk(kiosk.hall) }
            return try await staff(token) ?? .anonymous
        }
        let isForKiosks =
            switch context.route?.access {
            case .kiosk: true
            case .kioskOrStaff: request.cookies[Self.sessionCookie] == nil
            default: false
            }
        if isForKiosks {
            guard let token = request.cookies[Self.kioskCookie]?.value, let kiosk = kiosks.kiosk(deviceToken: token)
            else {
                return .anonymous
            }
            try checkToken(of: token, request, context)
            return .kiosk(kiosk.hall)
        }
        guard let token = request.cookies[Self.sessionCookie]?.value, let principal = try await staff(token) else {
            return .anonymous
        }
        try checkToken(of: token, request, context)
        return principal
    }

    private func staff(_ token: String) async throws -> Principal? {
        let now = clock()
        guard let session = try await sessions.session(token, at: now) else { return nil }
        if now.seconds(since: session.lastSeen) >= 60 { try await sessions.touch(token, at: now) }
        return .staff(session.staff, session.roles, session: token)
    }

    /// With a cookie, a change through the API needs the token that only this site's pages can know. (Forms carry it in a field,
    /// which the gate compares.)
    private func checkToken(of session: String, _ request: Request, _ context: AppRequestContext) throws(Problem) {
        guard context.route?.kind == .api, ![.get, .head, .options].contains(request.method) else { return }
        guard let name = HTTPField.Name("X-CSRF-Token"), let sent = request.headers[name],
            Secrets.equal(sent, secrets.csrfToken(session))
        else { throw .formExpired }
    }
}
