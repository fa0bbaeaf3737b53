package import Domain

/// What somebody waits for: a place of a service in one of some halls, on one of some days.
package struct WaitlistWish: Hashable, Codable, Sendable {
    package var service: ServiceID
    package var halls: [HallID]
    package var firstDay: LocalDate
    package var lastDay: LocalDate
    /// Whether a place is booked at once, without asking.
    package var isAutomatic: Bool

    package init(
        service: ServiceID, halls: [HallID], firstDay: LocalDate, lastDay: LocalDate, isAutomatic: Bool = false
    ) {
        self.service = service
        self.halls = halls
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.isAutomatic = isAutomatic
    }

    /// Why nobody can wait for this; `nil` when one can.
    func refusal(in city: City, at now: Timestamp) -> BookingError? {
        guard let rule = city.service(service)?.waitlist else { return .noWaitlist }
        guard !halls.isEmpty, halls.allSatisfy({ city.hall($0)?.offers[service] != nil }) else { return .waitlistHall }
        guard firstDay <= lastDay, lastDay.daysSinceEpoch - firstDay.daysSinceEpoch < rule.maxDays,
            // Every hall can still have a place on the last day, and none is so far ahead that its slots are made after years.
            halls.compactMap({ city.zone(of: $0)?.date(at: now) }).allSatisfy({
                lastDay >= $0 && lastDay <= $0.advanced(days: 2 * rule.maxDays)
            })
        else { return .waitlistDays(limit: rule.maxDays) }
        return nil
    }

    /// When the last day has ended in every hall.
    func end(in city: City) -> Timestamp? {
        halls.compactMap { city.zone(of: $0)?.moment(of: lastDay.advanced(days: 1), minute: 0) }.max()
    }
}
