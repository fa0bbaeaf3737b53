package import Domain

/// What is needed to count a visit towards the limits of the person, where the service has any.
package struct LimitedVisit: Sendable {
    package var limits: PersonLimits
    /// The day in a hall at a moment.
    package var day: @Sendable (HallID, Timestamp) -> LocalDate

    package init(limits: PersonLimits, day: @escaping @Sendable (HallID, Timestamp) -> LocalDate) {
        self.limits = limits
        self.day = day
    }

    func date(of slot: Slot) -> LocalDate { day(slot.hall, slot.start) }

    /// The first day whose visits are to be known; zones differ from UTC by less than a day.
    func firstDay(at now: Timestamp) -> LocalDate {
        let (day, _) = now.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return LocalDate(daysSinceEpoch: Int(day) - limits.daysBack - 1)
    }
}

extension City {
    /// `nil` where the service has no limits.
    func limitedVisit(of service: ServiceID) -> LimitedVisit? {
        guard let limits = self.service(service)?.limits, !limits.isNone else { return nil }
        return LimitedVisit(limits: limits) { hall, moment in
            zone(of: hall)?.date(at: moment)
                ?? LocalDate(daysSinceEpoch: Int(moment.milliseconds / 86_400_000))
        }
    }
}
