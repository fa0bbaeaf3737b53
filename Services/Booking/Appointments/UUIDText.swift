package import Domain

/// UUIDs in the lower-case form of RFC 9562.
package enum UUIDText {
    /// Version 7: the millisecond, and 74 random bits. New rows then go to the end of an index and not all over it.
    package static func make(at time: Timestamp, using generator: inout some RandomNumberGenerator) -> String {
        let bits = UInt64.random(in: .min ... .max, using: &generator)
        let low = UInt64.random(in: .min ... .max, using: &generator)
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xFFFF_FFFF_FFFF
        return text(milliseconds << 16 | 0x7000 | bits & 0x0FFF, low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Version 4: 122 random bits.
    package static func make(using generator: inout some RandomNumberGenerator) -> String {
        var high = UInt64.random(in: .min ... .max, using: &generator)
        var low = UInt64.random(in: .min ... .max, using: &generator)
        high = high & ~0xF000 | 0x4000
        low = low & ~(0b11 << 62) | 0b10 << 62
        return text(high, low)
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, word) in [high, low].enumerated() {
                for digit in 0..<16 {
                    if index * 16 + digit == 8 || index * 16 + digit == 12 || index * 16 + digit == 16
                        || index * 16 + digit == 20
                    {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let value = UInt8(truncatingIfNeeded: word >> (60 - 4 * digit)) & 15
                    text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                    place += 1
                }
            }
            return place
        }
    }

    /// Whether the text is a UUID in lower case, so that it may be compared in SQL.
    package static func isValid(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) } }
    }
}
