private import Synchronization

/// What others may know of a connection without asking its thread.
final class ConnectionHealth: Sendable {
    private let closed = Atomic(false)
    private let inTransaction = Atomic(false)

    var isClosed: Bool {
        get { closed.load(ordering: .acquiring) }
        set { closed.store(newValue, ordering: .releasing) }
    }

    /// A transaction was open after the last statement.
    var isInTransaction: Bool {
        get { inTransaction.load(ordering: .acquiring) }
        set { inTransaction.store(newValue, ordering: .releasing) }
    }
}
