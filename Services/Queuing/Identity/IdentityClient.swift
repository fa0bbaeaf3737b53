import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import Web

/// Asks the booking service who has booked.
struct IdentityClient: IdentitySource {
    private let base: String
    private let token: String
    /// How long one answer may take.
    private static let timeout = TimeAmount.seconds(3)
    private static let answerLimit = 1 << 16

    /// - Parameter address: `http://host:port`, `https://host` or `unix:/path`.
    init(address: String, secrets: Secrets) {
        if address.hasPrefix("unix:"),
            let path = address.dropFirst(5).addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        {
            base = "http+unix://\(path)"
        } else {
            base = address
        }
        token = secrets.serviceToken
    }

    private struct Question: Encodable {
        var appointment: String
        var hall: String
        var staff: String
    }

    /// Says nothing of the answer, which is personal.
    private struct Unavailable: Error {}

    func identity(of ticket: TicketID, in hall: HallID, for staff: StaffID) async throws -> BookedIdentity? {
        var request = HTTPClientRequest(url: "\(base)/internal/v1/identity-checks")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        // The client would name the path of a Unix socket as host, and gateways refuse that.
        if base.hasPrefix("http+unix:") { request.headers.add(name: "host", value: "localhost") }
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let trace = TraceContext.current {
            request.headers.add(name: "traceparent", value: trace.child().traceparent)
        }
        let question = Question(appointment: ticket.rawValue, hall: hall.rawValue, staff: staff.rawValue)
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(question)))
        let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
        let body = try await response.body.collect(upTo: Self.answerLimit)
        if response.status == .notFound { return nil }
        guard response.status == .ok,
            let identity = try? JSONDecoder().decode(BookedIdentity.self, from: Data(body.readableBytesView))
        else { throw Unavailable() }
        return identity
    }
}
