/// A moment, in milliseconds since 1970-01-01T00:00:00Z (POSIX time, no leap seconds).
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        milliseconds = seconds * 1000
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 time: \(text)"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339())
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }

    package func advanced(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1000)
    }

    package func advanced(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + milliseconds)
    }

    package func advanced(minutes: Int) -> Timestamp {
        advanced(seconds: Int64(minutes) * 60)
    }

    /// Seconds from `other` to this moment; negative when this one is earlier.
    package func seconds(since other: Timestamp) -> Double {
        Double(milliseconds - other.milliseconds) / 1000
    }

    /// Minutes from `other` to this moment; negative when this one is earlier.
    package func minutes(since other: Timestamp) -> Double {
        seconds(since: other) / 60
    }
}

extension Timestamp {
    /// The moment as RFC 3339 text with millisecond precision, such as `2026-11-23T09:30:00.000+08:00`.
    ///
    /// - Parameter offsetSeconds: seconds east of UTC; 0 writes `Z`.
    package func rfc3339(offsetSeconds: Int = 0) -> String {
        let local = milliseconds + Int64(offsetSeconds) * 1000
        let (days, remainder) = local.flooredDivision(by: 86_400_000)
        let date = LocalDate(daysSinceEpoch: Int(days))
        let second = remainder / 1000
        var text = date.description
        text += "T"
        text.append(padded: second / 3600, to: 2)
        text += ":"
        text.append(padded: second / 60 % 60, to: 2)
        text += ":"
        text.append(padded: second % 60, to: 2)
        if remainder % 1000 != 0 {
            text += "."
            text.append(padded: remainder % 1000, to: 3)
        }
        guard offsetSeconds != 0 else { return text + "Z" }
        text += offsetSeconds < 0 ? "-" : "+"
        text.append(padded: Int64(abs(offsetSeconds) / 3600), to: 2)
        text += ":"
        text.append(padded: Int64(abs(offsetSeconds) / 60 % 60), to: 2)
        return text
    }

    /// Reads RFC 3339 text with an offset; digits beyond the millisecond are dropped. `nil` when it is anything else.
    package init?(rfc3339 text: String) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), let date = LocalDate(year: year, month: month, day: day),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.digits(2), hour < 24, reader.take(":"), let minute = reader.digits(2), minute < 60,
            reader.take(":"), let second = reader.digits(2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            var weight: Int64 = 100
            var count = 0
            while let digit = reader.digits(1) {
                fraction += Int64(digit) * weight
                weight /= 10
                count += 1
            }
            guard count > 0 else { return nil }
        }
        var offset = 0
        if !(reader.take("Z") || reader.take("z")) {
            let west = reader.take("-")
            guard west || reader.take("+"), let hours = reader.digits(2), hours < 24 else { return nil }
            var minutes = 0
            if reader.take(":") {
                guard let value = reader.digits(2), value < 60 else { return nil }
                minutes = value
            }
            offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1)
        }
        guard reader.isAtEnd else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        milliseconds = seconds * 1000 + fraction
    }
}

extension Int64 {
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension String {
    mutating func append(padded number: Int64, to width: Int) {
        let digits = String(number)
        for _ in 0..<Swift.max(0, width - digits.utf8.count) { append("0") }
        append(digits)
    }
}

/// Reads fixed runs of digits and single characters from the front of a text.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) {
        rest = text[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(count)
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
