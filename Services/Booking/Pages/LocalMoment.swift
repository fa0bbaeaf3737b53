import Domain

/// A moment on the wall clock of a hall, in figures that read alike in both languages.
struct LocalMoment: Hashable, Sendable {
    let date: LocalDate
    let minute: Int
    /// RFC 3339, for `datetime`.
    let machine: String

    init(_ moment: Timestamp, zone: TimeZoneRules?) {
        date = zone?.date(at: moment) ?? LocalDate(daysSinceEpoch: Int(moment.milliseconds / 86_400_000))
        minute = zone?.minuteOfDay(at: moment) ?? Int(moment.milliseconds / 60_000 % 1440)
        machine = moment.rfc3339(offsetSeconds: zone?.offset(at: moment) ?? 0)
    }

    /// `09:30`
    var time: String {
        let hour = minute / 60
        let rest = minute % 60
        return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
    }

    /// `2026-11-24 09:30`
    var short: String { "\(date) \(time)" }
}
