package import HTTPTypes

/// The problems that every service has.
extension Problem {
    /// Nothing there, or nothing that this person may know of.
    package static var notFound: Problem { Problem(.notFound, code: "not-found") }
    package static var malformedBody: Problem { Problem(.badRequest, code: "malformed-body") }
    package static var signInRequired: Problem {
        Problem(.unauthorized, code: "sign-in-required", headers: [.wwwAuthenticate: "Bearer realm=\"onetrip\""])
    }
    package static var forbidden: Problem { Problem(.forbidden, code: "forbidden") }
    package static var crossSite: Problem { Problem(.forbidden, code: "cross-site-request") }
    package static var formExpired: Problem { Problem(.forbidden, code: "form-expired") }
    package static var bodyTooLarge: Problem {
        Problem(.contentTooLarge, code: "body-too-large", headers: [.connection: "close"])
    }
    package static var `internal`: Problem { Problem(.internalServerError, code: "internal-error") }
    package static var preconditionRequired: Problem { Problem(.preconditionRequired, code: "precondition-required") }
    package static var preconditionFailed: Problem { Problem(.preconditionFailed, code: "precondition-failed") }

    package static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        Problem(
            .methodNotAllowed, code: "method-not-allowed",
            headers: [.allow: allowed.map(\.rawValue).sorted().joined(separator: ", ")])
    }

    package static func unsupportedMediaType(_ accepted: String) -> Problem {
        Problem(
            .unsupportedMediaType, code: "unsupported-media-type", arguments: ["accepted": accepted],
            headers: [.accept: accepted])
    }

    /// - Parameter seconds: when asking again makes sense.
    package static func unavailable(retryAfter seconds: Int = 5) -> Problem {
        Problem(.serviceUnavailable, code: "unavailable", headers: [.retryAfter: String(seconds)])
    }

    package static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests, code: "too-many-requests", arguments: ["count": String(seconds)],
            headers: [.retryAfter: String(seconds)])
    }

    package static func invalidFields(_ errors: [FieldError]) -> Problem {
        Problem(.unprocessableContent, code: "invalid-fields", errors: errors)
    }
}
