import Domain
package import EventContracts
package import Messaging
package import Postgres
package import Web

/// One transaction for each change.
///
/// All transactions take their locks in one order (idempotency key, hold, slots by name, appointment, streams), so
/// they cannot wait for one another in a circle; should PostgreSQL report one all the same, or a serialisation
/// failure, the transaction is tried again.
package struct TransactionalBookingWriter: BookingWriting {
    let pool: PostgresPool
    let events: EventLog
    let streams: StreamNames
    let secrets: Secrets
    let idempotency: IdempotencyStore
    let gate: AdmissionGate
    let wake: @Sendable (String) -> Void
    let slots = SlotStore()
    let holds = HoldStore()
    let appointments = AppointmentStore()
    let audit = AuditStore()

    /// - Parameters:
    ///   - wake: told the stream's name after a commit that appended to it.
    package init(
        pool: PostgresPool, events: EventLog, streams: StreamNames, secrets: Secrets, gate: AdmissionGate,
        wake: @escaping @Sendable (String) -> Void
    ) {
        self.pool = pool
        self.events = events
        self.streams = streams
        self.secrets = secrets
        self.gate = gate
        self.wake = wake
        idempotency = IdempotencyStore(secrets: secrets)
    }

    /// Attempts at one change before its failure is reported.
    private static let attempts = 5

    func transaction<Result: Sendable>(
        _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await gate.pass {
            var attempt = 1
            while true {
                do {
                    return try await pool.withTransaction(body)
                } catch let error as PostgresError where attempt < Self.attempts && error.mayBeTriedAgain {
                    attempt += 1
                }
            }
        }
    }

    func append(_ happened: [(HallID, BookingEvent)], at now: Timestamp, on connection: PostgresConnection) async throws
    {
        var entries: [(stream: String, event: NewEvent)] = []
        for (hall, event) in happened {
            entries.append((streams.booking(hall), try NewEvent(event)))
        }
        _ = try await events.append(entries, at: now, on: connection)
    }

    /// Locks the slot to take a place of. A full one is first cleared of holds that ran out a moment ago.
    func openSlot(
        _ id: SlotID, among locked: [SlotID: Slot], earliest: Timestamp, now: Timestamp,
        on connection: PostgresConnection
    ) async throws -> Slot {
        guard var slot = locked[id] else { throw BookingError.slotUnknown }
        guard slot.start >= earliest else { throw BookingError.slotClosed(slot) }
        if slot.free <= 0 {
            let freed = try await holds.expire(of: [id], at: now, on: connection)[id] ?? 0
            if freed > 0 { _ = try await connection.query(slots.changing(id, by: -freed)) }
            slot.taken -= freed
        }
        guard slot.free > 0 else { throw BookingError.slotFull(slot) }
        return slot
    }

    func bookedEvent(_ appointment: Appointment, phone: PhoneNumber) -> AppointmentBooked {
        AppointmentBooked(
            appointment: appointment.id, hall: appointment.hall, service: appointment.service, slot: appointment.start,
            slotEnd: appointment.end, channel: appointment.channel,
            checkInKeys: [
                secrets.lookupHash(appointment.reference, for: "check-in-reference"),
                secrets.lookupHash("\(appointment.hall)|\(phone.lastFour)", for: "check-in-phone"),
            ], follow: appointment.tokenHash, sequence: appointment.sequence)
    }
}

extension PostgresError {
    /// Whether the whole transaction may be tried again: a conflict with another one, or a name that was drawn twice.
    fileprivate var mayBeTriedAgain: Bool {
        isSerializationFailure
            || isUniqueViolation && ["appointment_reference", "appointment_token", "hold_token"].contains(constraint)
    }
}

extension NewEvent {
    package init(_ event: BookingEvent) throws {
        let subject: String =
            switch event {
            case .appointmentBooked(let booked), .appointmentRescheduled(let booked): booked.appointment.rawValue
            case .appointmentCancelled(let cancelled): cancelled.appointment.rawValue
            case .verificationRequested(let requested): requested.verification
            }
        self.init(type: event.typeName, subject: subject, payload: try event.encodeData())
    }
}
