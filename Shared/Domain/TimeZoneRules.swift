import Foundation

/// The civil time of a hall: turns moments into the hall's dates and times of day, and back.
package struct TimeZoneRules: Sendable, Hashable {
    /// An IANA name, such as `Asia/Shanghai`.
    package let name: String
    private let zone: TimeZone

    /// `nil` when the system's time zone database does not know the name.
    package init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.name = name
        self.zone = zone
    }

    /// Seconds east of UTC at a moment.
    package func offset(at moment: Timestamp) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }

    package func date(at moment: Timestamp) -> LocalDate {
        let local = moment.milliseconds + Int64(offset(at: moment)) * 1000
        return LocalDate(daysSinceEpoch: Int(local.flooredDivision(by: 86_400_000).quotient))
    }

    /// Minutes since local midnight, by the clock on the wall.
    package func minuteOfDay(at moment: Timestamp) -> Int {
        let local = moment.milliseconds + Int64(offset(at: moment)) * 1000
        return Int(local.flooredDivision(by: 86_400_000).remainder / 60_000)
    }

    /// The moment at which the wall clock shows a time of a day. A time that the clock skips (start of summer time) is taken with
    /// the offset before the change; one that it shows twice is the first of the two.
    ///
    /// - Parameter minute: minutes since local midnight; 1440 is the midnight that ends the day.
    package func moment(of date: LocalDate, minute: Int) -> Timestamp {
        let naive = Timestamp(seconds: Int64(date.daysSinceEpoch) * 86_400 + Int64(minute) * 60)
        let before = offset(at: naive.advanced(seconds: -86_400))
        let guess = naive.advanced(seconds: -Int64(before))
        let actual = offset(at: guess)
        guard actual != before else { return guess }
        let second = naive.advanced(seconds: -Int64(actual))
        return offset(at: second) == actual ? second : guess
    }

    package func rfc3339(_ moment: Timestamp) -> String {
        moment.rfc3339(offsetSeconds: offset(at: moment))
    }
}
