/// When the places of a service open to be booked: day by day, week by week or month by month, at a time of the day by the hall's
/// clock. Holidays do not move it, so that everybody can reckon it.
package struct ReleaseRule: Hashable, Codable, Sendable {
    /// What opens at once.
    package enum Rhythm: Hashable, Codable, Sendable {
        /// Each day opens so many days before it.
        case daily(daysAhead: Int)
        /// The next week, Monday to Sunday, opens on this weekday.
        case weekly(on: Weekday)
        /// The next month opens on this day of the month; on the last day where a month is shorter.
        case monthly(day: Int)
    }

    package var rhythm: Rhythm
    /// Minutes since local midnight.
    package var minute: Int
    /// Each slot opens at a moment of its own within so many minutes after the release; 0: all at once.
    package var jitterMinutes: Int
    /// Whether the places are drawn before they open.
    package var ballot: BallotRule?

    package init(_ rhythm: Rhythm, minute: Int, jitterMinutes: Int = 0, ballot: BallotRule? = nil) {
        self.rhythm = rhythm
        self.minute = minute
        self.jitterMinutes = jitterMinutes
        self.ballot = ballot
    }

    /// The days that open together with a day.
    package func period(of date: LocalDate) -> ReleasePeriod {
        switch rhythm {
        case .daily: ReleasePeriod(first: date, last: date)
        case .weekly:
            ReleasePeriod(
                first: date.advanced(days: -date.weekday.index), last: date.advanced(days: 6 - date.weekday.index))
        case .monthly:
            ReleasePeriod(
                first: date.advanced(days: 1 - date.day),
                last: date.advanced(days: LocalDate.length(ofMonth: date.month, year: date.year) - date.day))
        }
    }

    /// The day on which a period opens.
    package func releaseDay(of period: ReleasePeriod) -> LocalDate {
        switch rhythm {
        case .daily(let daysAhead): period.first.advanced(days: -daysAhead)
        case .weekly(let weekday): period.first.advanced(days: weekday.index - 7)
        case .monthly(let day):
            // The last day of the month before has that month's length.
            period.first.advanced(days: min(day - 1 - period.first.advanced(days: -1).day, -1))
        }
    }

    /// The moment at which a period opens.
    package func release(of period: ReleasePeriod, in zone: TimeZoneRules) -> Timestamp {
        zone.moment(of: releaseDay(of: period), minute: minute)
    }

    /// When a slot opens.
    ///
    /// - Parameter draw: a number of the slot that nobody can foretell and all processes know, which places it within the jitter.
    package func opening(of start: Timestamp, in zone: TimeZoneRules, draw: UInt64) -> SlotOpening {
        let from = release(of: period(of: zone.date(at: start)), in: zone)
        guard jitterMinutes > 0 else { return SlotOpening(from: from, by: from, moment: from) }
        let seconds = Int64(draw % (UInt64(jitterMinutes) * 60))
        return SlotOpening(
            from: from, by: from.advanced(minutes: jitterMinutes), moment: from.advanced(seconds: seconds))
    }

    /// How many days ahead a hall must make its slots, so that each is seen a day before it opens.
    package var horizonDays: Int {
        switch rhythm {
        case .daily(let daysAhead): daysAhead + 1
        case .weekly(let weekday): 14 - weekday.index
        case .monthly(let day): 31 - day + 31 + 1
        }
    }
}

/// Days that open together.
package struct ReleasePeriod: Hashable, Codable, Sendable {
    package var first: LocalDate
    package var last: LocalDate

    package init(first: LocalDate, last: LocalDate) {
        self.first = first
        self.last = last
    }
}

/// When a slot opens. People are told the stretch only.
package struct SlotOpening: Hashable, Sendable {
    package var from: Timestamp
    /// The same as ``from`` when all slots open at once.
    package var by: Timestamp
    /// From then on it can be booked.
    package var moment: Timestamp

    package init(from: Timestamp, by: Timestamp, moment: Timestamp) {
        self.from = from
        self.by = by
        self.moment = moment
    }

    /// Open from the beginning.
    package static let always = SlotOpening(
        from: Timestamp(milliseconds: .min), by: Timestamp(milliseconds: .min), moment: Timestamp(milliseconds: .min))

    package func isOpen(at now: Timestamp) -> Bool { moment <= now }
}

extension Weekday {
    /// Days after Monday.
    package var index: Int { Weekday.allCases.firstIndex(of: self) ?? 0 }
}
