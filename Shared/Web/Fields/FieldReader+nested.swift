extension FieldReader {
    /// Reads a nested JSON object; unknown fields inside it are refused too.
    ///
    /// - Returns: `nil` when it is absent or not an object.
    package mutating func optionalObject<Value>(_ name: String, _ read: (inout FieldReader) -> Value) -> Value? {
        guard let value = value(name) else { return nil }
        guard case .object(let members) = value else {
            fail(name, "field.not-object")
            return nil
        }
        var nested = FieldReader(source: .json(members), base: pointer(name))
        let result = read(&nested)
        nested.rejectUnknown()
        take(nested)
        return result
    }

    /// Reads a nested JSON object that must be there.
    package mutating func object<Value>(_ name: String, _ read: (inout FieldReader) -> Value) -> Value? {
        let before = errors.count
        if let result = optionalObject(name, read) { return result }
        if errors.count == before { fail(name, "field.required") }
        return nil
    }

    /// Reads an array of JSON objects.
    package mutating func objects<Value>(
        _ name: String, _ count: ClosedRange<Int>, _ read: (inout FieldReader) -> Value
    ) -> [Value] {
        var results: [Value] = []
        for (index, value) in array(name, count).enumerated() {
            guard case .object(let members) = value else {
                fail("\(name)/\(index)", "field.not-object")
                continue
            }
            var nested = FieldReader(source: .json(members), base: pointer(name) + "/\(index)")
            results.append(read(&nested))
            nested.rejectUnknown()
            take(nested)
        }
        return results
    }

    /// Reads an array of texts; in forms and queries a field that may be repeated.
    package mutating func strings(
        _ name: String, _ count: ClosedRange<Int>, each length: ClosedRange<Int>, pattern: FieldPattern? = nil
    ) -> [String] {
        var results: [String] = []
        let elements = array(name, count)
        for (index, element) in elements.enumerated() {
            var nested = FieldReader(source: .json([String(index): element]), base: pointer(name))
            results.append(nested.string(String(index), length, pattern: pattern))
            take(nested)
        }
        return results
    }

    /// Reads a JSON object of texts, such as answers by question; in forms every field `name.<key>`.
    package mutating func dictionary(
        _ name: String, _ count: ClosedRange<Int>, each length: ClosedRange<Int>, pattern: FieldPattern? = nil
    ) -> [String: String] {
        let before = errors.count
        let members: [String: JSONValue]
        if isText {
            let prefix = name + "."
            members = Dictionary(
                uniqueKeysWithValues: names.filter { $0.hasPrefix(prefix) }.compactMap { field in
                    value(field).map { (String(field.dropFirst(prefix.count)), $0) }
                })
        } else if case .object(let found)? = value(name) {
            members = found
        } else {
            if has(name) {
                fail(name, "field.not-object")
            } else if count.lowerBound > 0 {
                fail(name, "field.required")
            }
            return [:]
        }
        guard count.contains(members.count) else {
            fail(name, "field.count", ["min": String(count.lowerBound), "max": String(count.upperBound)])
            return [:]
        }
        var result: [String: String] = [:]
        for (key, element) in members.sorted(by: { $0.key < $1.key }) {
            var nested = FieldReader(source: .json([key: element]), base: pointer(name))
            result[key] = nested.string(key, length, pattern: pattern)
            take(nested)
        }
        return errors.count == before ? result : [:]
    }

    private mutating func array(_ name: String, _ count: ClosedRange<Int>) -> [JSONValue] {
        let elements: [JSONValue]
        switch source {
        case .json:
            switch value(name) {
            case .array(let values)?: elements = values
            case nil:
                if count.lowerBound > 0 { fail(name, "field.required") }
                return []
            default:
                fail(name, "field.not-array")
                return []
            }
        case .form(let fields), .query(let fields):
            _ = has(name)
            elements = (fields[name] ?? []).filter { !$0.isEmpty }.map { .string($0) }
        }
        guard count.contains(elements.count) else {
            fail(name, "field.count", ["min": String(count.lowerBound), "max": String(count.upperBound)])
            return []
        }
        return elements
    }
}
