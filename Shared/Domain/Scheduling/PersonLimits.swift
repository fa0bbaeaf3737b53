/// How often one person may book a service, and what follows when they do not come. What is `nil` has no bound.
///
/// A visit counts in the calendar week (Monday to Sunday) and the calendar month of its day in the hall, whenever it was booked.
/// Cancelled in time it does not count; all others do, also those to which nobody came.
package struct PersonLimits: Hashable, Codable, Sendable {
    package var perWeek: Int?
    package var perMonth: Int?
    package var noShows: NoShowRule?

    package init(perWeek: Int? = nil, perMonth: Int? = nil, noShows: NoShowRule? = nil) {
        self.perWeek = perWeek
        self.perMonth = perMonth
        self.noShows = noShows
    }

    package static let none = PersonLimits()

    package var isNone: Bool { self == .none }

    /// Days before today whose visits matter to ``refusal(of:today:visits:)``.
    package var daysBack: Int { max(31, noShows.map { $0.withinDays + $0.blockDays } ?? 0) }

    /// Why a booking for a day is refused; `nil` when it is not.
    ///
    /// - Parameter visits: what the person has booked or visited of the service, as far back as ``daysBack`` tells; without what
    ///   was cancelled or excused.
    package func refusal(of date: LocalDate, today: LocalDate, visits: [CountedVisit]) -> LimitRefusal? {
        if let until = noShows?.blockedUntil(today: today, missed: visits.filter(\.isNoShow).map(\.date)) {
            return .noShows(until: until)
        }
        return quotaRefusal(of: date, visits: visits.map(\.date))
    }

    /// The same for moving a visit, which no-shows do not keep anybody from.
    package func quotaRefusal(of date: LocalDate, visits: [LocalDate]) -> LimitRefusal? {
        if let perWeek, visits.count(where: { $0.weekStart == date.weekStart }) >= perWeek {
            return .week(limit: perWeek, next: date.weekStart.advanced(days: 7))
        }
        if let perMonth, visits.count(where: { ($0.year, $0.month) == (date.year, date.month) }) >= perMonth {
            let length = LocalDate.length(ofMonth: date.month, year: date.year)
            return .month(limit: perMonth, next: date.advanced(days: length - date.day + 1))
        }
        return nil
    }
}

/// Who has not come again and again must wait before booking anew.
package struct NoShowRule: Hashable, Codable, Sendable {
    /// So many visits to which the person did not come, beyond those forgiven, lead to a block.
    package var count: Int
    /// Days in which they fall.
    package var withinDays: Int
    /// Days for which the person cannot book, from the last of these visits on.
    package var blockDays: Int
    /// The first so many of these days are forgiven: anybody may be prevented.
    package var forgiven: Int

    package init(count: Int, withinDays: Int, blockDays: Int, forgiven: Int = 1) {
        self.count = count
        self.withinDays = withinDays
        self.blockDays = blockDays
        self.forgiven = forgiven
    }

    /// The first day on which the person may book again; `nil` when nothing keeps them from it today.
    ///
    /// - Parameter missed: the days of the visits to which the person did not come.
    package func blockedUntil(today: LocalDate, missed: [LocalDate]) -> LocalDate? {
        let days = missed.map(\.daysSinceEpoch).sorted()
        let tolerated = forgiven + count - 1
        var until: LocalDate?
        for (index, day) in days.enumerated() where index >= tolerated && day - days[index - tolerated] < withinDays {
            until = LocalDate(daysSinceEpoch: day + blockDays)
        }
        return until.flatMap { today < $0 ? $0 : nil }
    }
}

/// A visit that counts towards a person's limits.
package struct CountedVisit: Hashable, Sendable {
    /// In the hall.
    package var date: LocalDate
    package var isNoShow: Bool

    package init(date: LocalDate, isNoShow: Bool = false) {
        self.date = date
        self.isNoShow = isNoShow
    }
}

/// Why a person's limits do not allow a booking.
package enum LimitRefusal: Hashable, Sendable {
    /// The week of the visit is full; the next one begins on that day.
    case week(limit: Int, next: LocalDate)
    case month(limit: Int, next: LocalDate)
    /// The person may book again from that day on.
    case noShows(until: LocalDate)
}

extension LocalDate {
    /// The Monday of the day's week.
    package var weekStart: LocalDate {
        advanced(days: -(Weekday.allCases.firstIndex(of: weekday) ?? 0))
    }
}
