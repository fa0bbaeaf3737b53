internal import Logging
internal import Metrics
internal import Postgres
internal import RedisStreams

extension Consumer {
    /// Runs the dead letters whose replay was asked for, each in a transaction of its own.
    func replayRequested() async throws {
        let asked = try await pool.read(
            """
            SELECT id FROM dead_letter
            WHERE consumer_group = \(group) AND requested_at IS NOT NULL AND replayed_at IS NULL ORDER BY id LIMIT 100
            """)
        for row in asked { try await replay(row.decode(at: 0, as: Int64.self)) }
    }

    private func replay(_ id: Int64) async throws {
        do {
            try await pool.withTransaction { connection in
                let rows = try await connection.query(
                    """
                    SELECT stream, position, payload FROM dead_letter
                    WHERE id = \(id) AND requested_at IS NOT NULL AND replayed_at IS NULL FOR UPDATE SKIP LOCKED
                    """)
                guard let row = rows.first else { return }
                let (stream, position, payload) = try row.decode(String.self, Int64.self, String.self)
                let entry = StreamEntry(position: position, ReceivedEvent.field, payload)
                // A failure is written while the letter is still locked, so that no other process tries the same
                // request.
                _ = try await connection.query("SAVEPOINT before_replay")
                do {
                    try await self.handle([entry], of: stream, in: position...position, on: connection)
                } catch let failure as BatchFailure where !self.isTransient(failure.underlying) {
                    _ = try await connection.query("ROLLBACK TO SAVEPOINT before_replay")
                    try await self.recordFailedReplay(of: id, failure, on: connection)
                    return
                }
                _ = try await connection.query(
                    "UPDATE dead_letter SET replayed_at = clock_timestamp() WHERE id = \(id)")
                self.handled.increment()
            }
        } catch is BatchFailure {
            // A fault of the moment: the request stands, and comes up again.
        }
    }

    private func recordFailedReplay(
        of id: Int64, _ failure: BatchFailure, on connection: PostgresConnection
    ) async throws {
        failed.increment()
        let message = failure.message
        _ = try await connection.query(
            """
            UPDATE dead_letter SET requested_at = NULL, attempts = attempts + 1, error = \(message) WHERE id = \(id)
            """)
        logger.error("the replay of a dead letter failed", metadata: ["id": "\(id)", "error": "\(message)"])
    }
}
