package import Domain

/// Moments as people in a hall read them, by the clock on its wall.
package struct HallTime: Sendable {
    private let rules: TimeZoneRules?

    /// - Parameter rules: `nil` shows UTC, which only a damaged catalogue can bring about.
    package init(_ rules: TimeZoneRules?) {
        self.rules = rules
    }

    /// Such as `09:30`.
    package func clock(_ moment: Timestamp) -> String {
        let minute = rules?.minuteOfDay(at: moment) ?? Int(moment.milliseconds / 60_000 % 1440)
        return Self.clock(minute: minute)
    }

    /// Such as `11月24日（周二）09:30` or `Tue 24 Nov 2026, 09:30`.
    package func full(_ moment: Timestamp, _ language: Language, _ texts: (String) -> String) -> String {
        let date = date(moment)
        let weekday = texts("weekday.\(date.weekday.rawValue)")
        return switch language {
        case .zhHans: "\(date.month)月\(date.day)日（\(weekday)）\(clock(moment))"
        case .en: "\(weekday) \(date.day) \(texts("month.\(date.month)")) \(date.year), \(clock(moment))"
        }
    }

    package func isSameDay(_ one: Timestamp, _ other: Timestamp) -> Bool { date(one) == date(other) }

    private func date(_ moment: Timestamp) -> LocalDate {
        rules?.date(at: moment) ?? LocalDate(daysSinceEpoch: Int(moment.milliseconds / 86_400_000))
    }

    /// RFC 3339 with the hall's offset.
    package func rfc3339(_ moment: Timestamp) -> String {
        moment.rfc3339(offsetSeconds: rules?.offset(at: moment) ?? 0)
    }

    private static func clock(minute: Int) -> String {
        let hours = minute / 60
        let minutes = minute % 60
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
