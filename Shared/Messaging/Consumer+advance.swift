internal import Domain
internal import EventContracts
internal import Logging
internal import Metrics
internal import Postgres
internal import RedisStreams

extension Consumer {
    /// What became of the work on one stream.
    enum Step: Hashable {
        /// The group has consumed everything up to here, and as far as is known there is no more.
        case reached(Int64)
        /// Not now; at least so long.
        case rest(Duration)
    }

    /// A handler failed, and knows at which event.
    struct EventFailure: Error {
        let position: Int64
        let underlying: any Error
    }

    /// Why a batch was rolled back.
    struct BatchFailure: Error {
        /// The events of the batch.
        let positions: ClosedRange<Int64>
        /// The event at fault; `nil` when the batch failed as a whole.
        let position: Int64?
        let event: StreamEntry
        let underlying: any Error
        /// The entry is not an event.
        let isUnreadable: Bool

        /// As it is kept: PostgreSQL takes no U+0000, and a row need not hold a novel.
        var message: String { String("\(underlying)".replacing("\0", with: "\u{FFFD}").prefix(2000)) }
    }

    private enum Batch {
        case nothing(offset: Int64)
        case done(offset: Int64, wasFull: Bool)
        case rest(Duration)
        case gap(offset: Int64, next: Int64)
    }

    /// Consumes a stream as far as it goes now.
    func advance(_ stream: String, fresh: [StreamEntry]) async -> Step {
        var through = Int64.max
        var fresh = fresh
        // After a failure of which nobody knows the event.
        var oneByOne = false
        while !Task.isCancelled {
            do {
                switch try await consumeBatch(stream, fresh: fresh, through: through, oneByOne: oneByOne) {
                case .nothing(let offset): return .reached(offset)
                case .done(let offset, let wasFull):
                    // The batch before a failing event is followed by that event.
                    let lastReceived = fresh.last?.position ?? 0
                    if !wasFull && through == .max && lastReceived <= offset { return .reached(offset) }
                    through = .max
                    oneByOne = false
                case .rest(let duration): return .rest(duration)
                case .gap(let offset, let next):
                    logger.error(
                        "events are missing from the stream; the group cannot go on until the relay brings them",
                        metadata: [
                            "stream": "\(stream)", "group": "\(group)", "consumed": "\(offset)", "next": "\(next)",
                        ])
                    return .rest(settings.backoff.longest)
                }
            } catch let failure as BatchFailure {
                if isTransient(failure.underlying) {
                    logger.info(
                        "an event waits",
                        metadata: ["stream": "\(stream)", "group": "\(group)", "reason": "\(failure.underlying)"])
                    return .rest(.zero)
                }
                let first = failure.positions.lowerBound
                let position = failure.position ?? first
                if position > first {
                    // Those before it are good: commit them, then the failing one stands first.
                    through = position - 1
                } else if failure.position == nil && failure.positions.count > 1 {
                    if oneByOne { through = first }
                    oneByOne = true
                } else if let rest = await record(failure, at: position, on: stream) {
                    return .rest(rest)
                }
            } catch {
                logger.info(
                    "consuming waits for a server",
                    metadata: ["stream": "\(stream)", "group": "\(group)", "error": "\(error)"])
                return .rest(.zero)
            }
            if fresh.last.map({ $0.position <= through }) == false { fresh = fresh.filter { $0.position <= through } }
        }
        return .rest(.zero)
    }

    /// A fault of the moment and not of the event.
    func isTransient(_ error: any Error) -> Bool {
        switch error {
        case is TransientFailure, is CancellationError: true
        case let error as PostgresError:
            error.isConnectionFailure || error.isSerializationFailure
                || [.timeout, .cancelled, .closed, .poolExhausted].contains(error.code)
        case let error as RedisError: error.isTransient || error.isCancelled || error.code == .closed
        default: false
        }
    }

    // MARK: One transaction

    private func consumeBatch(
        _ stream: String, fresh: [StreamEntry], through: Int64, oneByOne: Bool
    ) async throws -> Batch {
        try await pool.withTransaction { connection in
            let (offset, rest) = try await self.lockOffset(stream, on: connection)
            if let rest { return .rest(rest) }
            let entries = try await self.entries(of: stream, after: offset, fresh: fresh, through: through)
            guard let first = entries.first, let last = entries.last else { return .nothing(offset: offset) }
            if first.position != offset + 1 {
                guard offset == 0 else { return .gap(offset: offset, next: first.position) }
                self.logger.notice(
                    "a new group begins where the stream begins",
                    metadata: ["stream": "\(stream)", "group": "\(self.group)", "position": "\(first.position)"])
            }
            let positions = first.position...last.position
            if oneByOne {
                for entry in entries { try await self.handle([entry], of: stream, in: positions, on: connection) }
            } else {
                try await self.handle(entries, of: stream, in: positions, on: connection)
            }
            do {
                _ = try await connection.query(
                    """
                    UPDATE consumer_offset SET position = \(last.position), attempts = 0, retry_at = NULL
                    WHERE consumer_group = \(self.group) AND stream = \(stream)
                    """)
            } catch {
                // A handler has hidden an error of the database, which has undone the transaction.
                throw BatchFailure(
                    positions: positions, position: nil, event: first, underlying: error, isUnreadable: false)
            }
            self.handled.increment(by: entries.count)
            return .done(offset: last.position, wasFull: entries.count >= self.settings.batch)
        }
    }

    /// Calls the handler with some events of a batch.
    func handle(
        _ entries: [StreamEntry], of stream: String, in positions: ClosedRange<Int64>, on connection: PostgresConnection
    ) async throws {
        guard let first = entries.first else { return }
        let events = try entries.map { entry in
            do {
                return try ReceivedEvent(entry, of: stream)
            } catch {
                throw BatchFailure(
                    positions: positions, position: entry.position, event: entry, underlying: error, isUnreadable: true)
            }
        }
        let only = events.count == 1 ? events.first : nil
        do {
            try await EventTrace.$traceparent.withValue(only?.event.traceparent) {
                try await handler(events, connection)
            }
        } catch let failure as EventFailure {
            let entry = entries.first { $0.position == failure.position } ?? first
            throw BatchFailure(
                positions: positions, position: failure.position, event: entry, underlying: failure.underlying,
                isUnreadable: false)
        } catch {
            throw BatchFailure(
                positions: positions, position: only?.position, event: first, underlying: error, isUnreadable: false)
        }
    }

    /// Locks the group's row, made if it is absent; also tells how long the next event must still rest.
    private func lockOffset(
        _ stream: String, on connection: PostgresConnection
    ) async throws -> (offset: Int64, rest: Duration?) {
        for _ in 0..<2 {
            let rows = try await connection.query(
                """
                SELECT position, (extract(epoch FROM retry_at - clock_timestamp()) * 1000)::bigint FROM consumer_offset
                WHERE consumer_group = \(group) AND stream = \(stream) FOR UPDATE
                """)
            if let row = rows.first {
                let (offset, rest) = try row.decode(Int64.self, Int64?.self)
                return (offset, rest.flatMap { $0 > 0 ? .milliseconds($0) : nil })
            }
            _ = try await connection.query(
                """
                INSERT INTO consumer_offset (consumer_group, stream, position) VALUES (\(group), \(stream), 0)
                ON CONFLICT DO NOTHING
                """)
        }
        throw TransientFailure("the offset of \(stream) vanished between two statements")
    }

    /// The events that follow the offset without a gap, at most a batch.
    private func entries(
        of stream: String, after offset: Int64, fresh: [StreamEntry], through: Int64
    ) async throws -> [StreamEntry] {
        var entries = fresh.filter { $0.position > offset && !$0.fields.isEmpty }
        // Given to another consumer, or read before a failure: the stream itself has them too.
        if entries.first?.position != offset + 1 {
            entries = try await redis.range(stream, from: offset + 1, count: settings.batch)
        }
        entries = Array(entries.prefix(settings.batch).prefix { $0.position <= through })
        for index in entries.indices.dropFirst() where entries[index].position != entries[index - 1].position + 1 {
            return Array(entries[..<index])
        }
        return entries
    }
}
