import Domain

/// Reads the fields of a JSON object, a form or a query strictly, and collects everything that is wrong with them.
///
/// The reading functions always return: a substitute when the field is wrong. So call ``finish()`` before using
/// anything that was read; it throws one ``Problem`` that names every error and every unknown field.
package struct FieldReader: Sendable {
    enum Source: Sendable {
        case json([String: JSONValue])
        case form([String: [String]])
        case query([String: [String]])
    }

    let source: Source
    /// JSON pointer of the object being read.
    let base: String
    private(set) var known: Set<String> = []
    package private(set) var errors: [FieldError] = []

    init(source: Source, base: String = "", known: Set<String> = []) {
        self.source = source
        self.base = base
        self.known = known
    }

    /// Throws when anything was wrong so far, or when there are fields that nobody asked for.
    package mutating func finish() throws(Problem) {
        rejectUnknown()
        try check()
    }

    /// Throws when anything was wrong so far.
    package func check() throws(Problem) {
        guard errors.isEmpty else { throw .invalidFields(errors) }
    }

    /// Notes each field that nobody asked for.
    package mutating func rejectUnknown() {
        for name in names.subtracting(known).sorted() {
            fail(name, "field.unknown")
        }
    }

    /// The names of the fields that were sent.
    package var names: Set<String> {
        switch source {
        case .json(let members): Set(members.keys)
        case .form(let fields), .query(let fields): Set(fields.keys)
        }
    }

    /// Whether the field was sent; JSON `null` counts as not sent.
    package mutating func has(_ name: String) -> Bool {
        known.insert(name)
        return switch source {
        case .json(let members): members[name] != nil && members[name] != .null
        case .form(let fields), .query(let fields): fields[name].map { !$0.allSatisfy(\.isEmpty) } ?? false
        }
    }

    /// Notes an error of a field that only the caller can see.
    ///
    /// - Parameter key: of a text in the catalogues.
    package mutating func fail(_ name: String, _ key: String, _ arguments: [String: String] = [:]) {
        let place: FieldError.Place =
            switch source {
            case .json, .form: .pointer(base + "/" + Self.escaped(name))
            case .query: .parameter(name)
            }
        errors.append(FieldError(place, key: key, arguments: arguments))
    }

    mutating func take(_ nested: FieldReader) {
        errors.append(contentsOf: nested.errors)
    }

    func pointer(_ name: String) -> String {
        base + "/" + Self.escaped(name)
    }

    /// The value of the field as JSON; texts of forms and queries as strings. `nil` when absent, `null` or (in forms) empty.
    mutating func value(_ name: String) -> JSONValue? {
        known.insert(name)
        switch source {
        case .json(let members):
            guard let value = members[name], value != .null else { return nil }
            return value
        case .form(let fields), .query(let fields):
            guard let values = fields[name] else { return nil }
            guard values.count == 1 else {
                fail(name, "field.repeated")
                return nil
            }
            return values[0].isEmpty ? nil : .string(values[0])
        }
    }

    /// Whether values arrive as text, so that numbers and truth must be read from it.
    var isText: Bool {
        if case .json = source { false } else { true }
    }

    var isForm: Bool {
        if case .form = source { true } else { false }
    }

    /// RFC 6901 section 3.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for character in name {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
        return text
    }
}
