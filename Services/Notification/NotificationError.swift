/// What can go wrong inside the notification service. The description says what to do next.
package struct NotificationError: Error, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A file of the package is missing or unreadable.
        case resource
        /// The stored catalogue cannot be read.
        case catalogue
        /// The booking service cannot be reached, or answered with an error.
        case contactUnavailable
        /// The booking service's answer is not what was agreed.
        case contactMalformed
        /// A configuration value is unusable.
        case configuration
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
