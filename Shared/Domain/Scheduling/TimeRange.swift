/// A part of a day by the clock on the wall, such as opening hours.
package struct TimeRange: Hashable, Sendable, Comparable {
    /// Minutes since local midnight, 0 to 1439.
    package let start: Int
    /// Minutes since local midnight, 1 to 1440; not part of the range. 1440 is the midnight that ends the day.
    package let end: Int

    package static let wholeDay = TimeRange(unchecked: 0, 1440)

    /// `nil` unless `0 <= start < end <= 1440`.
    package init?(start: Int, end: Int) {
        guard start >= 0, start < end, end <= 1440 else { return nil }
        self.init(unchecked: start, end)
    }

    private init(unchecked start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    package var minutes: Int { end - start }

    package func overlaps(_ other: TimeRange) -> Bool {
        start < other.end && other.start < end
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.start, lhs.end) < (rhs.start, rhs.end)
    }
}

extension TimeRange: CustomStringConvertible, LosslessStringConvertible {
    /// `HH:MM-HH:MM`
    package var description: String {
        TimeRange.clock(start) + "-" + TimeRange.clock(end)
    }

    package init?(_ description: String) {
        var reader = DigitReader(description.utf8)
        guard let start = TimeRange.minute(&reader), reader.take("-"), let end = TimeRange.minute(&reader),
            reader.isAtEnd
        else { return nil }
        self.init(start: start, end: end)
    }

    /// A minute of the day as `HH:MM`.
    package static func clock(_ minute: Int) -> String {
        var text = ""
        text.append(padded: Int64(minute / 60), to: 2)
        text += ":"
        text.append(padded: Int64(minute % 60), to: 2)
        return text
    }

    private static func minute(_ reader: inout DigitReader) -> Int? {
        guard let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2), minute < 60 else {
            return nil
        }
        return hour * 60 + minute
    }
}

extension TimeRange: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = TimeRange(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a range of times as HH:MM-HH:MM: \(text)"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
