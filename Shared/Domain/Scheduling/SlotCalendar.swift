/// Turns a hall's opening hours into slots.
package enum SlotCalendar {
    /// When a hall is open on a day, in order. Empty: closed.
    ///
    /// The first that applies: the day's exception; the holiday; the make-up working day's weekday; the weekday.
    package static func hours(of hall: Hall, on date: LocalDate, catalogue: Catalogue) -> [TimeRange] {
        if let exception = hall.exceptions[date] { return exception.hours.sorted() }
        guard hall.observesHolidays else { return hall.hours[date.weekday, default: []].sorted() }
        guard catalogue.holidays[date] == nil else { return [] }
        return hall.hours[catalogue.workdays[date] ?? date.weekday, default: []].sorted()
    }

    /// The weekday whose ordinary hours a hall keeps on a day; `nil` when the day has hours of its own, or none.
    package static func ordinaryWeekday(of hall: Hall, on date: LocalDate, catalogue: Catalogue) -> Weekday? {
        guard hall.exceptions[date] == nil else { return nil }
        guard hall.observesHolidays else { return date.weekday }
        return catalogue.holidays[date] == nil ? catalogue.workdays[date] ?? date.weekday : nil
    }

    /// When the slots of an offer begin on a weekday with ordinary hours, in minutes since midnight, in order.
    package static func starts(of offer: Offer, in hours: [TimeRange]) -> [Int] {
        guard offer.slotMinutes > 0 else { return [] }
        return hours.sorted().flatMap {
            Array(stride(from: $0.start, through: $0.end - offer.slotMinutes, by: offer.slotMinutes))
        }
    }

    /// Why the day differs from the ordinary week: the exception's reason or the holiday's name. `nil` on an ordinary day.
    package static func reason(for date: LocalDate, in hall: Hall, catalogue: Catalogue) -> LocalizedText? {
        hall.exceptions[date]?.reason ?? (hall.observesHolidays ? catalogue.holidays[date] : nil)
    }

    /// The slots of a service in a hall on a day of the hall's calendar, in order. Empty when the hall is closed or does not offer
    /// the service, and when there is no such hall or time zone.
    ///
    /// Each stretch of opening hours is cut into slots of equal *elapsed* time from its beginning; a rest that is shorter than a
    /// slot stays free, so the last slot ends by closing. On a day on which the clocks change, a hall that is open over the change
    /// has as many more or fewer slots as the stretch is longer or shorter; no slot is planned at a time that the clocks skip, and
    /// the two hours of the same name are told apart by their offset.
    ///
    /// - Parameter plan: the places of single slots, where there is a plan; slots without a place are left out.
    package static func slots(
        hall id: HallID, service: ServiceID, on date: LocalDate, catalogue: Catalogue, plan: PlacesPlan? = nil
    ) -> [PlannedSlot] {
        guard let hall = catalogue.halls[id], let offer = hall.offers[service], offer.slotMinutes > 0, offer.places > 0,
            let zone = TimeZoneRules(hall.timeZone)
        else { return [] }
        let weekday = ordinaryWeekday(of: hall, on: date, catalogue: catalogue)
        return hours(of: hall, on: date, catalogue: catalogue).flatMap { range in
            let opening = zone.moment(of: date, minute: range.start)
            let closing = zone.moment(of: date, minute: range.end)
            let starts = sequence(first: opening) { $0.advanced(minutes: offer.slotMinutes) }
            return starts.lazy
                .map { start in
                    let planned = weekday.flatMap {
                        plan?.places(of: service, on: $0, from: zone.minuteOfDay(at: start), offer: offer)
                    }
                    return PlannedSlot(
                        hall: id, service: service, start: start, end: start.advanced(minutes: offer.slotMinutes),
                        capacity: planned ?? offer.places)
                }
                .prefix { $0.end <= closing }
                .filter { $0.capacity > 0 }
        }
    }
}
