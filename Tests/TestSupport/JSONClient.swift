import AsyncHTTPClient
package import Foundation
import NIOCore
package import NIOHTTP1

/// Talks JSON to a running system as any client would.
package struct JSONClient: Sendable {
    package struct Answer: Sendable {
        package let status: Int
        package let headers: HTTPHeaders
        package let body: Data

        /// The first header field of a name.
        package func header(_ name: String) -> String? { headers.first(name: name) }

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// A member of the JSON object, by its path: `slots`, `0`, `id`.
        package subscript(path: String...) -> Any? {
            var value = try? JSONSerialization.jsonObject(with: body, options: [.fragmentsAllowed])
            for name in path {
                if let array = value as? [Any] {
                    value = Int(name).flatMap { array.indices.contains($0) ? array[$0] : nil }
                } else {
                    value = (value as? [String: Any])?[name]
                }
            }
            return value
        }

        package func string(_ path: String...) -> String? {
            var value = try? JSONSerialization.jsonObject(with: body, options: [.fragmentsAllowed])
            for name in path {
                if let array = value as? [Any] {
                    value = Int(name).flatMap { array.indices.contains($0) ? array[$0] : nil }
                } else {
                    value = (value as? [String: Any])?[name]
                }
            }
            return value as? String
        }
    }

    /// Ends the client's connections with the last user, also when a test throws before it could.
    private final class Connections: Sendable {
        let client: HTTPClient

        init(_ client: HTTPClient) { self.client = client }

        deinit { client.shutdown { _ in } }
    }

    package let base: String
    private let connections: Connections
    private var client: HTTPClient { connections.client }

    /// - Parameter connections: at most so many at once.
    package init(base: String, connections: Int = 64) {
        self.base = base
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        self.connections = Connections(HTTPClient(configuration: configuration))
    }

    package func shutDown() async throws {
        try await client.shutdown()
    }

    package func send(
        _ method: HTTPMethod, _ path: String, json: String? = nil, form: [(String, String)]? = nil,
        headers: [String: String] = [:], seconds: Int64 = 60
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let json {
            if headers["Content-Type"] == nil {
                request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            }
            request.body = .bytes(ByteBuffer(string: json))
        } else if let form {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
            let text = form.map { "\(Self.escape($0.0))=\(Self.escape($0.1))" }.joined(separator: "&")
            request.body = .bytes(ByteBuffer(string: text))
        }
        let response = try await client.execute(request, timeout: .seconds(seconds))
        let body = try await response.body.collect(upTo: 4 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Data(body.readableBytesView))
    }

    package func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(.GET, path, headers: headers)
    }

    package func post(_ path: String, _ json: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(.POST, path, json: json, headers: headers)
    }

    private static func escape(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
