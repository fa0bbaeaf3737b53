package import HTTPTypes
package import Hummingbird

/// The name that a client gives to one intended effect, so that sending it twice does it once
/// (draft-ietf-httpapi-idempotency-key-header).
package struct IdempotencyKey: Sendable, Hashable {
    package let value: String

    /// - Throws: ``Problem`` 400 `idempotency-key-missing`, or `idempotency-key-invalid` when it is not 1 to 128 visible
    ///   ASCII characters.
    package init(_ request: Request) throws(Problem) {
        let values = request.headers[values: .idempotencyKey]
        guard let text = values.first else { throw Problem(.badRequest, code: "idempotency-key-missing") }
        guard values.count == 1, let key = IdempotencyKey(text: text) else {
            throw Problem(.badRequest, code: "idempotency-key-invalid")
        }
        self = key
    }

    /// Reads a key from elsewhere, such as the hidden field of a form.
    package init?(text: String) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        value = text
    }
}

extension HTTPField.Name {
    /// `Idempotency-Key`.
    package static let idempotencyKey = HTTPField.Name.known("Idempotency-Key")
    static let secFetchSite = HTTPField.Name.known("Sec-Fetch-Site")
    static let traceparent = HTTPField.Name.known("traceparent")
    static let acceleratedBuffering = HTTPField.Name.known("X-Accel-Buffering")
    static let lastEventID = HTTPField.Name.known("Last-Event-ID")
    static let referrerPolicy = HTTPField.Name.known("Referrer-Policy")
    static let permissionsPolicy = HTTPField.Name.known("Permissions-Policy")
    static let crossOriginOpenerPolicy = HTTPField.Name.known("Cross-Origin-Opener-Policy")
    static let csrfToken = HTTPField.Name.known("X-CSRF-Token")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is not a header name") }
        return field
    }
}
