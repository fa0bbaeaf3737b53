import ArgumentParser
import Domain

/// A day and a time by the clock of a hall, such as `2027-06-03 09:00`.
struct WallTime: Hashable, Sendable {
    let date: LocalDate
    let minute: Int

    init(_ text: String) throws {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
        let clock = parts.last?.split(separator: ":").map(String.init) ?? []
        guard parts.count == 2, clock.count == 2, let date = LocalDate(parts[0]),
            clock.allSatisfy({ $0.count == 2 }), let hour = Int(clock[0]), let minute = Int(clock[1]),
            (0...24).contains(hour), (0...59).contains(minute), hour * 60 + minute <= 1440
        else { throw ValidationError("\(text) is no time; write day and time as 2027-06-03 09:00") }
        self.date = date
        self.minute = hour * 60 + minute
    }

    func moment(in zone: TimeZoneRules) -> Timestamp { zone.moment(of: date, minute: minute) }
}
