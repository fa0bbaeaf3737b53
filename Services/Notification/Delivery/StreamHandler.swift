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

    /// Events of one stream, in their order: those of a queue one after the other, those of bookings in few statements.
    package func handle(_ received: [ReceivedEvent], on connection: PostgresConnection) async throws {
        guard let stream = received.first?.stream else { return }
        if let hall = streams.hall(of: stream), stream == streams.queue(hall) {
            for one in received {
                try await handle(
                    try QueueEvent(typeName: one.event.type, data: one.event.data), of: hall, one, on: connection)
            }
        } else {
            try await handleBookings(received, on: connection)
        }
    }

    private func handleBookings(_ received: [ReceivedEvent], on connection: PostgresConnection) async throws {
        var changes: [(FollowedChange, Timestamp)] = []
        var planned: [MessageStore.Planned] = []
        for one in received {
            let event = try BookingEvent(typeName: one.event.type, data: one.event.data)
            if let change = FollowedChange(event) { changes.append((change, one.event.time)) }
            if let message = MessagePlan.message(for: event) { planned.append(.init(message, by: one)) }
        }
        try await FollowedStore.apply(changes, on: connection)
        try await messages.add(planned, now: now(), on: connection)
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
        try await messages.add([.init(message, by: received)], now: now(), on: connection)
    }
}
