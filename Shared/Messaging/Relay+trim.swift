internal import EventContracts
internal import Logging
internal import Metrics
internal import Postgres
internal import RedisStreams

extension Relay {
    /// Where the copy of a stream stands, and after which position of the log to go on.
    ///
    /// Redis is asked first and PostgreSQL second, so a stream that stands beyond the log cannot be explained by an
    /// append in between: PostgreSQL has gone back in time (a restored backup, a lost standby). What only Redis knows
    /// has never happened then, and its positions will be given again; so the copy is thrown away and made anew. So it
    /// is when its last entry is not the event that the log has there: somebody else has written to the stream.
    func takeBearings(of stream: String) async throws -> (position: Int64, readAfter: Int64) {
        let position = try await redis.lastPosition(of: stream)
        // On a leased connection: readers may be answered by a standby that is behind.
        let rows = try await pool.execute("SELECT head, trimmed FROM event_stream WHERE stream = \(stream)")
        guard let row = rows.first else { return (position, position) }
        let (head, trimmed) = try row.decode(Int64.self, Int64.self)
        if position > head {
            logger.critical(
                "Redis is ahead of the event log: has PostgreSQL been restored? The stream is made anew from the log",
                metadata: ["stream": "\(stream)", "redis": "\(position)", "log": "\(head)"])
            _ = try await redis.reset(stream, beyond: head)
            heals.increment()
            return (0, trimmed)
        }
        guard position > 0 else { return (0, trimmed) }
        if try await isForeign(stream, at: position) {
            logger.critical(
                "an entry on the stream is not the event of the log. The stream is made anew from the log",
                metadata: ["stream": "\(stream)", "position": "\(position)"])
            _ = try await redis.reset(stream, beyond: position - 1)
            heals.increment()
            return (0, trimmed)
        }
        return (position, position)
    }

    /// Whether the entry at this position is not a copy of the log's event. The source is not compared: a later version
    /// may write it otherwise.
    private func isForeign(_ stream: String, at position: Int64) async throws -> Bool {
        guard let entry = try await redis.range(stream, from: position, count: 1).first, entry.position == position,
            let logged = try await log.read(stream, after: position - 1, limit: 1).first, logged.position == position
        else { return false }
        guard let event = try? ReceivedEvent(entry, of: stream).event else { return true }
        let expected = logged.cloudEvent(source: event.source)
        return event.id != expected.id || event.type != expected.type || event.data != expected.data
    }

    /// Drops entries that every required group has acknowledged, the latest `keep` excepted.
    func trim(_ state: StreamState) async throws {
        let groups = try await redis.groups(of: state.stream)
        var acknowledged: [Int64?] = []
        for name in requiredGroups(state.stream) {
            guard let group = groups.first(where: { $0.name == name }) else {
                acknowledged.append(nil)
                break
            }
            acknowledged.append(try await redis.acknowledgedPosition(of: group, on: state.stream))
        }
        guard
            let last = TrimPlan.lastToDrop(
                head: state.head, trimmed: state.trimmed, keep: keep, acknowledged: acknowledged)
        else { return }
        let rows = try await pool.execute(
            """
            UPDATE event_stream SET trimmed = \(last)
            WHERE stream = \(state.stream) AND trimmed < \(last) AND head >= \(last)
            """
        )
        // Another relay is trimming it.
        guard rows.affected == 1 else { return }
        try await redis.trim(state.stream, below: last + 1)
    }
}
