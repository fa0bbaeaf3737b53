package import Domain
import EventContracts
package import Messaging
package import Postgres

/// Takes in what the booking service tells: who is expected, and when.
///
/// Two things must happen to an event of today: its row in `expected_appointment` (in the transaction of the consumer's offset)
/// and its event in the hall's log (a transaction of its own, of whichever batch it falls into). They cannot be one transaction,
/// because the hall's log is written in batches for everybody. The effect is exactly once all the same: the command goes to the
/// hall **before** the offset is committed, and carries the stream position as its idempotency key. If the process dies between
/// the two, the event is delivered again, and the hall answers from the record of the key.
package struct BookingListener: Sendable {
    /// The consumer group on the booking streams.
    package static let group = "queuing"

    private let store: ExpectedStore
    private let halls: HallRegistry
    private let catalogue: CatalogueHolder
    private let clock: @Sendable () -> Timestamp

    package init(
        store: ExpectedStore, halls: HallRegistry, catalogue: CatalogueHolder,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.halls = halls
        self.catalogue = catalogue
        self.clock = clock
    }

    /// Handles one event of a booking stream inside the consumer's transaction.
    package func handle(_ received: ReceivedEvent, on connection: PostgresConnection) async throws {
        let event = try BookingEvent(typeName: received.event.type, data: received.event.data)
        switch event {
        case .appointmentBooked(let booked), .appointmentRescheduled(let booked):
            try await expect(booked, received, on: connection)
        case .appointmentCancelled(let cancelled):
            try await store.cancel(
                cancelled.appointment, in: cancelled.hall, sequence: cancelled.sequence, on: connection)
            try await command(.withdraw(TicketID(cancelled.appointment.rawValue)), of: cancelled.hall, received)
        case .verificationRequested, .ballotLost:
            break
        }
    }

    private func expect(
        _ booked: AppointmentBooked, _ received: ReceivedEvent, on connection: PostgresConnection
    ) async throws {
        // A hall that is not in the catalogue yet will be: the import is on its way.
        guard let rules = catalogue.city.configurations[booked.hall]?.civilTime else {
            throw TransientFailure("hall \(booked.hall) is not in the catalogue yet")
        }
        let expected = ExpectedAppointment(
            appointment: booked.appointment, hall: booked.hall, day: rules.date(at: booked.slot), slot: booked.slot,
            service: booked.service, channel: booked.channel, checkInKeys: booked.checkInKeys, follow: booked.follow,
            sequence: booked.sequence)
        try await store.keep(expected, on: connection)
        // Also when it moved away from today: the hall then takes the earlier expectation back.
        let isMoved = booked.sequence > 0
        guard expected.day == rules.date(at: clock()) || isMoved else { return }
        try await command(.expect(expected.ticket), of: booked.hall, received)
    }

    private func command(_ command: QueueCommand, of hall: HallID, _ received: ReceivedEvent) async throws {
        let key = CommandKey(key: "event:\(received.stream)/\(received.position)", fingerprint: "event")
        do {
            _ = try await halls.writer(hall).submit(HallRequest(command, key: key))
        } catch {
            // The hall has gone another way meanwhile, such as a day that is closed: nothing is to be done.
            if case .refused = error { return }
            throw TransientFailure("\(error)")
        }
    }
}
