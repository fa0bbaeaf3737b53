package import Domain
import EventContracts
package import Messaging
package import Postgres

/// Keeps the state of appointments in step with the queue of their hall.
package struct QueueFollower: Sendable {
    let clock: @Sendable () -> Timestamp

    package init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }

    /// Takes one event of a hall's queue, in the transaction that also marks it as consumed. Events of walk-ins, and
    /// kinds of event that this version does not know, change nothing.
    package func handle(_ received: ReceivedEvent, on connection: PostgresConnection) async throws {
        guard let event = try Self.event(received.event) else { return }
        switch event {
        case .ticketCheckedIn(let event): try await move(event.ticket, to: .checkedIn, connection)
        case .ticketServing(let event): try await move(event.ticket, to: .serving, connection)
        case .ticketFinished(let event):
            try await move(event.ticket, to: .served, outcome: event.outcome, connection)
        case .ticketMissed(let event): try await move(event.ticket, to: .missed, connection)
        case .ticketNoShow(let event):
            try await move(event.ticket, to: .noShow, closed: received.event.time, connection)
        case .ticketLeft(let event): try await move(event.ticket, to: .left, connection)
        case .ticketReturned(let event): try await move(event.ticket, to: .checkedIn, connection)
        case .ticketCalled(let event): try await move(event.ticket, to: .checkedIn, connection)
        case .ticketParked(let event): try await move(event.ticket, to: .checkedIn, connection)
        case .ticketTransferred(let event):
            try await move(event.ticket, to: event.goesOn ? .serving : .checkedIn, connection)
        case .stepUndone(let event): try await undo(event, connection)
        case .dayOpened, .dayClosed, .windowOpened, .windowPaused, .windowResumed, .windowClosed, .ticketExpected,
            .ticketWithdrawn, .ticketIssued, .ticketRecalled:
            return
        }
    }

    private static func event(_ event: CloudEvent) throws -> QueueEvent? {
        do throws(ContractError) {
            return try QueueEvent(typeName: event.type, data: event.data)
        } catch {
            guard case .unknownType = error else { throw error }
            return nil
        }
    }

    /// Writes the new state. What the person cancelled stays so. What had ended and comes alive again gets no place of the
    /// phone back, since another may have it by now.
    ///
    /// - Parameter closed: when the hall closed, for who had not come by then: before the end of the slot it was not the person's fault.
    private func move(
        _ ticket: TicketID, to state: AppointmentState, outcome: ServiceOutcome? = nil, closed: Timestamp? = nil,
        _ connection: PostgresConnection
    ) async throws {
        guard UUIDText.isValid(ticket.rawValue) else { return }
        _ = try await connection.query(
            """
            UPDATE appointment SET state = \(state.rawValue), outcome = \(outcome?.rawValue),
                phone_seat = CASE WHEN \(state.isLive)::boolean AND state IN ('served', 'noShow', 'left') THEN NULL
                    ELSE phone_seat END,
                is_excused = coalesce(ends_at > \(closed)::timestamptz, is_excused), version = version + 1, updated_at = \(clock())
            WHERE id = \(ticket.rawValue)::uuid AND state <> \(state.rawValue) AND state <> 'cancelled'
            """)
    }

    /// Goes back to where the ticket stands again. If the person has booked the service anew meanwhile, the old
    /// appointment cannot come alive again beside the new one, and stays as it is.
    private func undo(_ event: StepUndone, _ connection: PostgresConnection) async throws {
        guard UUIDText.isValid(event.ticket.rawValue), let state = Self.state(of: event.state) else { return }
        _ = try await connection.query(
            """
            UPDATE appointment a SET state = \(state.rawValue), outcome = NULL, version = version + 1,
                phone_seat = CASE WHEN \(state.isLive)::boolean AND state IN ('served', 'noShow', 'left') THEN NULL
                    ELSE phone_seat END,
                updated_at = \(clock())
            WHERE id = \(event.ticket.rawValue)::uuid AND state <> \(state.rawValue) AND state <> 'cancelled'
                AND (NOT \(state.isLive)::boolean OR NOT EXISTS (
                    SELECT FROM appointment other
                    WHERE other.person_key = a.person_key AND other.service = a.service AND other.id <> a.id
                        AND other.state IN ('booked', 'checkedIn', 'serving', 'missed')))
            """)
    }

    /// Where an appointment stands whose ticket stands there; `nil` when the ticket says nothing about it.
    private static func state(of ticket: TicketState) -> AppointmentState? {
        switch ticket {
        case .expected: .booked
        case .waiting, .called, .parked: .checkedIn
        case .serving: .serving
        case .done: .served
        case .missed: .missed
        case .left: .left
        case .noShow: .noShow
        case .withdrawn: nil
        }
    }
}
