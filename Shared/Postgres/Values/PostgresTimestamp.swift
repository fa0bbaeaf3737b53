/// A moment of a `timestamptz`, in microseconds since 1970-01-01T00:00:00Z.
///
/// `infinity` and `-infinity` are the largest and the smallest number. A `timestamp` without zone is read as UTC.
package struct PostgresTimestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static let infinity = PostgresTimestamp(microseconds: .max)
    package static let negativeInfinity = PostgresTimestamp(microseconds: .min)

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.microseconds < rhs.microseconds
    }
}

extension PostgresTimestamp: PostgresEncodable {
    package var postgresText: String? {
        if self == .infinity { return "infinity" }
        if self == .negativeInfinity { return "-infinity" }
        let day = microseconds.flooredQuotient(86_400_000_000)
        let rest = microseconds - day * 86_400_000_000
        let (year, month, date) = Self.civil(daysSinceEpoch: day)
        let seconds = rest / 1_000_000
        // PostgreSQL has no year 0: the year before 1 AD is 1 BC.
        let written = year > 0 ? year : 1 - year
        // Digit by digit: a batch binds thousands.
        var text: [UInt8] = []
        text.reserveCapacity(32)
        Self.append(written, 4, to: &text)
        for (separator, number, width) in [
            ("-", month, 2), ("-", date, 2), (" ", seconds / 3600, 2), (":", seconds / 60 % 60, 2),
            (":", seconds % 60, 2), (".", rest % 1_000_000, 6),
        ] as [(Unicode.Scalar, Int64, Int)] {
            text.append(UInt8(ascii: separator))
            Self.append(number, width, to: &text)
        }
        text.append(contentsOf: (year > 0 ? "+00" : "+00 BC").utf8)
        return String(decoding: text, as: UTF8.self)
    }

    /// With zeros in front up to the width.
    private static func append(_ number: Int64, _ width: Int, to text: inout [UInt8]) {
        let start = text.count
        var rest = number
        while rest > 0 || text.count - start < width {
            text.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        text[start...].reverse()
    }
}

extension PostgresTimestamp: PostgresDecodable {
    package init?(postgresText: String) {
        switch postgresText {
        case "infinity": self = .infinity
        case "-infinity": self = .negativeInfinity
        default:
            var reader = TimestampText(postgresText)
            guard let microseconds = reader.microseconds() else { return nil }
            self.microseconds = microseconds
        }
    }
}

extension PostgresTimestamp {
    /// Days since 1970-01-01 to a date of the proleptic Gregorian calendar: Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", civil_from_days.
    static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * dayOfYear + 2) / 153
        let month = index < 10 ? index + 3 : index - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
    }

    /// The inverse, days_from_civil of the same source.
    static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooredQuotient(400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
