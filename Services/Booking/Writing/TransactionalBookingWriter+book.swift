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
        if let answer = try await idempotency.claim(order.request, at: order.now, on: connection) {
            return (answer, nil)
        }
        let (slot, hold) = try await place(for: order, on: connection)
        guard
            try await !appointments.hasLive(personKey: order.personKey, service: slot.service, on: connection)
        else { throw BookingError.alreadyBooked }

        var generator = SystemRandomNumberGenerator()
        let token = secrets.randomToken()
        let appointment = Appointment(
            id: AppointmentID(UUIDText.make(using: &generator)),
            reference: AppointmentReference.make(using: &generator), tokenHash: Secrets.sha256Hex(token),
            tokenSealed: try secrets.seal(token, for: "appointment-token"), slot: slot.id, hall: slot.hall,
            service: slot.service, start: slot.start, end: slot.end, personKey: order.personKey,
            nameSealed: order.nameSealed, phoneSealed: order.phoneSealed, checklist: order.checklist, state: .booked,
            version: 1, sequence: 0, language: order.language, channel: order.channel)
        do {
            try await appointments.insert(appointment, at: order.now, on: connection)
        } catch let error as PostgresError where error.constraint == "appointment_one_live" {
            throw BookingError.alreadyBooked
        }
        if let hold {
            try await holds.end(hold.id, as: .used, appointment: appointment.id, on: connection)
        } else {
            try await slots.change(slot.id, by: 1, on: connection)
        }
        let answer = try order.answer(appointment, token)
        try await idempotency.record(answer, to: order.request, on: connection)
        try await audit.note("citizen", "booked", appointment.id.rawValue, at: order.now, on: connection)
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
