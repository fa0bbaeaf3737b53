package import Domain

/// An event in transit: CloudEvents 1.0 (cloudevents.io), structured mode, JSON format, with the distributed-tracing
/// extension.
package struct CloudEvent: Sendable, Hashable {
    /// `<stream>/<position>`: unique for the source.
    package var id: String
    /// The service that wrote it, such as `/queuing`.
    package var source: String
    /// Such as `cn.onetrip.queue.ticket-called.v1`.
    package var type: String
    /// What it is about, such as a ticket's identifier.
    package var subject: String?
    package var time: Timestamp
    /// W3C Trace Context of the request that brought the event about.
    package var traceparent: String?
    /// The text of a JSON object, kept to the byte, because the log's hashes cover it.
    package var data: String

    /// Bytes of JSON that an event may have.
    package static let sizeLimit = 262_144

    package init(
        id: String, source: String, type: String, subject: String?, time: Timestamp, traceparent: String?, data: String
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.traceparent = traceparent
        self.data = data
    }
}

extension CloudEvent {
    /// The identifier of the event at a position of a stream.
    package static func id(stream: String, position: Int64) -> String {
        "\(stream)/\(position)"
    }

    /// The stream that the identifier names; `nil` when it has another form.
    package var stream: String? {
        id.lastIndex(of: "/").map { String(id[..<$0]) }
    }

    /// The position that the identifier names; `nil` when it has another form.
    package var position: Int64? {
        id.lastIndex(of: "/").flatMap { Int64(id[id.index(after: $0)...]) }
    }
}
