package import Domain

extension FieldReader {
    /// A text; spaces around it are removed, control characters are refused.
    ///
    /// - Parameter length: in Unicode scalars, as JSON Schema counts; a form's field is measured without the spaces, others may not be
    ///   longer with them either.
    package mutating func string(
        _ name: String, _ length: ClosedRange<Int>, pattern: FieldPattern? = nil, multiline: Bool = false
    ) -> String {
        let before = errors.count
        if let text = optionalString(name, length, pattern: pattern, multiline: multiline) { return text }
        if errors.count == before, length.lowerBound > 0 { fail(name, "field.required") }
        return ""
    }

    /// A text that may be absent.
    package mutating func optionalString(
        _ name: String, _ length: ClosedRange<Int>, pattern: FieldPattern? = nil, multiline: Bool = false
    ) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let raw) = value else {
            fail(name, "field.not-text")
            return nil
        }
        let text = raw.trimmingSpaces
        guard text.isAcceptable(multiline: multiline) else {
            fail(name, "field.characters")
            return nil
        }
        let longest = isForm ? text : raw
        guard longest.unicodeScalars.count <= length.upperBound, text.unicodeScalars.count >= length.lowerBound else {
            if text.isEmpty {
                fail(name, "field.required")
            } else {
                fail(name, "field.length", ["min": String(length.lowerBound), "max": String(length.upperBound)])
            }
            return nil
        }
        guard pattern?.accepts(text) ?? true else {
            fail(name, "field.pattern")
            return nil
        }
        return text
    }

    /// A whole number.
    package mutating func int(_ name: String, _ range: ClosedRange<Int>) -> Int {
        let before = errors.count
        if let number = optionalInt(name, range) { return number }
        if errors.count == before { fail(name, "field.required") }
        return range.lowerBound
    }

    package mutating func optionalInt(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        let number: Int?
        switch value(name) {
        case nil: return nil
        case .int(let value)?: number = Int(value)
        // JSON knows no integers: 2.0 is one (JSON Schema, 6.1.1).
        case .double(let value)?: number = Int(exactly: value)
        case .string(let text)? where isText && text.utf8.count <= 19: number = Int(text)
        default: number = nil
        }
        guard let number else {
            fail(name, "field.not-integer")
            return nil
        }
        guard range.contains(number) else {
            fail(name, "field.range", ["min": String(range.lowerBound), "max": String(range.upperBound)])
            return nil
        }
        return number
    }

    /// Truth; in forms a checkbox that is not ticked is absent and means false.
    package mutating func bool(_ name: String) -> Bool {
        switch value(name) {
        case nil:
            if !isText { fail(name, "field.required") }
            return false
        case .bool(let value)?: return value
        case .string(let text)? where isText && ["true", "1", "on", "yes"].contains(text): return true
        case .string(let text)? where isText && ["false", "0", "off", "no"].contains(text): return false
        default:
            fail(name, "field.not-boolean")
            return false
        }
    }

    package mutating func optionalBool(_ name: String) -> Bool? {
        has(name) ? bool(name) : nil
    }

    /// One of the raw values of an enumeration.
    package mutating func choice<Choice>(_ name: String, of type: Choice.Type) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        let before = errors.count
        if let choice = optionalChoice(name, of: type) { return choice }
        if errors.count == before { fail(name, "field.required") }
        guard let substitute = Choice.allCases.first else { preconditionFailure("\(Choice.self) has no cases") }
        return substitute
    }

    package mutating func optionalChoice<Choice>(_ name: String, of type: Choice.Type) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
        fail(name, "field.choice", ["choices": Choice.allCases.map(\.rawValue).joined(separator: ", ")])
        return nil
    }

    /// A moment as RFC 3339 text with an offset.
    package mutating func timestamp(_ name: String) -> Timestamp {
        parsed(name, 20...40, substitute: Timestamp(milliseconds: 0), key: "field.timestamp") { Timestamp(rfc3339: $0) }
    }

    /// A name of the catalogue.
    package mutating func identifier<Subject>(_ name: String, as _: Identifier<Subject>.Type) -> Identifier<Subject> {
        Identifier(string(name, 1...40, pattern: .slug))
    }

    package mutating func optionalIdentifier<Subject>(
        _ name: String, as _: Identifier<Subject>.Type
    ) -> Identifier<Subject>? {
        optionalString(name, 1...40, pattern: .slug).map { Identifier($0) }
    }

    /// A text that a type of its own reads, such as a phone number.
    ///
    /// - Parameter key: the text that is shown when `read` returns `nil`.
    package mutating func parsed<Value>(
        _ name: String, _ length: ClosedRange<Int>, substitute: Value, key: String = "field.pattern",
        _ read: (String) -> Value?
    ) -> Value {
        let before = errors.count
        let text = string(name, length)
        guard errors.count == before else { return substitute }
        guard let value = read(text) else {
            fail(name, key)
            return substitute
        }
        return value
    }

    package mutating func optionalParsed<Value>(
        _ name: String, _ length: ClosedRange<Int>, key: String = "field.pattern", _ read: (String) -> Value?
    ) -> Value? {
        guard let text = optionalString(name, length) else { return nil }
        guard let value = read(text) else {
            fail(name, key)
            return nil
        }
        return value
    }
}

extension String {
    /// No control characters; line ends and tabs only where a text may have several lines.
    fileprivate func isAcceptable(multiline: Bool) -> Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: multiline && (scalar == "\n" || scalar == "\r" || scalar == "\t")
            case .lineSeparator, .paragraphSeparator: multiline
            case .surrogate, .unassigned: scalar.properties.isNoncharacterCodePoint == false
            default: true
            }
        }
    }
}
