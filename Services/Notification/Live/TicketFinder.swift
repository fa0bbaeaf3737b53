import Domain

/// Finds what a personal link leads to: first the live state of the halls' day, then the table of followed tickets.
package struct TicketFinder: Sendable {
    private let live: LiveHalls
    private let store: FollowedStore

    package init(live: LiveHalls, store: FollowedStore) {
        self.live = live
        self.store = store
    }

    /// - Returns: `nil` when no stream has told of the link.
    package func status(of follow: String) async throws -> TicketStatus? {
        let today = await live.status(of: follow)
        // A booking that was taken back today may stand for another day.
        if let today, today.state != .withdrawn { return today }
        return try await store.find(follow).map { TicketStatus($0) } ?? today
    }
}
