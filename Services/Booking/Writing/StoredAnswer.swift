import Foundation

/// What was answered to a request: kept with its effect, so that the same request gets the same answer.
package struct StoredAnswer: Hashable, Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// As it is kept: the status, a line for each header, an empty line, the body. A booking waits for it to be written, so it
/// costs no more than copying.
extension StoredAnswer {
    var text: String {
        var text = "\(status)\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\n" }
        return text + "\n" + String(decoding: body, as: UTF8.self)
    }

    /// `nil` for a text that is none.
    init?(text: String) {
        guard let end = text.range(of: "\n\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\n")
        guard let status = lines.first.flatMap({ Int($0) }) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.range(of: ": ") else { return nil }
            headers[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        self.init(status: status, headers: headers, body: Array(text[end.upperBound...].utf8))
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
