/// A mobile number of mainland China: 11 digits, `1`, then `3` to `9`, then nine more.
package struct PhoneNumber: Hashable, Sendable {
    /// The 11 digits.
    package let national: String

    /// Accepts ASCII and full-width digits, spaces and hyphens between them, and the prefixes `+86`, `0086` and `86`. `nil` when
    /// it is anything else.
    package init?(_ text: String) {
        guard text.unicodeScalars.count <= 40 else { return nil }
        var digits = ""
        var international = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: digits.append(String(scalar.value - 0xFF10))
            case 0x20, 0xA0, 0x3000, 0x2D, 0xFF0D, 0x2010, 0x2011: continue
            case 0x2B, 0xFF0B:
                guard digits.isEmpty, !international else { return nil }
                international = true
            default: return nil
            }
        }
        if international {
            guard digits.hasPrefix("86") else { return nil }
            digits.removeFirst(2)
        } else if digits.hasPrefix("0086") {
            digits.removeFirst(4)
        } else if digits.utf8.count == 13, digits.hasPrefix("86") {
            digits.removeFirst(2)
        }
        let bytes = Array(digits.utf8)
        guard bytes.count == 11, bytes[0] == UInt8(ascii: "1"),
            (UInt8(ascii: "3")...UInt8(ascii: "9")).contains(bytes[1])
        else { return nil }
        national = digits
    }

    /// `+86` and the 11 digits (E.164).
    package var e164: String { "+86" + national }

    /// Fit to be shown: `138****5678`.
    package var masked: String { national.prefix(3) + "****" + national.suffix(4) }

    package var lastFour: String { String(national.suffix(4)) }
}

extension PhoneNumber: CustomStringConvertible {
    /// Masked, so that a number in a log message is not a leak.
    package var description: String { masked }
}
