/// Reads what PostgreSQL writes for a `timestamptz` with `DateStyle=ISO`, such as `2026-11-23 09:30:00.25+08`.
struct TimestampText {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    mutating func microseconds() -> Int64? {
        guard let year = digits(4...6), take("-"), let month = digits(2...2), (1...12).contains(month), take("-"),
            let day = digits(2...2), (1...31).contains(day), take(" ") || take("T"), let hour = digits(2...2),
            hour <= 24,
            take(":"), let minute = digits(2...2), minute < 60, take(":"), let second = digits(2...2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(".") {
            let before = rest.count
            guard let value = digits(1...6) else { return nil }
            fraction = value
            for _ in (before - rest.count)..<6 { fraction *= 10 }
        }
        var offset: Int64 = 0
        let west = take("-")
        if west || take("+") {
            guard let hours = digits(2...2) else { return nil }
            offset = hours * 3600
            if take(":") {
                guard let minutes = digits(2...2) else { return nil }
                offset += minutes * 60
            }
            if take(":") {
                guard let seconds = digits(2...2) else { return nil }
                offset += seconds
            }
            if west { offset = -offset }
        } else {
            _ = take("Z")
        }
        var signedYear = year
        if take(" ") {
            guard take("B"), take("C") else { return nil }
            signedYear = 1 - year
        }
        guard rest.isEmpty else { return nil }
        let days = PostgresTimestamp.daysSinceEpoch(year: signedYear, month: month, day: day)
        return (days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000 + fraction
    }

    private mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var taken = 0
        while taken < count.upperBound, let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            rest.removeFirst()
            taken += 1
        }
        return taken >= count.lowerBound ? value : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
