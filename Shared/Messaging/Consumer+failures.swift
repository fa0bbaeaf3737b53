internal import EventContracts
internal import Logging
internal import Metrics
internal import Postgres
internal import RedisStreams

extension Consumer {
    /// Counts a failure of the event that follows the offset, and makes it a dead letter when it has had its chances.
    ///
    /// The count is in PostgreSQL, so it holds for all processes of the group and survives them.
    ///
    /// - Returns: how long the stream must rest; `nil` when the event is out of the way.
    func record(_ failure: BatchFailure, at position: Int64, on stream: String) async -> Duration? {
        failed.increment()
        let message = failure.message
        do {
            return try await pool.withTransaction { connection in
                // The row may be absent: a first one was rolled back with the batch.
                let rows = try await connection.query(
                    """
                    INSERT INTO consumer_offset AS o (consumer_group, stream, position, attempts)
                    VALUES (\(self.group), \(stream), 0, 1)
                    ON CONFLICT (consumer_group, stream) DO UPDATE SET attempts = o.attempts + 1
                        WHERE o.position < \(position)
                    RETURNING attempts
                    """)
                // Another consumer has got past it.
                guard let row = rows.first else { return nil }
                let attempts = try row.decode(at: 0, as: Int.self)
                let rest = self.rest(after: failure, attempts: attempts)
                let metadata: Logger.Metadata = [
                    "stream": "\(stream)", "position": "\(position)", "group": "\(self.group)",
                    "attempts": "\(attempts)", "error": "\(message)",
                ]
                guard attempts >= self.settings.maximumAttempts else {
                    _ = try await connection.query(
                        """
                        UPDATE consumer_offset
                        SET retry_at = clock_timestamp() + \(rest.milliseconds) * interval '1 millisecond'
                        WHERE consumer_group = \(self.group) AND stream = \(stream)
                        """)
                    self.logger.warning("an event failed; it is tried again", metadata: metadata)
                    return rest
                }
                let payload = failure.event[ReceivedEvent.field] ?? ""
                let type = (try? ReceivedEvent(failure.event, of: stream))?.event.type ?? "unreadable"
                _ = try await connection.query(
                    """
                    INSERT INTO dead_letter (consumer_group, stream, position, type, payload, error, attempts)
                    VALUES (\(self.group), \(stream), \(position), \(type), \(payload), \(message), \(attempts))
                    ON CONFLICT DO NOTHING
                    """)
                _ = try await connection.query(
                    """
                    UPDATE consumer_offset SET position = \(position), attempts = 0, retry_at = NULL
                    WHERE consumer_group = \(self.group) AND stream = \(stream)
                    """)
                self.buried.increment()
                self.logger.error("an event failed for good; it is a dead letter now", metadata: metadata)
                return nil
            }
        } catch {
            logger.warning(
                "a failure could not be recorded",
                metadata: ["stream": "\(stream)", "group": "\(group)", "error": "\(error)"])
            return .zero
        }
    }

    /// An entry that is no event was not written by a relay: it gets the time in which the relay's sweep puts the stream right.
    private func rest(after failure: BatchFailure, attempts: Int) -> Duration {
        let rest = settings.backoff.delay(failures: attempts)
        return failure.isUnreadable ? max(rest, min(.seconds(2), settings.backoff.longest)) : rest
    }
}

extension Duration {
    /// Rounded down.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
