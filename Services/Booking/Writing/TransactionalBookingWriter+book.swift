import Domain
import EventContracts
import Postgres
import Web

extension TransactionalBookingWriter {
    package func book(_ order: BookOrder) async throws -> StoredAnswer {
        let (answer, hall) = try await transaction { connection in
            try await book(order, on: connection)
        }
        if let hall { wake(streams.booking(hall)) }
        return answer
    }

    private func book(
        _ order: BookOrder, on connection: PostgresConnection
    ) async throws -> (StoredAnswer, HallID?) {
        let first = try await connection.pipeline([
            idempotency.claim(order.request, at: order.now),
            appointments.living(personKey: order.personKey, service: order.service),
        ])
        guard first[0].affected > 0 else {
            return (try await idempotency.answer(to: order.request, on: connection), nil)
        }
        guard first[1].isEmpty else { throw BookingError.alreadyBooked }
        let (slot, hold) = try await place(for: order, on: connection)
        guard slot.service == order.service else { throw BookingError.slotOfOtherService }

        var generator = SystemRandomNumberGenerator()
        let token = secrets.randomToken()
        let appointment = Appointment(
            id: AppointmentID(UUIDText.make(using: &generator)),
            reference: AppointmentReference.make(using: &generator), tokenHash: Secrets.sha256Hex(token),
            tokenSealed: try secrets.seal(token, for: "appointment-token"), slot: slot.id, hall: slot.hall,
            service: slot.service, start: slot.start, end: slot.end, personKey: order.personKey,
            nameSealed: order.nameSealed, phoneSealed: order.phoneSealed, checklist: order.checklist, state: .booked,
            version: 1, sequence: 0, language: order.language, channel: order.channel)
        let answer = try order.answer(appointment, token)
        // In one round trip: others may be waiting for the slot.
        do {
            try await connection.pipeline([
                try appointments.insertion(appointment, at: order.now),
                hold.map { holds.ending($0.id, as: .used, appointment: appointment.id) }
                    ?? slots.changing(slot.id, by: 1),
                try idempotency.record(answer, to: order.request),
                audit.note("citizen", "booked", appointment.id.rawValue, at: order.now),
            ])
        } catch let error as PostgresError where error.constraint == "appointment_one_live" {
            throw BookingError.alreadyBooked
        }
        try await append(
            [(slot.hall, .appointmentBooked(bookedEvent(appointment, phone: order.phone)))], at: order.now,
            on: connection)
        return (answer, slot.hall)
    }

    /// The slot with a place for this order: locked and not full, or kept by a hold that is still good.
    private func place(for order: BookOrder, on connection: PostgresConnection) async throws -> (Slot, Hold?) {
        switch order.place {
        case .slot(let id):
            let locked = try await slots.lock([id], on: connection)
            return (
                try await openSlot(id, among: locked, earliest: order.earliestStart, now: order.now, on: connection),
                nil
            )
        case .hold(let tokenHash):
            guard let hold = try await holds.lock(tokenHash: tokenHash, on: connection) else {
                throw BookingError.holdUnknown
            }
            guard hold.isGood(at: order.now) else { throw BookingError.holdEnded(hold.slot) }
            return (hold.slot, hold)
        }
    }
}
