/// The one shared connection of a client: absent, being made, open, resting after a failure, or given up for good.
///
/// ```
///  idle ──start──▶ connecting ──opened──▶ open ──lost──▶ idle
///   ▲                  │ failed                            (any) ──close──▶ closed
///   └──rest is over──  resting
/// ```
/// A connection is made when somebody needs one. While it rests after a failure, callers get the last error at once
/// instead of queueing up, so a probe is answered quickly and a storm of retries costs nothing.
struct ConnectionSlot<Connection, Attempt> {
    private enum State {
        case idle
        case connecting(Attempt)
        case open(Connection)
        case resting(until: ContinuousClock.Instant, because: RedisError)
        case closed
    }

    enum Action {
        case use(Connection)
        case join(Attempt)
        /// Begin an attempt and report it by ``began(_:)``.
        case start
        case refuse(RedisError)
    }

    private var state = State.idle
    /// Failures in a row.
    private(set) var failures = 0

    /// - Parameter isUsable: whether an open connection still is one.
    mutating func request(at now: ContinuousClock.Instant, isUsable: (Connection) -> Bool) -> Action {
        switch state {
        case .idle: return .start
        case .connecting(let attempt): return .join(attempt)
        case .open(let connection):
            if isUsable(connection) { return .use(connection) }
            state = .idle
            return .start
        case .resting(let until, let error):
            guard until <= now else { return .refuse(error) }
            state = .idle
            return .start
        case .closed:
            return .refuse(RedisError(.closed, "the Redis client was shut down; no more calls are possible"))
        }
    }

    mutating func began(_ attempt: Attempt) {
        if case .idle = state { state = .connecting(attempt) }
    }

    /// Returns whether the connection is wanted; if not, the slot was closed meanwhile and the caller must close it.
    mutating func opened(_ connection: Connection) -> Bool {
        guard case .connecting = state else { return false }
        failures = 0
        state = .open(connection)
        return true
    }

    mutating func failed(_ error: RedisError, at now: ContinuousClock.Instant, delay: (_ failures: Int) -> Duration) {
        guard case .connecting = state else { return }
        failures += 1
        state = .resting(until: now.advanced(by: delay(failures)), because: error)
    }

    /// Ends the slot for good; returns the connection that is to be closed.
    mutating func close() -> Connection? {
        defer { state = .closed }
        if case .open(let connection) = state { return connection }
        return nil
    }
}
