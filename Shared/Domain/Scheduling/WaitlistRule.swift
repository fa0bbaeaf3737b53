/// How a service's waitlist works: whoever is on it is offered the places that come free, in the order of joining.
package struct WaitlistRule: Hashable, Codable, Sendable {
    /// Minutes for which an offered place is kept for the person.
    package var offerMinutes: Int
    /// How many days a person may wait for: the first and the last day included.
    package var maxDays: Int

    package static let usualOfferMinutes = 30
    package static let usualMaxDays = 30
    /// Offers that somebody may leave without an answer before their waiting ends.
    package static let unansweredOffers = 3
    /// An offer that leaves less time than this to answer would be none.
    private static let leastMinutes = 5

    package init(offerMinutes: Int = usualOfferMinutes, maxDays: Int = usualMaxDays) {
        self.offerMinutes = offerMinutes
        self.maxDays = maxDays
    }

    /// Until when a place that comes free now is kept for whom it is offered.
    ///
    /// - Parameter leadMinutes: minutes before the start up to which the hall takes bookings.
    /// - Returns: `nil` when too little time is left to ask anybody.
    package func offerEnd(at now: Timestamp, start: Timestamp, leadMinutes: Int) -> Timestamp? {
        let end = min(now.advanced(minutes: offerMinutes), start.advanced(minutes: -leadMinutes))
        return end >= now.advanced(minutes: min(offerMinutes, Self.leastMinutes)) ? end : nil
    }
}
