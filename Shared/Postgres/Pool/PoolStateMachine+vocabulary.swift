extension PoolStateMachine {
    struct Settings {
        /// Most connections.
        var size: Int
        /// Connections held even when nobody asks.
        var minimum: Int
        /// Leases that one connection carries at the same time.
        var sharing: Int
        var maximumWaiting: Int
        var backOffBase: Duration = .milliseconds(50)
        var backOffLimit: Duration = .seconds(5)
    }

    struct ConnectionID: Hashable { let number: Int }
    struct RequestID: Hashable { let number: UInt64 }

    enum Refusal: Equatable {
        case tooManyWaiting, deadline, cancelled, closed
    }

    enum Decision: Equatable {
        case granted(ConnectionID)
        case waiting
        case refused(Refusal)
    }

    enum Action: Equatable {
        /// Make a connection, then report `connected` or `connectFailed`. `attempt` counts from 0.
        case connect(ConnectionID, attempt: Int)
        /// Report `retryDue` after the pause.
        case pause(ConnectionID, Duration)
        /// Report `clockReached` at that moment.
        case alarm(Instant)
        case grant(RequestID, ConnectionID)
        case refuse(RequestID, Refusal)
        case close(ConnectionID)
        /// Nothing is left; the pool has ended.
        case finished
    }
}
