import Domain
import Messaging
import Postgres

/// The people who are to be moved because their places are gone.
struct ClosureMoveStore: Sendable {
    private static let columns = "id, appointment_id, slot_id, hall, starts_at, closure_id, state"

    // MARK: For a batch

    /// Those among them that are still to be made, locked in the order of their names.
    static func locking(_ ids: [Int64]) -> PostgresQuery {
        """
        SELECT id FROM closure_move WHERE id = ANY(\(column: ids)::bigint[]) AND state = 'due'
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    static func settling(_ moves: [(id: Int64, state: ClosureMove.State)]) -> PostgresQuery {
        """
        UPDATE closure_move m SET state = d.state
        FROM unnest(\(column: moves.map(\.id))::bigint[], \(column: moves.map(\.state.rawValue))::text[]) AS d (id, state)
        WHERE m.id = d.id AND m.id = ANY(\(column: moves.map(\.id))::bigint[])
        """
    }

    // MARK: For the job

    /// Takes the next moves in hand, by the start of what is lost. A process that dies leaves them to others after a while; the batch
    /// makes each once, whoever has it in hand. A probe of a partial index when there is nothing to do.
    func claim(
        limit: Int, at now: Timestamp, until end: Timestamp, on pool: PostgresPool
    ) async throws -> [ClosureMove] {
        let rows = try await pool.execute(
            """
            UPDATE closure_move SET claimed_until = \(end) WHERE id = ANY(ARRAY(
                SELECT id FROM closure_move
                WHERE state = 'due' AND (claimed_until IS NULL OR claimed_until <= \(now))
                ORDER BY starts_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            )) AND state = 'due' RETURNING \(unescaped: Self.columns)
            """)
        return try rows.map { try ClosureMove($0) }.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    }

    /// Whether there is anything to claim, which a replica or a reader can say.
    func isAnythingDue(at now: Timestamp, on pool: PostgresPool) async throws -> Bool {
        try await pool.read(
            """
            SELECT 1 AS one FROM closure_move
            WHERE state = 'due' AND (claimed_until IS NULL OR claimed_until <= \(now)) LIMIT 1
            """
        ).first != nil
    }

    /// Nothing is to be done: the appointment has gone elsewhere, has ended, or the person is there already.
    func drop(_ move: ClosureMove, on pool: PostgresPool) async throws {
        _ = try await pool.execute(
            """
            UPDATE closure_move m SET state = 'gone' WHERE m.id = \(move.id) AND m.state = 'due' AND NOT EXISTS (
                SELECT FROM appointment a WHERE a.id = m.appointment_id AND a.slot_id = m.slot_id AND a.state = 'booked')
            """)
    }

    // MARK: For people

    func move(_ id: Int64, on pool: PostgresPool) async throws -> ClosureMove? {
        try await pool.read("SELECT \(unescaped: Self.columns) FROM closure_move WHERE id = \(id)").first.map {
            try ClosureMove($0)
        }
    }

    /// The person agrees to the new time: nothing more is to be said about it.
    func accept(_ appointment: Appointment, _ move: Int64, at now: Timestamp, on pool: PostgresPool) async throws {
        _ = try await pool.execute(
            """
            WITH accepted AS (
                UPDATE appointment SET closure_move = NULL, version = version + 1, updated_at = \(now)
                WHERE id = \(appointment.id.rawValue)::uuid AND closure_move = \(move) AND state = 'booked'
                RETURNING id
            )
            INSERT INTO audit (time, actor, action, subject)
            SELECT \(now)::timestamptz, 'citizen', 'accepted', id::text FROM accepted
            """)
    }

    /// Removes what was settled before a moment.
    func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM closure_move WHERE state <> 'due' AND made_at < \(moment)").affected
    }
}

extension ClosureMove {
    fileprivate init(_ row: PostgresRow) throws {
        let (id, appointment, slot, hall, start, closure, state) = try row.decode(
            Int64.self, String.self, Int64.self, String.self, Timestamp.self, Int64?.self, String.self)
        self.init(
            id: id, appointment: AppointmentID(appointment), slot: SlotID(rawValue: slot), hall: HallID(hall),
            start: start, closure: closure, state: State(rawValue: state) ?? .gone)
    }
}
