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

    /// Handles events of a booking stream, in their order, inside the consumer's transaction. Those that concern different appointments go
    /// together: in one statement, and into one batch of the hall's log.
    package func handle(_ received: [ReceivedEvent], on connection: PostgresConnection) async throws {
        var together = Together()
        for one in received {
            let event = try BookingEvent(typeName: one.event.type, data: one.event.data)
            let change: Change
            switch event {
            case .appointmentBooked(let booked), .appointmentRescheduled(let booked):
                change = Change(received: one, appointment: booked.appointment, expected: try expected(booked))
            case .appointmentCancelled(let cancelled):
                change = Change(received: one, appointment: cancelled.appointment, cancelled: cancelled)
            case .verificationRequested, .waitlistOffered, .ballotLost:
                continue
            }
            if !together.add(change) {
                try await carryOut(together.changes, on: connection)
                together = Together(first: change)
            }
        }
        try await carryOut(together.changes, on: connection)
    }

    /// What an event changes: an appointment is expected, or is not any more.
    private struct Change {
        var received: ReceivedEvent
        var appointment: AppointmentID
        var expected: ExpectedAppointment?
        var cancelled: AppointmentCancelled?
    }

    /// Changes of which no two concern the same appointment, so that their order does not matter.
    private struct Together {
        private(set) var changes: [Change] = []
        private var appointments: Set<AppointmentID> = []

        init() {}

        init(first: Change) { _ = add(first) }

        mutating func add(_ change: Change) -> Bool {
            guard appointments.insert(change.appointment).inserted else { return false }
            changes.append(change)
            return true
        }
    }

    private func expected(_ booked: AppointmentBooked) throws -> ExpectedAppointment {
        // A hall that is not in the catalogue yet will be: the import is on its way.
        guard let rules = catalogue.city.configurations[booked.hall]?.civilTime else {
            throw TransientFailure("hall \(booked.hall) is not in the catalogue yet")
        }
        return ExpectedAppointment(
            appointment: booked.appointment, hall: booked.hall, day: rules.date(at: booked.slot), slot: booked.slot,
            service: booked.service, channel: booked.channel, checkInKeys: booked.checkInKeys, follow: booked.follow,
            sequence: booked.sequence)
    }

    private func carryOut(_ changes: [Change], on connection: PostgresConnection) async throws {
        try await store.keep(changes.compactMap(\.expected), on: connection)
        for cancelled in changes.compactMap(\.cancelled) {
            try await store.cancel(
                cancelled.appointment, in: cancelled.hall, sequence: cancelled.sequence, on: connection)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for change in changes {
                guard let (command, hall) = command(for: change) else { continue }
                group.addTask { try await self.command(command, of: hall, change.received) }
            }
            try await group.waitForAll()
        }
    }

    /// What the hall's log must be told; only today matters to it.
    private func command(for change: Change) -> (QueueCommand, HallID)? {
        if let cancelled = change.cancelled {
            return (.withdraw(TicketID(cancelled.appointment.rawValue)), cancelled.hall)
        }
        guard let expected = change.expected,
            let rules = catalogue.city.configurations[expected.hall]?.civilTime
        else { return nil }
        // Also when it moved away from today: the hall then takes the earlier expectation back.
        let isMoved = expected.sequence > 0
        guard expected.day == rules.date(at: clock()) || isMoved else { return nil }
        return (.expect(expected.ticket), expected.hall)
    }

    private func command(_ command: QueueCommand, of hall: HallID, _ received: ReceivedEvent) async throws {
        let key = CommandKey(key: "event:\(received.stream)/\(received.position)", fingerprint: "event")
        try await EventTrace.$traceparent.withValue(received.event.traceparent) {
            do throws(QueuingError) {
                _ = try await halls.writer(hall).submit(HallRequest(command, key: key))
            } catch {
                // The hall has gone another way meanwhile, such as a day that is closed: nothing is to be done.
                if case .refused = error { return }
                throw TransientFailure("\(error)")
            }
        }
    }
}
