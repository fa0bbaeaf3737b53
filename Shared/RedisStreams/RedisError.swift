/// What went wrong between this process and Redis, and what to do next.
package struct RedisError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// The address cannot be read. Correct the configuration.
        case configuration
        /// No connection, or it broke; a command in flight may or may not have been carried out. Try again later.
        case connection
        /// Redis refused the command; the prefix is the first word of its answer, such as `WRONGTYPE`.
        case server(prefix: String)
        /// The answer has a shape that this client does not know.
        case protocolError
        /// No answer within the deadline; the command may have been carried out.
        case timeout
        case cancelled
        /// The client was shut down.
        case closed
    }

    package let code: Code
    package let message: String
    package let file: String
    package let line: Int

    package init(_ code: Code, _ message: String, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    /// The answer that Redis gave in place of a result, such as `NOGROUP No such key …`.
    package init(answer: String, file: String = #fileID, line: Int = #line) {
        let prefix = answer.prefix { $0 != " " }
        self.init(.server(prefix: String(prefix)), answer, file: file, line: line)
    }

    /// First word of the answer of the server; `nil` when the error did not come from there.
    package var serverPrefix: String? {
        if case .server(let prefix) = code { prefix } else { nil }
    }

    /// The stream or its consumer group is gone (a wiped server): create the group again at 0 and go on.
    ///
    /// `UNBLOCKED` is what Redis 7.0 tells a reader that was waiting when the stream vanished.
    package var isNoGroup: Bool { serverPrefix == "NOGROUP" || serverPrefix == "UNBLOCKED" }

    package var isNoScript: Bool { serverPrefix == "NOSCRIPT" }

    package var isCancelled: Bool { code == .cancelled }

    /// Whether the same call may succeed later without a change of anything but the state of the server or the network.
    package var isTransient: Bool {
        switch code {
        case .connection, .timeout: true
        case .server(let prefix):
            ["LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "OOM"].contains(prefix)
        case .configuration, .protocolError, .cancelled, .closed: false
        }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        let kind =
            switch code {
            case .configuration: "Redis configuration"
            case .connection: "Redis connection"
            case .server: "Redis answered"
            case .protocolError: "Redis protocol"
            case .timeout: "Redis timeout"
            case .cancelled: "Redis call cancelled"
            case .closed: "Redis client closed"
            }
        return "\(kind): \(message) (\(file):\(line))"
    }
}
