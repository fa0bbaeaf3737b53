internal import Logging
internal import Metrics
internal import Postgres
internal import RedisStreams

extension Relay {
    /// Where the copy of a stream stands, and after which position of the log to go on.
    ///
    /// Redis is asked first and PostgreSQL second, so a stream that stands beyond the log cannot be explained by an
    /// append in between: PostgreSQL has gone back in time (a restored backup, a lost standby). What only Redis knows
    /// has never happened then, and its positions will be given again; so the copy is thrown away and made anew.
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
        return position == 0 ? (0, trimmed) : (position, position)
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
