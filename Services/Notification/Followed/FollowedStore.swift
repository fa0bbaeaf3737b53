package import Domain
import Messaging
import OrderedCollections
package import Postgres

/// The table of followed tickets. Each statement is one index access or one row.
package struct FollowedStore: Sendable {
    /// The channel on which processes hear that a followed ticket changed outside of a hall's day; the payload is the hash.
    package static let channel = "notification_followed"

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func find(_ follow: String) async throws -> FollowedTicket? {
        let rows = try await pool.read(
            """
            SELECT follow, ticket, hall, service, slot, slot_end, sequence, state, number
            FROM followed WHERE follow = \(follow)
            """)
        for row in rows {
            let (follow, ticket, hall, service, slot, slotEnd, sequence, state, number) = try row.decode(
                String.self, TicketID.self, HallID.self, ServiceID.self, Timestamp?.self, Timestamp?.self, Int.self,
                String.self, String?.self)
            return FollowedTicket(
                follow: follow, ticket: ticket, hall: hall, service: service, slot: slot, slotEnd: slotEnd,
                sequence: sequence, state: TicketState(rawValue: state) ?? .expected, number: number)
        }
        return nil
    }

    /// Whether the ticket was booked: only then is there a contact for messages.
    package static func isBooked(_ ticket: TicketID, on connection: PostgresConnection) async throws -> Bool {
        let rows = try await connection.query("SELECT FROM followed WHERE ticket = \(ticket) AND slot IS NOT NULL")
        return !rows.isEmpty
    }

    /// Applies what events changed, in their order, within the consumer's transaction. Bookings that follow one another, each of another ticket, go
    /// in one statement.
    package static func apply(_ changes: [(FollowedChange, Timestamp)], on connection: PostgresConnection) async throws
    {
        var booked: OrderedDictionary<TicketID, (FollowedTicket, Timestamp)> = [:]
        for (change, time) in changes {
            if case .book(let ticket) = change, booked[ticket.ticket] == nil {
                booked[ticket.ticket] = (ticket, time)
                continue
            }
            try await book(Array(booked.values), on: connection)
            booked = [:]
            if case .book(let ticket) = change {
                booked[ticket.ticket] = (ticket, time)
            } else {
                try await apply(change, at: time, on: connection)
            }
        }
        try await book(Array(booked.values), on: connection)
    }

    private static func book(_ booked: [(FollowedTicket, Timestamp)], on connection: PostgresConnection) async throws {
        guard !booked.isEmpty else { return }
        // As any other writer of several rows, in the order of their keys.
        let booked = booked.sorted { $0.0.ticket.rawValue < $1.0.ticket.rawValue }
        let tickets = booked.map(\.0)
        try await connection.query(
            """
            WITH changed AS (
                INSERT INTO followed AS f
                    (follow, ticket, hall, service, slot, slot_end, sequence, state, number, updated_at)
                SELECT follow, ticket, hall, service, slot, slot_end, sequence, state, NULL, updated_at
                FROM unnest(\(list: tickets.map(\.follow))::text[], \(list: tickets.map(\.ticket.rawValue))::text[],
                    \(list: tickets.map(\.hall.rawValue))::text[], \(list: tickets.map(\.service.rawValue))::text[],
                    \(list: tickets.map(\.slot))::timestamptz[], \(list: tickets.map(\.slotEnd))::timestamptz[],
                    \(list: tickets.map { Int64($0.sequence) })::bigint[],
                    \(list: tickets.map(\.state.rawValue))::text[], \(list: booked.map(\.1))::timestamptz[])
                    AS b (follow, ticket, hall, service, slot, slot_end, sequence, state, updated_at)
                ON CONFLICT (ticket) DO UPDATE
                    SET follow = EXCLUDED.follow, hall = EXCLUDED.hall, service = EXCLUDED.service,
                        slot = EXCLUDED.slot, slot_end = EXCLUDED.slot_end, sequence = EXCLUDED.sequence,
                        state = CASE WHEN f.slot IS NOT DISTINCT FROM EXCLUDED.slot AND f.hall = EXCLUDED.hall
                            THEN f.state ELSE EXCLUDED.state END,
                        number = CASE WHEN f.slot IS NOT DISTINCT FROM EXCLUDED.slot AND f.hall = EXCLUDED.hall
                            THEN f.number END,
                        updated_at = EXCLUDED.updated_at
                    WHERE f.sequence <= EXCLUDED.sequence
                RETURNING follow
            )
            SELECT pg_notify(\(channel), follow) FROM changed
            """)
    }

    /// Applies what an event changed, within the consumer's transaction.
    ///
    /// - Parameter time: when the event happened.
    package static func apply(_ change: FollowedChange, at time: Timestamp, on connection: PostgresConnection)
        async throws
    {
        switch change {
        case .book(let ticket):
            try await book([(ticket, time)], on: connection)
        case .expect(let ticket), .issue(let ticket):
            try await connection.query(
                """
                INSERT INTO followed (follow, ticket, hall, service, slot, state, number, updated_at)
                VALUES (\(ticket.follow), \(ticket.ticket), \(ticket.hall), \(ticket.service), \(ticket.slot),
                    \(ticket.state.rawValue), \(ticket.number), \(time))
                ON CONFLICT DO NOTHING
                """)
        case .withdraw(let ticket, let sequence):
            try await connection.query(
                """
                WITH changed AS (
                    UPDATE followed SET state = 'withdrawn', sequence = \(sequence), updated_at = \(time)
                    WHERE ticket = \(ticket) AND sequence <= \(sequence) RETURNING follow
                )
                SELECT pg_notify(\(channel), follow) FROM changed
                """)
        case .move(let ticket, let state, let number):
            try await connection.query(
                """
                UPDATE followed SET state = \(state.rawValue), number = coalesce(\(number), number), updated_at = \(time)
                WHERE ticket = \(ticket)
                """)
        case .transfer(let ticket, let service):
            try await connection.query(
                "UPDATE followed SET service = \(service), updated_at = \(time) WHERE ticket = \(ticket)")
        case .noShow(let ticket):
            try await connection.query(
                """
                UPDATE followed SET state = 'noShow', updated_at = \(time)
                WHERE ticket = \(ticket) AND state = 'expected' AND slot <= \(time)
                """)
        }
    }

    /// Removes tickets whose last change is older than a moment and whose day is over.
    ///
    /// - Returns: how many.
    package func purge(before moment: Timestamp) async throws -> Int {
        try await pool.execute(
            "DELETE FROM followed WHERE updated_at < \(moment) AND coalesce(slot, updated_at) < \(moment)"
        ).affected
    }
}
