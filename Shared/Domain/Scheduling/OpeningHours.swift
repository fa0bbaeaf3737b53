/// When a hall is open, day by day, with the days that differ worked out.
package struct OpeningHours: Sendable, Hashable, Codable {
    /// A weekday that is missing is closed.
    private let week: [Weekday: [TimeRange]]
    /// Holidays, make-up working days and the hall's own exceptions; empty: closed.
    private let special: [LocalDate: [TimeRange]]

    package init(week: [Weekday: [TimeRange]], special: [LocalDate: [TimeRange]] = [:]) {
        self.week = week
        self.special = special
    }

    package init(of hall: Hall, in catalogue: Catalogue) {
        let days = Set(catalogue.holidays.keys).union(catalogue.workdays.keys).union(hall.exceptions.keys)
        self.init(
            week: hall.hours,
            special: days.reduce(into: [:]) { $0[$1] = SlotCalendar.hours(of: hall, on: $1, catalogue: catalogue) })
    }

    package func hours(on day: LocalDate) -> [TimeRange] {
        special[day] ?? week[day.weekday, default: []]
    }
}
