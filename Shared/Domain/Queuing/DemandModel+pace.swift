extension DemandModel {
    /// For a hall that has not learned from any day: walk-ins go on coming as in the last two hours, for the same services.
    /// Booked people are known anyway. O(t) for t tickets of the day.
    ///
    /// - Returns: itself when something was learned, or nobody has come.
    func atPace(of queue: HallQueue, services: [ServiceID], now: Timestamp) -> DemandModel {
        guard queue.history == nil else { return self }
        let since = now.advanced(minutes: -Self.paceMinutes)
        let recent = queue.tickets.values.filter { $0.slot == nil && ($0.arrived.map { $0 > since } ?? false) }
        let counts = services.map { service in Double(recent.count { $0.standing.service == service }) }
        let total = counts.reduce(0, +)
        guard total > 0 else { return self }
        var demand = self
        demand.rates = Array(repeating: total / Double(Self.paceMinutes * 60), count: 86_400 / bin)
        demand.mix = counts.map { $0 / total }
        // The pace is that of this very day.
        demand.dayVariation = 0
        return demand
    }

    /// Divided by in full even when the day has only begun, so that the first few do not make a rush.
    private static let paceMinutes = 120
}
