/// Bytes: `[UInt8]` travels as `bytea` in hex format (PostgreSQL manual, 8.4.1).
extension UInt8: PostgresEncodable, PostgresDecodable {
    package static func postgresText(ofArray elements: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 2 + elements.count * 2) { buffer in
            buffer[0] = UInt8(ascii: "\\")
            buffer[1] = UInt8(ascii: "x")
            var index = 2
            for element in elements {
                buffer[index] = digits[Int(element >> 4)]
                buffer[index + 1] = digits[Int(element & 15)]
                index += 2
            }
            return index
        }
    }

    package static func array(postgresText: String) -> [UInt8]? {
        let text = postgresText.utf8
        guard text.starts(with: "\\x".utf8), text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        var high: UInt8?
        for digit in text.dropFirst(2) {
            guard let value = hexDigit(digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
