/// What went wrong between the log, the stream and a consumer.
package struct MessagingError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        /// The events given to an append do not follow one another.
        case disorder
        /// The migrations of this module are not in its bundle: the build is broken.
        case schema
        /// An entry of a stream is not an event.
        case malformedEntry
        /// There is no such dead letter, or it was replayed already.
        case noSuchDeadLetter
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
}

extension MessagingError: CustomStringConvertible {
    package var description: String { "messaging, \(code.rawValue): \(message) (\(file):\(line))" }
}

/// Thrown by a handler when the event is fine but the moment is not, such as another service that does not answer.
///
/// Not counted as a failure of the event: it is tried again, with growing waits, until it goes through.
package struct TransientFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { "for the moment: \(message)" }
}
