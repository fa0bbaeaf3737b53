/// Arrays of one dimension. `[UInt8]` is a `bytea`, not an array of numbers.
extension Array: PostgresEncodable where Element: PostgresEncodable {
    package var postgresText: String? { Element.postgresText(ofArray: self) }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    package init?(postgresText: String) {
        guard let elements = Element.array(postgresText: postgresText) else { return nil }
        self = elements
    }
}

extension PostgresEncodable {
    /// PostgreSQL manual, 8.15.6 "Array Input and Output Syntax". Every element is quoted, so none can end the array.
    package static func postgresText(ofArray elements: [Self]) -> String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(elements.count * 32)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard let value = element.postgresText else {
                text.append(contentsOf: "NULL".utf8)
                continue
            }
            text.append(UInt8(ascii: "\""))
            value.withBytes { bytes in
                guard bytes.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
                    return text.append(contentsOf: bytes)
                }
                for byte in bytes {
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                    text.append(byte)
                }
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }
}

extension PostgresDecodable {
    package static func array(postgresText: String) -> [Self]? {
        guard let fields = ArrayText.fields(of: postgresText) else { return nil }
        var elements: [Self] = []
        elements.reserveCapacity(fields.count)
        for field in fields {
            guard let element = field.map(Self.init(postgresText:)) ?? postgresNull else { return nil }
            elements.append(element)
        }
        return elements
    }
}

/// The text format of an array: `{1,"two words",NULL}`.
enum ArrayText {
    /// The elements, NULL as `nil`. `nil` when the text is malformed or has more than one dimension.
    static func fields(of text: String) -> [String?]? {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "[") {
            // Bounds that do not start at 1, such as [0:2]={1,2,3}.
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")), rest[equals - 1] == UInt8(ascii: "]") else {
                return nil
            }
            rest = rest[(equals + 1)...]
        }
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        guard !rest.isEmpty else { return [] }
        var fields: [String?] = []
        while true {
            guard let field = nextField(of: &rest) else { return nil }
            fields.append(field)
            guard let separator = rest.popFirst() else { return fields }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    /// The outer `nil` is malformed text, the inner one NULL.
    private static func nextField(of rest: inout ArraySlice<UInt8>) -> String?? {
        guard let first = rest.first else { return nil }
        var bytes: [UInt8] = []
        if first == UInt8(ascii: "\"") {
            rest.removeFirst()
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return .some(String(decoding: bytes, as: UTF8.self))
                case UInt8(ascii: "\\"):
                    guard let escaped = rest.popFirst() else { return nil }
                    bytes.append(escaped)
                default: bytes.append(byte)
                }
            }
            return nil
        }
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            guard byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "\"") else { return nil }
            bytes.append(byte)
            rest.removeFirst()
        }
        guard !bytes.isEmpty else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text == "NULL" ? .some(.none) : .some(text)
    }
}
