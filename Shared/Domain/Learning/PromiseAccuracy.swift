/// How good the waits were that people were told: what was quoted, held against what happened.
package struct PromiseAccuracy: Sendable, Hashable, Codable {
    /// Quoted minus actual wait [s]: above 0, people were called earlier than they were told.
    package private(set) var error = Tally()
    /// The same without its sign.
    package private(set) var absolute = Tally()
    /// 1 for a call within the quoted range, of which eight in ten should be.
    package private(set) var within = Tally()
    /// The same of the range in which nine in ten should be; `nil` before one was told.
    package private(set) var withinNinety: Tally?
    /// 1 for a call by the moment after which nobody passes.
    package private(set) var kept = Tally()

    package init() {}

    /// Takes in a ticket that was called; does nothing for one that was not, or that was told nothing.
    package mutating func add(_ ticket: Ticket) {
        guard let arrived = ticket.arrived, let called = ticket.firstCalledAt else { return }
        if let quoted = ticket.quoted {
            let actual = called.seconds(since: arrived)
            let beyond = Double(quoted.expected) - actual
            error.add(beyond)
            absolute.add(abs(beyond))
            within.add(quoted.covers(seconds: actual) ? 1 : 0)
            if let holds = quoted.coversNinety(seconds: actual) { withinNinety = withinNinety.adding(holds ? 1 : 0) }
        }
        // Where somebody was sent on or came back the promise moved along with the due time, and says nothing of the first call.
        if let promised = ticket.promisedBy, ticket.history.allSatisfy({ $0.before.promisedBy == promised }) {
            kept.add(called <= promised ? 1 : 0)
        }
    }

    package mutating func fade(by factor: Double) {
        error.fade(by: factor)
        absolute.fade(by: factor)
        within.fade(by: factor)
        withinNinety?.fade(by: factor)
        kept.fade(by: factor)
    }

    package mutating func round() {
        error.round()
        absolute.round()
        within.round()
        withinNinety?.round()
        kept.round()
    }

    /// How many calls are in it, of earlier days the less.
    package var count: Double { error.weight }

    private enum CodingKeys: String, CodingKey {
        case error = "e"
        case absolute = "a"
        case within = "w"
        case withinNinety = "n"
        case kept = "k"
    }
}

extension Tally? {
    fileprivate func adding(_ value: Double) -> Tally {
        var tally = self ?? Tally()
        tally.add(value)
        return tally
    }
}

extension HallQueue {
    /// How good today's promises have been so far, class by class. O(n) for the day's tickets.
    package var accuracy: [TicketClass: PromiseAccuracy] {
        var accuracy: [TicketClass: PromiseAccuracy] = [:]
        // In a fixed order, because sums of floating-point numbers depend on it.
        for ticket in tickets.values.sorted(by: { $0.id < $1.id }) where ticket.arrived != nil {
            accuracy[ticket.kind, default: PromiseAccuracy()].add(ticket)
        }
        return accuracy
    }
}
