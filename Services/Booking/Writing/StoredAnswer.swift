/// What was answered to a request: kept with its effect, so that the same request gets the same answer.
package struct StoredAnswer: Hashable, Codable, Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A request that names itself, so that it can be told from its own repetition.
package struct IdempotentRequest: Hashable, Sendable {
    /// Route and caller: a key means nothing outside of these.
    package var scope: String
    package var key: String
    /// SHA-256 (hex) of the body.
    package var fingerprint: String

    package init(scope: String, key: String, fingerprint: String) {
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint
    }
}
