package import Domain

/// What screens and followers of one hall see, folded from the hall's queue stream. Pure: time and configuration are arguments.
///
/// Holds the tickets of the present day only; the fold drops the day before when a new one opens.
package struct HallLive: Sendable {
    package let hall: HallID
    package private(set) var queue = HallQueue()
    /// The last calls of the day, newest first, one for each number.
    package private(set) var recent: [CallAnnouncement] = []
    private var picture: Picture?

    /// How many calls stay visible.
    package static let recentLimit = 8

    private struct Picture {
        var position: Int64
        var at: Timestamp
        var configuration: HallConfiguration
        var forecast: WaitForecast
        var board: BoardDocument
    }

    package init(hall: HallID) {
        self.hall = hall
    }

    /// Carries out an event.
    ///
    /// - Returns: the call that it makes, if any.
    package mutating func apply(_ event: QueueEvent, at time: Timestamp, position: Int64) -> CallAnnouncement? {
        let day = queue.day
        queue.apply(event, at: time, position: position)
        if queue.day != day { recent = [] }
        if case .stepUndone(let undone) = event {
            // A call that was taken back never happened; a service that was taken back leaves the call.
            recent.removeAll { $0.position == undone.position }
        }
        guard let call = CallAnnouncement(event, at: time, position: position) else { return nil }
        recent.removeAll { $0.number == call.number }
        recent.insert(call, at: 0)
        if recent.count > Self.recentLimit { recent.removeLast(recent.count - Self.recentLimit) }
        return call
    }

    /// The board. Made anew when something has happened or the waits have aged; O(waiting people) then, else O(1).
    ///
    /// - Parameter age: seconds after which the waits are reckoned anew.
    package mutating func board(
        at now: Timestamp, configuration: HallConfiguration, policy: any RoutingPolicy, age: Double = 5
    ) -> BoardDocument {
        refresh(at: now, configuration, policy, age).board
    }

    /// The ticket that a personal link follows; `nil` when it is not of this hall's day.
    package mutating func status(
        of follow: String, at now: Timestamp, configuration: HallConfiguration, policy: any RoutingPolicy,
        age: Double = 5
    ) -> TicketStatus? {
        guard let ticket = queue.ticket(follow: follow) else { return nil }
        guard ticket.state == .waiting else { return TicketStatus(ticket, hall: hall, outlook: nil, ahead: nil) }
        let outlook = refresh(at: now, configuration, policy, age).forecast.outlook(of: ticket.id)
        return TicketStatus(ticket, hall: hall, outlook: outlook, ahead: outlook == nil ? ahead(of: ticket) : nil)
    }

    private func ahead(of ticket: Ticket) -> Int? {
        queue.waitingTickets.filter { $0.possible.contains(where: ticket.possible.contains) }
            .firstIndex { $0.id == ticket.id }
    }

    private mutating func refresh(
        at now: Timestamp, _ configuration: HallConfiguration, _ policy: any RoutingPolicy, _ age: Double
    ) -> Picture {
        if let picture, picture.position == queue.position, now.seconds(since: picture.at) < age,
            picture.configuration == configuration
        {
            return picture
        }
        let forecast = policy.forecast(of: queue, at: now, configuration: configuration)
        let board = HallBoard(queue: queue, configuration: configuration, forecast: forecast)
        let made = Picture(
            position: queue.position, at: now, configuration: configuration, forecast: forecast,
            board: BoardDocument(board, recent: recent))
        picture = made
        return made
    }
}
