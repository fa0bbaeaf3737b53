import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import Web

/// Asks the booking service for contacts.
package struct ContactClient: ContactSource {
    private let base: String
    private let token: String
    private let client: HTTPClient
    /// How long one answer may take.
    private static let timeout = TimeAmount.seconds(3)
    private static let answerLimit = 1 << 20

    /// - Parameter address: `http://host:port`, `https://host` or `unix:/path`.
    /// - Throws: ``NotificationError`` with code `configuration`.
    package init(address: String, secrets: Secrets) throws(NotificationError) {
        if address.hasPrefix("unix:") {
            guard let path = address.dropFirst(5).addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
                throw NotificationError(.configuration, "The address of the booking service, \(address), is no path.")
            }
            base = "http+unix://\(path)"
        } else {
            base = address
        }
        token = secrets.serviceToken
        client = HTTPClient.shared
    }

    private struct Question: Encodable {
        var subjects: [String]
    }

    private struct Answer: Decodable {
        var contacts: [String: Contact]
    }

    package func contacts(of subjects: [String]) async throws -> [String: Contact] {
        var request = HTTPClientRequest(url: "\(base)/internal/v1/contacts")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(Question(subjects: subjects))))
        // The client would name the path of a Unix socket as host, and gateways refuse that.
        if base.hasPrefix("http+unix:") { request.headers.add(name: "host", value: "localhost") }
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let trace = TraceContext.current {
            request.headers.add(name: "traceparent", value: trace.child().traceparent)
        }
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await client.execute(request, timeout: Self.timeout)
            body = try await response.body.collect(upTo: Self.answerLimit)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw NotificationError(.contactUnavailable, "The booking service cannot be reached at \(base): \(error)")
        }
        guard response.status == .ok else {
            throw NotificationError(.contactUnavailable, "The booking service answered \(response.status.code).")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)).contacts
        } catch {
            // The answer itself stays out of the log: it is personal.
            throw NotificationError(.contactMalformed, "The booking service's answer is no list of contacts.")
        }
    }
}
