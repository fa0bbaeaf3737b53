package import Domain

/// A message whose turn has come, as its row says.
package struct DueMessage: Sendable, Hashable {
    package var id: Int64
    package var template: String
    package var subject: String
    package var parameters: [String: String]
    /// Attempts that failed before.
    package var attempts: Int
    package var expires: Timestamp

    package init(
        id: Int64, template: String, subject: String, parameters: [String: String], attempts: Int, expires: Timestamp
    ) {
        self.id = id
        self.template = template
        self.subject = subject
        self.parameters = parameters
        self.attempts = attempts
        self.expires = expires
    }
}
