import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Around every route, found or not: language, trace, errors as problems, security headers.
struct SiteMiddleware: RouterMiddleware {
    let site: Site
    let declarations: [RouteDeclaration]
    let routes: [String: RouteDeclaration]
    let outermost: [any MiddlewareProtocol<Request, Response, AppRequestContext>]

    init(
        site: Site, declarations: [RouteDeclaration],
        outermost: [any MiddlewareProtocol<Request, Response, AppRequestContext>]
    ) {
        self.site = site
        self.declarations = declarations
        self.outermost = outermost
        routes = Dictionary(declarations.map { ($0.description, $0) }) { first, _ in first }
    }

    func handle(
        _ request: Request, context: AppRequestContext,
        next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.language = Language.negotiated(for: request)
        context.isElder = request.cookies["elder"]?.value == "1"
        context.texts = site.localisation
        context.target = request.head.path ?? "/"
        context.trace =
            request.headers[.traceparent].flatMap(TraceContext.init(traceparent:))?.child() ?? TraceContext()
        context.route = route(of: request, context)
        context.logger[metadataKey: "trace_id"] = "\(context.trace.traceID)"
        return try await TraceContext.$current.withValue(context.trace) {
            try await around(request, context, outermost[...], next)
        }
    }

    private func around(
        _ request: Request, _ context: AppRequestContext,
        _ middlewares: ArraySlice<any MiddlewareProtocol<Request, Response, AppRequestContext>>,
        _ next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let first = middlewares.first else { return await answer(request, context, next) }
        return try await first.handle(request, context: context) { request, context in
            try await around(request, context, middlewares.dropFirst(), next)
        }
    }

    private func answer(
        _ request: Request, _ context: AppRequestContext,
        _ next: (Request, AppRequestContext) async throws -> Response
    ) async -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = site.response(for: problem(error, request, context), request, context)
            if request.method == .head { response = response.createHeadResponse() }
        }
        secure(&response, context)
        return response
    }

    private func route(of request: Request, _ context: AppRequestContext) -> RouteDeclaration? {
        guard let path = context.endpointPath else { return nil }
        return routes["\(request.method) \(path)"] ?? (request.method == .head ? routes["GET \(path)"] : nil)
    }

    /// Every error as a problem; what nobody foresaw is logged and told to nobody.
    private func problem(_ error: any Error, _ request: Request, _ context: AppRequestContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as HTTPError where error.status == .notFound:
            guard context.route == nil else { return .notFound }
            let allowed = allowedMethods(request.uri.path)
            return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed)
        case let error as any HTTPResponseError where error.status == .contentTooLarge: return .bodyTooLarge
        case let error as HTTPError where error.status.kind == .clientError:
            return Problem(error.status, code: "bad-request", headers: error.headers)
        case is CancellationError: return .unavailable()
        default:
            context.logger.error(
                "A request failed",
                metadata: [
                    "error": "\(String(reflecting: error))", "http.route": "\(context.route?.path ?? "unmatched")",
                ])
            return .internal
        }
    }

    private func allowedMethods(_ path: String) -> [HTTPRequest.Method] {
        var methods = Set(declarations.filter { $0.matches(path) }.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        return Array(methods)
    }

    private func secure(_ response: inout Response, _ context: AppRequestContext) {
        response.headers[.contentSecurityPolicy] =
            "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "media-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.permissionsPolicy] = "geolocation=(), microphone=(), payment=()"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }
}
