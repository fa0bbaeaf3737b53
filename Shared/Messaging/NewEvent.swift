package import Domain

/// An event that is about to be logged at the next free position.
package struct NewEvent: Hashable, Sendable {
    package var type: String
    /// What it is about, such as an appointment's identifier.
    package var subject: String?
    /// A JSON object.
    package var payload: String

    package init(type: String, subject: String? = nil, payload: String) {
        self.type = type
        self.subject = subject
        self.payload = payload
    }
}

/// An event whose position and hash the writer has worked out, for a stream with a hash chain.
package struct ChainedEvent: Hashable, Sendable {
    package var position: Int64
    package var time: Timestamp
    package var type: String
    package var subject: String?
    package var payload: String
    /// Covers this event and, through the hash before it, all earlier ones.
    package var hash: [UInt8]

    package init(
        position: Int64, time: Timestamp, type: String, subject: String? = nil, payload: String, hash: [UInt8]
    ) {
        self.position = position
        self.time = time
        self.type = type
        self.subject = subject
        self.payload = payload
        self.hash = hash
    }
}

/// An event of the log.
package struct LoggedEvent: Hashable, Sendable {
    package var stream: String
    package var position: Int64
    package var time: Timestamp
    package var type: String
    package var subject: String?
    package var payload: String
    package var traceparent: String?
    /// `nil` on a stream without a hash chain.
    package var hash: [UInt8]?
}

/// Where a stream of the log stands.
package struct StreamState: Hashable, Sendable {
    package var stream: String
    /// Position of the last event, 0 for none.
    package var head: Int64
    /// The copy in Redis begins after this position, or earlier.
    package var trimmed: Int64
    /// Hash of the last event of a chained stream.
    package var headHash: [UInt8]?
}
