package import Domain
package import EventContracts
import Messaging
package import Postgres
package import Web

/// Changes places in batches: whatever was asked for while the last batch was committing is one transaction of a few
/// set-based statements, in two round trips. One `fsync` then serves hundreds, and a slot that everybody wants is locked once for
/// all of them.
///
/// Two lanes do this side by side, so that one gathers and decides while the database works for the other. A slot belongs to one
/// lane, which gives its places in the order in which they were asked for.
///
/// Rows are locked in one order (holds, slots by name, appointments, streams by name), so processes cannot wait for one another
/// in a circle; should PostgreSQL report one all the same, the batch is tried again. When a statement of a batch fails, it is
/// split, so that only the request that is at fault fails.
///
/// Growth: a batch costs its statements (about a millisecond of two round trips and the commit) and for each command a
/// probe or two of an index and the rows that it writes; nothing depends on how many slots or appointments there are, but for the
/// depth of the indexes.
package struct GroupCommitBookingWriter: BookingWriting {
    /// How many commands one transaction carries out.
    package static let batchLimit = 512

    let pool: PostgresPool
    let secrets: Secrets
    let streams: StreamNames
    private let lanes: [GroupCommitLane<Asked, BookingOutcome>]

    /// How many transactions are under way at once.
    package static let laneCount = 2

    /// A command and the trace of the request that asks for it.
    struct Asked: Sendable {
        var command: BookingCommand
        var traceparent: String?
    }

    /// - Parameters:
    ///   - waitingLimit: how many may wait for a batch in each lane.
    ///   - wake: told the stream's name after a commit that appended to it.
    ///   - changed: told the slots whose places have changed, after the commit and before the answers.
    ///   - freedPlaces: what the city's rules say of places that come free.
    ///   - returned: told after a commit that left a place to ``PlaceReturn``.
    package init(
        pool: PostgresPool, streams: StreamNames, secrets: Secrets, waitingLimit: Int,
        wake: @escaping @Sendable (String) -> Void, changed: @escaping @Sendable ([SlotChange]) -> Void = { _ in },
        freedPlaces: @escaping @Sendable () -> FreedPlaceRules = { .none },
        returned: @escaping @Sendable () -> Void = {}
    ) {
        self.pool = pool
        self.secrets = secrets
        self.streams = streams
        let transactions = BatchTransactions(
            pool: pool, streams: streams, secrets: secrets, wake: wake, changed: changed, freedPlaces: freedPlaces,
            returned: returned)
        lanes = (0..<Self.laneCount).map { _ in
            GroupCommitLane(batchLimit: Self.batchLimit, waitingLimit: waitingLimit) {
                await transactions.carryOut($0)
            }
        }
    }

    /// How often a command is asked again when it drew a name that another has, or when its appointment was moved.
    private static let attempts = 10

    private func submit(_ command: BookingCommand) async throws -> BookingOutcome {
        // What names no slot waits for the slot's lane at the lock of its row.
        let lane = lanes[command.slot.map { Int($0.rawValue.magnitude % UInt64(Self.laneCount)) } ?? 0]
        for _ in 0..<Self.attempts {
            let outcome = try await lane.submit(Asked(command: command, traceparent: EventTrace.traceparent))
            if case .movedMeanwhile = outcome { continue }
            return outcome
        }
        throw BookingError.busy(retryAfterSeconds: 1)
    }

    package func hold(_ order: HoldOrder) async throws -> StoredAnswer {
        try await submit(.hold(order)).answer
    }

    package func release(holdTokenHash: String, at now: Timestamp) async throws -> Bool {
        guard case .released(let isReleased) = try await submit(.release(tokenHash: holdTokenHash, now: now)) else {
            throw BookingError.unreadable("outcome of a release")
        }
        return isReleased
    }

    package func book(_ order: BookOrder) async throws -> StoredAnswer {
        var attempt = 1
        while true {
            do {
                return try await submit(.book(try prepared(order))).answer
            } catch let error as PostgresError where error.isDrawnTwice && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    package func reschedule(_ order: RescheduleOrder) async throws -> Appointment {
        try await submit(.reschedule(order)).appointment
    }

    package func cancel(_ order: CancelOrder) async throws -> Appointment {
        try await submit(.cancel(order)).appointment
    }

    package func decline(_ order: DeclineOrder) async throws -> Bool {
        guard case .released(let isReleased) = try await submit(.decline(order)) else {
            throw BookingError.unreadable("outcome of an offer")
        }
        return isReleased
    }

    /// Draws the names and makes the answer, in the caller's task, so that the batch does not wait for it.
    func prepared(_ order: BookOrder) throws -> PreparedBooking {
        var generator = SystemRandomNumberGenerator()
        let token = secrets.randomToken()
        let appointment = Appointment(
            id: AppointmentID(UUIDText.make(at: order.now, using: &generator)),
            reference: AppointmentReference.make(using: &generator), tokenHash: Secrets.sha256Hex(token),
            tokenSealed: try secrets.seal(token, for: "appointment-token"), slot: order.slot.id,
            hall: order.slot.hall, service: order.slot.service, start: order.slot.start, end: order.slot.end,
            personKey: order.personKey, nameSealed: order.nameSealed, phoneSealed: order.phoneSealed,
            checklist: order.checklist, state: .booked, version: 1, sequence: 0, language: order.language,
            channel: order.channel, identitySealed: order.identitySealed, phoneKey: order.phoneKey)
        let answer = try order.answer(appointment, token)
        let booked = AppointmentBooked(appointment, phone: order.phone, secrets: secrets)
        return PreparedBooking(
            order: order, appointment: appointment, answer: answer,
            sealedAnswer: try IdempotencyStore(secrets: secrets).sealed(answer),
            event: try NewEvent(.appointmentBooked(booked)))
    }
}

extension BookingOutcome {
    fileprivate var answer: StoredAnswer {
        get throws {
            guard case .answered(let answer) = self else { throw BookingError.unreadable("outcome of a command") }
            return answer
        }
    }

    fileprivate var appointment: Appointment {
        get throws {
            guard case .changed(_, let after) = self else { throw BookingError.unreadable("outcome of a change") }
            return after
        }
    }
}

extension PostgresError {
    /// A name that was drawn at random is another's: to be drawn again.
    fileprivate var isDrawnTwice: Bool {
        isUniqueViolation
            && ["appointment_reference", "appointment_token", "appointment_pkey"].contains(constraint)
    }
}
