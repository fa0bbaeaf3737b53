package import HTTPTypes

/// What a route is for; decides how its errors look and what it may be sent.
package enum RouteKind: String, Sendable, Hashable {
    /// JSON in and out; errors as `application/problem+json`.
    case api
    /// HTML for people; forms in; errors as readable pages.
    case page
    /// A stream of server-sent events.
    case sse
    case asset
    case probe
}

/// One route as declared: the list of these is what the access test walks.
package struct RouteDeclaration: Sendable, Hashable, CustomStringConvertible {
    package let method: HTTPRequest.Method
    /// With parameters in braces, such as `/api/v1/halls/{hall}`.
    package let path: String
    package let access: Access
    package let kind: RouteKind

    package init(method: HTTPRequest.Method, path: String, access: Access, kind: RouteKind) {
        self.method = method
        self.path = path
        self.access = access
        self.kind = kind
    }

    package var description: String { "\(method) \(path)" }

    /// Whether a request's path has the form of this route.
    func matches(_ requestPath: String) -> Bool {
        let pattern = path.split(separator: "/")
        let segments = requestPath.split(separator: "/")
        if pattern.last == "**" {
            guard segments.count >= pattern.count else { return false }
        } else {
            guard segments.count == pattern.count else { return false }
        }
        return zip(pattern, segments).allSatisfy { part, segment in
            part == "**" || part == segment || (part.hasPrefix("{") && part.hasSuffix("}"))
        }
    }

    /// Whether a method may change something (RFC 9110 section 9.2.1 calls the others safe).
    var isUnsafe: Bool { Self.isUnsafe(method) }

    static func isUnsafe(_ method: HTTPRequest.Method) -> Bool {
        ![.get, .head, .options, .trace].contains(method)
    }
}
