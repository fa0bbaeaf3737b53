package import Domain
package import EventContracts
package import Messaging
package import Postgres

/// What the consumer group does with each event: keeps the table of followed tickets and writes the messages that the event asks for, in
/// the consumer's transaction, so exactly once.
package struct StreamHandler: Sendable {
    private let streams: StreamNames
    private let messages = MessageStore()
    private let now: @Sendable () -> Timestamp

    package init(streams: StreamNames, now: @escaping @Sendable () -> Timestamp) {
        self.streams = streams
        self.now = now
    }

    package func handle(_ received: ReceivedEvent, on connection: PostgresConnection) async throws {
        let event = received.event
        if let hall = streams.hall(of: received.stream), received.stream == streams.queue(hall) {
            try await handle(
                try QueueEvent(typeName: event.type, data: event.data), of: hall, received, on: connection)
        } else {
            let booking = try BookingEvent(typeName: event.type, data: event.data)
            if let change = FollowedChange(booking) {
                try await FollowedStore.apply(change, at: event.time, on: connection)
            }
            if let message = MessagePlan.message(for: booking) { try await add(message, received, on: connection) }
        }
    }

    private func handle(
        _ event: QueueEvent, of hall: HallID, _ received: ReceivedEvent, on connection: PostgresConnection
    ) async throws {
        if let change = FollowedChange(event, in: hall) {
            try await FollowedStore.apply(change, at: received.event.time, on: connection)
        }
        guard let message = MessagePlan.message(for: event, in: hall), case .ticket(let ticket) = message.subject,
            // A walk-in left no contact.
            try await FollowedStore.isBooked(ticket, on: connection)
        else { return }
        try await add(message, received, on: connection)
    }

    private func add(
        _ message: PlannedMessage, _ received: ReceivedEvent, on connection: PostgresConnection
    ) async throws {
        try await messages.add(
            message, of: (received.stream, received.position, received.event.time), now: now(), on: connection)
    }
}
