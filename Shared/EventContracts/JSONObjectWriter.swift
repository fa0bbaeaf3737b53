import Domain

/// Writes one JSON object, member by member. Events are written with their members sorted by name, so that the bytes
/// are stable.
struct JSONObjectWriter {
    private var body = ""

    init() {
        body.reserveCapacity(256)
    }

    var text: String { "{" + body + "}" }

    private mutating func name(_ name: String) {
        if !body.isEmpty { body += "," }
        body.appendJSON(name)
        body += ":"
    }

    mutating func write(_ name: String, raw json: String) {
        self.name(name)
        body += json
    }

    mutating func write(_ name: String, _ text: String) {
        self.name(name)
        body.appendJSON(text)
    }

    /// A text that is not there is left out.
    mutating func write(_ name: String, _ text: String?) {
        if let text { write(name, text) }
    }

    mutating func write(_ name: String, _ number: some BinaryInteger) {
        write(name, raw: String(number))
    }

    mutating func write(_ name: String, _ time: Timestamp) {
        write(name, time.rfc3339())
    }

    mutating func write(_ name: String, _ date: LocalDate) {
        write(name, date.description)
    }

    mutating func write(_ name: String, _ value: some RawRepresentable<String>) {
        write(name, value.rawValue)
    }

    mutating func write(_ name: String, _ texts: [String]) {
        self.name(name)
        body += "["
        for (index, text) in texts.enumerated() {
            if index > 0 { body += "," }
            body.appendJSON(text)
        }
        body += "]"
    }

    mutating func write<Subject>(_ name: String, _ identifiers: [Identifier<Subject>]) {
        write(name, identifiers.map(\.rawValue))
    }
}

extension String {
    /// Appends a JSON string (RFC 8259 section 7): quotes, backslashes and control characters are escaped.
    fileprivate mutating func appendJSON(_ text: String) {
        self += "\""
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            self += text
        } else {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": self += "\\\""
                case "\\": self += "\\\\"
                case "\n": self += "\\n"
                case "\r": self += "\\r"
                case "\t": self += "\\t"
                case _ where scalar.value < 0x20:
                    self += scalar.value < 0x10 ? "\\u000" : "\\u00"
                    self += String(scalar.value, radix: 16)
                default: unicodeScalars.append(scalar)
                }
            }
        }
        self += "\""
    }
}

extension JSONObjectWriter {
    /// The text, if a reader accepts its size.
    func checkedText() throws(ContractError) -> String {
        let text = text
        // Room for the other attributes of the event around the data.
        guard text.utf8.count <= CloudEvent.sizeLimit - 4096 else { throw .tooLarge(bytes: text.utf8.count) }
        return text
    }
}
