/// `application/x-www-form-urlencoded` (WHATWG URL standard, section 5).
enum FormBody {
    /// The values of each field in order; `nil` when an escape is broken or the text is not UTF-8.
    static func fields(_ bytes: some Sequence<UInt8>) -> [String: [String]]? {
        var fields: [String: [String]] = [:]
        for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = text(parts[0]), let value = parts.count > 1 ? text(parts[1]) : "" else { return nil }
            fields[name, default: []].append(value)
        }
        return fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex,
                    let byte = Hexadecimal.bytes(String(decoding: bytes[index + 1...index + 2], as: UTF8.self))
                else { return nil }
                decoded.append(contentsOf: byte)
                index += 2
            default: decoded.append(bytes[index])
            }
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
