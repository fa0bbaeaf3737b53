package import Postgres

/// A way by which messages reach people, such as SMS or mail. The demo's telephone is the first.
package protocol DeliveryChannel: Sendable {
    /// As it stands in the delivery table.
    var name: String { get }

    /// Hands a message over. An error means that nothing was handed over, and it is tried again.
    ///
    /// - Parameter connection: in the transaction that marks the message as sent. A channel that writes on it delivers exactly once; one
    ///   that calls another system passes ``OutgoingMessage/id`` on, by which that system can tell a repetition.
    func deliver(_ message: OutgoingMessage, on connection: PostgresConnection) async throws
}
