package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One message of a server-sent event stream (HTML Standard, 9.2).
package struct StreamedEvent: Hashable, Sendable {
    package var id: String?
    package var event: String
    package var data: String
}

/// Follows a server-sent event stream as a browser does.
package struct EventStreamClient: Sendable {
    /// Connects and hands each message to the body until it returns `false`.
    package static func follow(
        _ client: HTTPClient, url: String, lastEventID: String? = nil,
        onConnected: @Sendable () -> Void = {}, _ body: (StreamedEvent) async throws -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await client.execute(request, timeout: .hours(1))
        guard response.status == .ok else {
            throw DeadlinePassed(description: "\(url) answered \(response.status.code)")
        }
        onConnected()
        var line: [UInt8] = []
        var event = StreamedEvent(id: nil, event: "message", data: "")
        var hasData = false
        for try await chunk in response.body {
            for byte in chunk.readableBytesView {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                if text.isEmpty {
                    if hasData, try await !body(event) { return }
                    event = StreamedEvent(id: event.id, event: "message", data: "")
                    hasData = false
                } else if let value = Self.value(of: "id", in: text) {
                    event.id = value
                } else if let value = Self.value(of: "event", in: text) {
                    event.event = value
                } else if let value = Self.value(of: "data", in: text) {
                    event.data += hasData ? "\n" + value : value
                    hasData = true
                }
            }
        }
    }

    private static func value(of field: String, in line: String) -> String? {
        guard line.hasPrefix(field + ":") else { return nil }
        let value = line.dropFirst(field.count + 1)
        return String(value.first == " " ? value.dropFirst() : value)
    }
}
