/// Reads JSON text (RFC 8259) from front to back. Strict: nothing beyond the grammar, no name twice in an object, at
/// most `depthLimit` levels, at most `CloudEvent.sizeLimit` bytes.
struct JSONScanner {
    static let depthLimit = 16

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ text: String) throws(ContractError) {
        let count = text.utf8.count
        guard count <= CloudEvent.sizeLimit else { throw .tooLarge(bytes: count) }
        bytes = Array(text.utf8)
    }

    // MARK: Structure

    /// Reads an object; `member` must read exactly one value.
    mutating func object(
        _ member: (String, inout JSONScanner) throws(ContractError) -> Void
    ) throws(ContractError) {
        try open("{")
        if take("}") { return close() }
        repeat {
            skipSpace()
            let name = try string()
            guard take(":") else { throw failure("a colon is missing") }
            try member(name, &self)
        } while take(",")
        guard take("}") else { throw failure("a comma or the end of the object is missing") }
        close()
    }

    /// Reads an object and gives its text as it stands.
    mutating func objectText() throws(ContractError) -> String {
        skipSpace()
        let start = index
        guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else { throw failure("an object is missing") }
        _ = try value()
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    mutating func end() throws(ContractError) {
        skipSpace()
        guard index == bytes.count else { throw failure("something follows the end") }
    }

    mutating func value() throws(ContractError) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw failure("the text breaks off") }
        switch bytes[index] {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { (name, scanner) throws(ContractError) in
                let value = try scanner.value()
                guard members.updateValue(value, forKey: name) == nil else {
                    throw scanner.failure("the name \(name) comes twice in an object")
                }
            }
            return .object(members)
        case UInt8(ascii: "["):
            return .array(try array())
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func array() throws(ContractError) -> [JSONValue] {
        try open("[")
        var elements: [JSONValue] = []
        if take("]") {
            close()
            return elements
        }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw failure("a comma or the end of the list is missing") }
        close()
        return elements
    }

    private mutating func open(_ bracket: Unicode.Scalar) throws(ContractError) {
        guard take(bracket) else { throw failure("\(bracket) is missing") }
        depth += 1
        guard depth <= JSONScanner.depthLimit else { throw failure("more than \(JSONScanner.depthLimit) levels") }
    }

    private mutating func close() {
        depth -= 1
    }

    // MARK: Scalars

    private mutating func literal(_ text: String, _ value: JSONValue) throws(ContractError) -> JSONValue {
        guard bytes[index...].starts(with: text.utf8) else { throw failure("a value is missing") }
        index += text.utf8.count
        return value
    }

    private mutating func number() throws(ContractError) -> JSONValue {
        let start = index
        if peek("-") { index += 1 }
        let isZero = peek("0")
        guard digits() > 0 else { throw failure("a value is missing") }
        if isZero, index > start + (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
            throw failure("a number starts with 0")
        }
        var isWhole = true
        if peek(".") {
            index += 1
            isWhole = false
            guard digits() > 0 else { throw failure("a digit is missing") }
        }
        if peek("e") || peek("E") {
            index += 1
            isWhole = false
            if peek("+") || peek("-") { index += 1 }
            guard digits() > 0 else { throw failure("a digit is missing") }
        }
        guard isWhole, let value = Int64(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            return .otherNumber
        }
        return .integer(value)
    }

    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private mutating func string() throws(ContractError) -> String {
        guard peek("\"") else { throw failure("a text is missing") }
        index += 1
        let start = index
        var text = ""
        var copied = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                let rest = bytes[copied..<index]
                return copied == start
                    ? String(decoding: rest, as: UTF8.self) : text + String(decoding: rest, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[copied..<index], as: UTF8.self)
                index += 1
                text.unicodeScalars.append(try escape())
                copied = index
            case 0..<0x20:
                throw failure("a control character stands in a text")
            default:
                index += 1
            }
        }
        throw failure("the text breaks off")
    }

    private mutating func escape() throws(ContractError) -> Unicode.Scalar {
        guard index < bytes.count else { throw failure("the text breaks off") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard UTF16.isLeadSurrogate(UInt16(unit)), peek("\\") else { throw failure("half of a surrogate pair") }
            index += 1
            guard peek("u") else { throw failure("half of a surrogate pair") }
            index += 1
            let second = try codeUnit()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
            else { throw failure("half of a surrogate pair") }
            return scalar
        default: throw failure("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(ContractError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("the text breaks off") }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            let digit: UInt8 =
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
                default: throw failure("four hexadecimal digits are missing")
                }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private func peek(_ character: Unicode.Scalar) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: character)
    }

    /// Takes a mark of punctuation, with the space before it.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek(character) else { return false }
        index += 1
        return true
    }

    private func failure(_ reason: String) -> ContractError {
        .malformed(offset: index, reason: reason)
    }
}
