package import Domain
import Messaging
package import Postgres

/// Reads and writes closures. The names of the tables carry the schema, so any connection will do.
package struct ClosureStore: Sendable {
    package init() {}

    /// Closures that are in force and not over.
    static func inForce(at now: Timestamp) -> PostgresQuery {
        """
        SELECT id, hall, starts_at, ends_at, reason_zh, reason_en FROM booking.closure
        WHERE state = 'closed' AND ends_at > \(now) ORDER BY starts_at, id
        """
    }

    package func inForce(at now: Timestamp, on connection: PostgresConnection) async throws -> [HallClosure] {
        try await connection.query(Self.inForce(at: now)).map { try HallClosure($0) }
    }

    func closure(_ id: Int64, on pool: PostgresPool) async throws -> HallClosure? {
        try await pool.read(
            """
            SELECT id, hall, starts_at, ends_at, reason_zh, reason_en FROM booking.closure WHERE id = \(id)
            """
        ).first.map { try HallClosure($0) }
    }

    func insert(
        _ order: HallClosing.Order, at now: Timestamp, on connection: PostgresConnection
    ) async throws -> Int64 {
        let rows = try await connection.query(
            """
            INSERT INTO booking.closure (hall, starts_at, ends_at, reason_zh, reason_en, made_by, made_at)
            VALUES (\(order.hall.rawValue), \(order.from), \(order.to), \(order.reason.zh), \(order.reason.en),
                \(order.actor), \(now))
            RETURNING id
            """)
        guard let id = try rows.first?.decode("id", as: Int64.self) else { throw BookingError.unreadable("closure") }
        return id
    }

    func end(_ id: Int64, by actor: String, at now: Timestamp, on connection: PostgresConnection) async throws {
        _ = try await connection.query(
            """
            UPDATE booking.closure SET state = 'reopened', ended_by = \(actor), ended_at = \(now)
            WHERE id = \(id) AND state = 'closed'
            """)
    }

    func note(
        _ action: String, _ closure: Int64, of hall: HallID, people: Int, by actor: String, at now: Timestamp,
        on connection: PostgresConnection
    ) async throws {
        _ = try await connection.query(
            """
            INSERT INTO booking.audit (time, actor, action, subject, detail)
            VALUES (\(now), \(actor), \(action), \(hall.rawValue),
                jsonb_build_object('closure', \(closure)::bigint, 'people', \(people)::bigint))
            """)
    }

    /// Every process looks for a new version, and then finds the closures too.
    func announce(on connection: PostgresConnection) async throws {
        _ = try await connection.query("UPDATE booking.catalogue SET version = version + 1")
    }
}

extension HallClosure {
    init(_ row: PostgresRow) throws {
        let (id, hall, from, to, zh, en) = try row.decode(
            Int64.self, String.self, Timestamp.self, Timestamp.self, String.self, String.self)
        self.init(id: id, hall: HallID(hall), from: from, to: to, reason: LocalizedText(zh: zh, en: en))
    }
}
