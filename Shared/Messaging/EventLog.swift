package import Domain
package import Postgres

/// The event log of a service: the truth about what has happened, of which the streams in Redis are copies.
///
/// The statements name no schema; the pool's search path does.
///
/// Growth: an append costs one statement, whatever the number of events and streams; a read is a range of the primary
/// key. Writers of one stream wait for one another from the append to the commit, so append last in a transaction;
/// writers of different streams do not meet.
package struct EventLog: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    // MARK: Appending

    /// Appends to one stream at its next positions, inside the caller's transaction.
    ///
    /// - Returns: the positions given.
    package func append(
        _ events: [NewEvent], to stream: String, at time: Timestamp, traceparent: String? = EventTrace.traceparent,
        on connection: PostgresConnection
    ) async throws -> ClosedRange<Int64> {
        let positions = try await append(
            events.map { (stream, $0) }, at: time, traceparent: traceparent, on: connection)
        guard let first = positions.first, let last = positions.last else {
            throw MessagingError(.disorder, "there must be at least one event to append to \(stream)")
        }
        return first...last
    }

    /// Appends to several streams in one statement. Rows of streams are locked in the order of their names, so two such
    /// appends cannot lock each other out.
    ///
    /// - Returns: the position of each event, in the order given.
    package func append(
        _ events: [(stream: String, event: NewEvent)], at time: Timestamp,
        traceparent: String? = EventTrace.traceparent, on connection: PostgresConnection
    ) async throws -> [Int64] {
        guard !events.isEmpty else { return [] }
        let rows = try await connection.query(
            Self.appending(
                events.map { Entry(stream: $0.stream, event: $0.event, time: time, traceparent: traceparent) }))
        var positions: [Int64] = []
        for row in rows { positions.append(try row.decode("position")) }
        return positions
    }

    /// An event that is to be appended, with its own time and trace.
    package struct Entry: Sendable {
        package var stream: String
        package var event: NewEvent
        package var time: Timestamp
        package var traceparent: String?

        package init(stream: String, event: NewEvent, time: Timestamp, traceparent: String?) {
            self.stream = stream
            self.event = event
            self.time = time
            self.traceparent = traceparent
        }
    }

    /// The statement that appends at least one event, for a transaction that sends several in one round trip. Its rows are
    /// the positions, in the order given.
    package static func appending(_ entries: [Entry]) -> PostgresQuery {
        """
        WITH input AS (
            SELECT * FROM unnest(
                \(column: entries.map(\.stream))::text[], \(column: entries.map(\.event.type))::text[],
                \(column: entries.map(\.event.subject))::text[], \(column: entries.map(\.event.payload))::text[],
                \(column: entries.map(\.time))::timestamptz[], \(column: entries.map(\.traceparent))::text[]
            ) WITH ORDINALITY AS i (stream, type, subject, payload, time, traceparent, ordinal)
        ), added AS (
            SELECT stream, count(*) AS events FROM input GROUP BY stream
        ), moved AS (
            INSERT INTO event_stream AS s (stream, head)
            SELECT stream, events FROM added ORDER BY stream COLLATE "C"
            ON CONFLICT (stream) DO UPDATE SET head = s.head + EXCLUDED.head
            RETURNING s.stream, s.head
        ), placed AS (
            SELECT i.*, m.head - a.events + row_number() OVER (PARTITION BY i.stream ORDER BY i.ordinal) AS position
            FROM input i JOIN added a USING (stream) JOIN moved m USING (stream)
        ), logged AS (
            INSERT INTO event_log (stream, position, time, type, subject, payload, traceparent)
            SELECT stream, position, time, type, subject, payload, traceparent FROM placed
        )
        SELECT position FROM placed ORDER BY ordinal
        """
    }

    /// Appends to a chained stream if it still stands where the writer thinks; one statement, complete in itself.
    ///
    /// The comparison and the move of the stream's row are one step under its lock: of two writers on one head exactly
    /// one wins, and the loser has written nothing. No lock outlives the statement, so no crash can leave one behind.
    ///
    /// - Parameters:
    ///   - entries: at positions `head + 1`, `head + 2`, …
    ///   - head: the position that the writer decided upon; 0 for an empty stream.
    /// - Returns: `false` when another was first: read on, decide again.
    package func append(
        _ entries: [ChainedEvent], to stream: String, after head: Int64,
        traceparent: String? = EventTrace.traceparent, on connection: PostgresConnection
    ) async throws -> Bool {
        guard let last = entries.last else { return true }
        guard entries.indices.allSatisfy({ entries[$0].position == head + 1 + Int64($0) }) else {
            throw MessagingError(.disorder, "events for \(stream) must stand at \(head + 1), \(head + 2), …")
        }
        let rows = try await connection.query(
            """
            WITH moved AS (
                INSERT INTO event_stream AS s (stream, head, head_hash)
                SELECT \(stream)::text, \(last.position)::bigint, \(last.hash)::bytea
                WHERE \(head)::bigint = 0 OR EXISTS (SELECT FROM event_stream WHERE stream = \(stream)::text)
                ON CONFLICT (stream) DO UPDATE SET head = EXCLUDED.head, head_hash = EXCLUDED.head_hash
                    WHERE s.head = \(head)::bigint
                RETURNING s.stream
            )
            INSERT INTO event_log (stream, position, time, type, subject, payload, traceparent, hash)
            SELECT m.stream, i.position, i.time, i.type, i.subject, i.payload, \(traceparent)::text, i.hash
            FROM moved m, unnest(
                \(column: entries.map(\.position))::bigint[], \(column: entries.map(\.time))::timestamptz[],
                \(column: entries.map(\.type))::text[], \(column: entries.map(\.subject))::text[],
                \(column: entries.map(\.payload))::text[], \(column: entries.map(\.hash))::bytea[]
            ) AS i (position, time, type, subject, payload, hash)
            """)
        return rows.affected == entries.count
    }

    // MARK: Reading

    /// The events after a position, in order, at most `limit`.
    package func read(_ stream: String, after position: Int64, limit: Int) async throws -> [LoggedEvent] {
        let rows = try await pool.read(
            """
            SELECT position, time, type, subject, payload, traceparent, hash FROM event_log
            WHERE stream = \(stream) AND position > \(position) ORDER BY position LIMIT \(limit)
            """)
        var events: [LoggedEvent] = []
        events.reserveCapacity(rows.count)
        for row in rows {
            let (position, time, type, subject, payload, traceparent, hash) = try row.decode(
                Int64.self, Timestamp.self, String.self, String?.self, String.self, String?.self, [UInt8]?.self)
            events.append(
                LoggedEvent(
                    stream: stream, position: position, time: time, type: type, subject: subject, payload: payload,
                    traceparent: traceparent, hash: hash))
        }
        return events
    }

    /// Position of the last event; 0 for a stream without any.
    package func head(of stream: String) async throws -> Int64 {
        try await state(of: stream)?.head ?? 0
    }

    /// `nil` for a stream without events.
    package func state(of stream: String) async throws -> StreamState? {
        let rows = try await pool.read(
            "SELECT stream, head, trimmed, head_hash FROM event_stream WHERE stream = \(stream)")
        for row in rows { return try StreamState(row) }
        return nil
    }

    package func streams() async throws -> [String] {
        try await states().map(\.stream)
    }

    /// All streams, by name. Growth: linear in the number of streams; one row each.
    package func states() async throws -> [StreamState] {
        var states: [StreamState] = []
        for row in try await pool.read("SELECT stream, head, trimmed, head_hash FROM event_stream ORDER BY stream") {
            states.append(try StreamState(row))
        }
        return states
    }
}

extension StreamState {
    /// Reads `stream, head, trimmed, head_hash`.
    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
        let (stream, head, trimmed, hash) = try row.decode(String.self, Int64.self, Int64.self, [UInt8]?.self)
        self.init(stream: stream, head: head, trimmed: trimmed, headHash: hash)
    }
}
