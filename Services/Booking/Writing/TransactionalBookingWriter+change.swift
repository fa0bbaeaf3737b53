import Domain
import EventContracts
import Postgres
import Web

extension TransactionalBookingWriter {
    package func reschedule(_ order: RescheduleOrder) async throws -> Appointment {
        let (before, after) = try await retryingWhenMoved {
            try await transaction { try await reschedule(order, on: $0) }
        }
        for hall in Set([before.hall, after.hall]) { wake(streams.booking(hall)) }
        return after
    }

    private func reschedule(
        _ order: RescheduleOrder, on connection: PostgresConnection
    ) async throws -> (Appointment, Appointment) {
        var hold: Hold?
        if case .hold(let tokenHash) = order.place {
            hold = try await holds.lock(tokenHash: tokenHash, on: connection)
            guard let hold else { throw BookingError.holdUnknown }
            guard hold.isGood(at: order.now) else { throw BookingError.holdEnded(hold.slot) }
        }
        guard let seen = try await appointments.peek(order.appointment, on: connection) else {
            throw BookingError.appointmentUnknown
        }
        let wanted: SlotID =
            switch order.place {
            case .slot(let id): id
            case .hold: hold?.slot.id ?? seen.slot
            }
        let locked = try await slots.lock([seen.slot, wanted], on: connection)
        let before = try await changeable(
            order.appointment, version: order.version, stillAt: seen.slot, on: connection)
        guard wanted != before.slot else {
            guard hold == nil else { throw BookingError.alreadyBooked }
            return (before, before)
        }

        let slot: Slot
        if let hold {
            slot = hold.slot
        } else {
            slot = try await openSlot(
                wanted, among: locked, earliest: order.earliestStart, now: order.now, on: connection)
        }
        guard slot.service == before.service else { throw BookingError.slotOfOtherService }
        var after = before
        after.slot = slot.id
        after.hall = slot.hall
        after.start = slot.start
        after.end = slot.end
        after.version += 1
        after.sequence += 1
        try await connection.pipeline([
            hold.map { holds.ending($0.id, as: .used, appointment: before.id) } ?? slots.changing(slot.id, by: 1),
            slots.changing(before.slot, by: -1), appointments.update(after, at: order.now),
            audit.note("citizen", "rescheduled", after.id.rawValue, at: order.now),
        ])
        try await append(try movedEvents(from: before, to: after), at: order.now, on: connection)
        return (before, after)
    }

    private func movedEvents(from before: Appointment, to after: Appointment) throws -> [(HallID, BookingEvent)] {
        guard let phone = PhoneNumber(try secrets.open(after.phoneSealed, for: "phone")) else {
            throw BookingError.unreadable("phone of appointment \(after.id)")
        }
        let moved = (after.hall, BookingEvent.appointmentRescheduled(bookedEvent(after, phone: phone)))
        guard before.hall != after.hall else { return [moved] }
        let gone = AppointmentCancelled(
            appointment: before.id, hall: before.hall, cause: .rescheduled, sequence: after.sequence)
        return [(before.hall, .appointmentCancelled(gone)), moved]
    }

    package func cancel(_ order: CancelOrder) async throws -> Appointment {
        let cancelled = try await retryingWhenMoved {
            try await transaction { try await cancel(order, on: $0) }
        }
        wake(streams.booking(cancelled.hall))
        return cancelled
    }

    private func cancel(_ order: CancelOrder, on connection: PostgresConnection) async throws -> Appointment {
        guard let seen = try await appointments.peek(order.appointment, on: connection) else {
            throw BookingError.appointmentUnknown
        }
        _ = try await slots.lock([seen.slot], on: connection)
        var appointment = try await changeable(
            order.appointment, version: order.version, stillAt: seen.slot, on: connection)
        appointment.state = .cancelled
        appointment.version += 1
        appointment.sequence += 1
        let actor = order.cause == .person ? "citizen" : "hall"
        try await connection.pipeline([
            appointments.update(appointment, at: order.now), slots.changing(appointment.slot, by: -1),
            audit.note(actor, "cancelled", appointment.id.rawValue, at: order.now),
        ])
        let event = AppointmentCancelled(
            appointment: appointment.id, hall: appointment.hall, cause: order.cause, sequence: appointment.sequence)
        try await append([(appointment.hall, .appointmentCancelled(event))], at: order.now, on: connection)
        return appointment
    }

    /// The appointment, locked after its slot; moved in between by somebody else, the whole must be done again.
    private func changeable(
        _ id: AppointmentID, version: Int?, stillAt slot: SlotID, on connection: PostgresConnection
    ) async throws -> Appointment {
        guard let appointment = try await appointments.lock(id, on: connection) else {
            throw BookingError.appointmentUnknown
        }
        if let version, appointment.version != version {
            throw BookingError.appointmentStale(version: appointment.version)
        }
        guard appointment.state == .booked else { throw BookingError.appointmentEnded }
        guard appointment.slot == slot else { throw MovedMeanwhile() }
        return appointment
    }

    private struct MovedMeanwhile: Error {}

    private func retryingWhenMoved<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        for _ in 0..<10 {
            do {
                return try await body()
            } catch is MovedMeanwhile {
                continue
            }
        }
        throw BookingError.busy(retryAfterSeconds: 1)
    }
}
