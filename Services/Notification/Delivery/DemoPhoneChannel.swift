package import Postgres

/// Delivers to the telephone that the demo shows on a page. Exactly once: the message and its mark are one transaction.
package struct DemoPhoneChannel: DeliveryChannel {
    package let name = "demo-phone"
    private let store: DemoMessageStore

    package init(store: DemoMessageStore) {
        self.store = store
    }

    package func deliver(_ message: OutgoingMessage, on connection: PostgresConnection) async throws {
        try await store.add(message, on: connection)
    }
}
