package import HTTPTypes
package import Hummingbird
import Logging

/// The routes of a service, each declared with who may call it.
///
/// A request goes: body bound, cross-site guard, authorisation, content type, handler. Whatever goes wrong on the way
/// becomes a ``Problem`` in the person's language, as JSON or as a page.
package final class RouteTable {
    package typealias Handler = @Sendable (Request, AppRequestContext) async throws -> any ResponseGenerator

    /// What was declared so far, in order.
    package private(set) var declarations: [RouteDeclaration] = []
    let site: Site
    let gate: Gate
    private var handlers: [(RouteDeclaration, Int, Handler)] = []

    /// - Parameters:
    ///   - authenticator: asked for every route that is not for everyone; other services are known by their token anyway.
    ///   - signInPath: where people are sent who open a staff page without being signed in; they come back by `?next=`.
    package init(
        site: Site, secrets: Secrets, authenticator: (any Authenticator)? = nil, signInPath: String? = nil,
        kioskSignInPath: String? = nil
    ) {
        self.site = site
        gate = Gate(
            secrets: secrets, authenticator: authenticator ?? ServiceTokenAuthenticator(secrets: secrets),
            signInPath: signInPath, kioskSignInPath: kioskSignInPath)
    }

    /// Declares a route.
    ///
    /// - Parameters:
    ///   - path: with parameters in braces; `**` at the end takes the rest.
    ///   - bodyLimit: in bytes.
    package func add(
        _ method: HTTPRequest.Method, _ path: String, access: Access, kind: RouteKind,
        bodyLimit: Int = AppRequestContext.bodyLimit,
        use handler: @escaping @Sendable (Request, AppRequestContext) async throws -> some ResponseGenerator
    ) {
        let declaration = RouteDeclaration(
            method: method, path: RouterPath(path).description, access: access, kind: kind)
        precondition(
            !declarations.contains { $0.method == method && $0.path == declaration.path },
            "\(declaration) is declared twice")
        precondition(access != .link || path.contains("{token}"), "\(declaration) is for links, so it needs a {token}")
        declarations.append(declaration)
        handlers.append((declaration, bodyLimit, { request, context in try await handler(request, context) }))
    }

    /// The router with all routes; HEAD is answered wherever GET is.
    ///
    /// - Parameter middlewares: run inside the error handling, so they see the final answer of the handler only; for those that
    ///   must see everything use `outermost`.
    package func router(
        outermost: [any MiddlewareProtocol<Request, Response, AppRequestContext>] = [],
        middlewares: [any MiddlewareProtocol<Request, Response, AppRequestContext>] = []
    ) -> Router<AppRequestContext> {
        let router = Router(context: AppRequestContext.self)
        router.add(middleware: SiteMiddleware(site: site, declarations: declarations, outermost: outermost))
        for middleware in middlewares {
            router.add(middleware: middleware)
        }
        for (declaration, limit, handler) in handlers {
            let responder = RouteResponder(declaration: declaration, bodyLimit: limit, gate: gate, handler: handler)
            router.on(RouterPath(declaration.path), method: declaration.method, responder: responder)
            if declaration.method == .get,
                !declarations.contains(where: { $0.method == .head && $0.path == declaration.path })
            {
                router.on(RouterPath(declaration.path), method: .head, responder: responder)
            }
        }
        return router
    }
}

/// Runs one route: gate first, then the handler.
struct RouteResponder: HTTPResponder {
    let declaration: RouteDeclaration
    let bodyLimit: Int
    let gate: Gate
    let handler: RouteTable.Handler

    func respond(to request: Request, context: AppRequestContext) async throws -> Response {
        var context = context
        context.route = declaration
        try await gate.admit(request, bodyLimit: bodyLimit, &context)
        if let response = try await gate.authorise(request, &context) { return response }
        // A HEAD must not open a stream that nobody ends.
        if request.method == .head, declaration.kind == .sse {
            return Response(status: .ok, headers: SSEHub.headers)
        }
        let response = try await handler(request, context).response(from: request, context: context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
