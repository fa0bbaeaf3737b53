/// Waits that a hall tells people, and what became of them.
extension WaitCalibration {
    /// What is told to somebody who comes at `now` for a sampled wait from then on.
    ///
    /// - Parameter now: the moment in the seconds of the samples.
    func quote(_ wait: WaitDistribution, at now: Int, to person: Case) -> QuotedWait {
        QuotedWait(
            state(wait, at: now, to: person, odds: .eighty), ninety: state(wait, at: now, to: person, odds: .ninety))
    }

    /// - Parameter actual: the wait [s].
    mutating func learn(_ quoted: QuotedWait, for person: Case, actual: Double) {
        learn(
            low: Double(quoted.low), expected: Double(quoted.expected), high: Double(quoted.high), for: person,
            odds: .eighty, actual: actual)
        guard let ninety = quoted.ninety else { return }
        learn(
            low: Double(ninety.lowerBound), expected: Double(quoted.expected), high: Double(ninety.upperBound),
            for: person, odds: .ninety, actual: actual)
    }
}

extension WaitCalibration.Case {
    init(kind: TicketClass, arrival: Timestamp, service: ServiceID, _ zone: TimeZoneRules) {
        self.init(standing: Standing(kind), hour: zone.minuteOfDay(at: arrival) / 60, service: service.rawValue)
    }
}
