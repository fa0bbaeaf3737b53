import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a request must pass before its handler runs.
struct Gate: Sendable {
    let secrets: Secrets
    let authenticator: any Authenticator
    let signInPath: String?
    let kioskSignInPath: String?

    /// Bounds and collects the body of an unsafe request, and refuses other sites and content types.
    func admit(_ request: Request, bodyLimit: Int, _ context: inout AppRequestContext) async throws {
        guard RouteDeclaration.isUnsafe(request.method) else { return }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyLimit {
            throw Problem.bodyTooLarge
        }
        // A form of another site may do harm without cookies too: it could sign a clerk in as somebody else.
        let isForm = context.route?.kind == .page
        if isForm || request.headers[.cookie] != nil, isFromElsewhere(request) { throw Problem.crossSite }
        do {
            context.body = try await request.body.collect(upTo: bodyLimit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge
        }
        context.mediaType = request.headers[.contentType].map { value in
            value.split(separator: ";").first.map { $0.trimmingSpaces.lowercased() } ?? ""
        }
        let accepted =
            context.route?.kind == .page ? "application/x-www-form-urlencoded" : "application/json"
        if context.body.readableBytes > 0, context.mediaType != accepted {
            throw Problem.unsupportedMediaType(accepted)
        }
    }

    /// Whether a browser says that another site made it send this (Fetch Metadata; `Origin` for browsers without it).
    private func isFromElsewhere(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site != "same-origin" && site != "none" }
        guard let origin = request.headers[.origin] else { return false }
        // Browsers without Fetch Metadata hide the origin of our own forms because of `Referrer-Policy: no-referrer`; what
        // their cookies may do is guarded by SameSite and by the form's token.
        if origin == "null" { return request.headers[.cookie] != nil }
        guard let host = request.head.authority, let separator = origin.range(of: "://") else { return true }
        return origin[separator.upperBound...].lowercased() != host.lowercased()
    }

    /// Finds out who asks and whether they may.
    ///
    /// - Returns: an answer in place of the handler's, such as the way to the sign-in page.
    func authorise(_ request: Request, _ context: inout AppRequestContext) async throws -> Response? {
        guard let route = context.route else { throw Problem.notFound }
        switch route.access {
        case .everyone, .probe: return nil
        case .link:
            guard Secrets.isToken(try context.parameter("token")) else { throw Problem.notFound }
            return nil
        case .service:
            guard let token = request.bearerToken, secrets.isServiceToken(token) else { throw Problem.signInRequired }
            context.principal = .service
            return nil
        case .staff(let roles):
            try await identify(request, &context)
            return try admitStaff(roles, route, request, context)
        case .kiosk:
            try await identify(request, &context)
            return try admitKiosk(route, context)
        case .kioskOrStaff(let roles):
            try await identify(request, &context)
            if case .kiosk = context.principal { return try admitKiosk(route, context) }
            return try admitStaff(roles, route, request, context)
        }
    }

    private func admitStaff(
        _ roles: Set<Role>, _ route: RouteDeclaration, _ request: Request, _ context: AppRequestContext
    ) throws(Problem) -> Response? {
        guard case .staff(_, _, let session) = context.principal else {
            return try challenge(signInPath, route, context)
        }
        let token = secrets.csrfToken(session)
        let isAllowed =
            if let hall = try hall(of: route, context) {
                context.principal.holds(roles, at: hall)
            } else {
                context.principal.holdsAnywhere(roles)
            }
        guard isAllowed else { throw .forbidden }
        if RouteDeclaration.isUnsafe(request.method), route.kind == .page { try checkForm(request, token, context) }
        return nil
    }

    private func admitKiosk(_ route: RouteDeclaration, _ context: AppRequestContext) throws(Problem) -> Response? {
        guard case .kiosk(let kiosk) = context.principal else { return try challenge(kioskSignInPath, route, context) }
        if let hall = try hall(of: route, context), hall != kiosk { throw .forbidden }
        return nil
    }

    private func identify(_ request: Request, _ context: inout AppRequestContext) async throws {
        context.principal = try await authenticator.principal(for: request, context: context)
        if case .staff(_, _, let session) = context.principal { context.csrfToken = secrets.csrfToken(session) }
    }

    private func hall(of route: RouteDeclaration, _ context: AppRequestContext) throws(Problem) -> HallID? {
        guard route.path.contains("{hall}") else { return nil }
        return try context.identifier("hall", as: HallID.self)
    }

    /// Sends people to the sign-in page; programs get the problem.
    private func challenge(
        _ path: String?, _ route: RouteDeclaration, _ context: AppRequestContext
    ) throws(Problem) -> Response {
        guard route.kind == .page, let path else { throw .signInRequired }
        let next = route.isUnsafe ? "" : "?next=" + LocalPath.queryEncoded(context.target)
        return .redirect(path + next)
    }

    private func checkForm(_ request: Request, _ token: String, _ context: AppRequestContext) throws(Problem) {
        let sent =
            request.headers[.csrfToken]
            ?? FormBody.fields(context.body.readableBytesView)?["csrf"].flatMap { $0.count == 1 ? $0[0] : nil }
        guard let sent, Secrets.equal(sent, token) else { throw .formExpired }
    }
}
