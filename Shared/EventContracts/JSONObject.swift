import Domain

/// A value of JSON.
enum JSONValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    /// A number with a fraction or an exponent, or beyond 64 bits. No event has one.
    case otherNumber
    case bool(Bool)
    case null
    case array([JSONValue])
    case object([String: JSONValue])
}

/// The members of an object, read strictly by name. Members that nobody asks for are skipped, so that a newer writer
/// may add some without a new version of the event's type.
struct JSONObject {
    private var members: [String: JSONValue]
    /// Names the object in errors: empty for the outermost, `reason.` for a member's object.
    private let path: String

    init(path: String, members: [String: JSONValue] = [:]) {
        self.path = path
        self.members = members
    }

    init(text: String) throws(ContractError) {
        var scanner = try JSONScanner(text)
        let value = try scanner.value()
        try scanner.end()
        guard case .object(let members) = value else { throw .invalid("data", expected: "an object") }
        self.init(path: "", members: members)
    }

    mutating func add(_ name: String, _ value: JSONValue) throws(ContractError) {
        guard members.updateValue(value, forKey: name) == nil else {
            throw .invalid(path + name, expected: "given once")
        }
    }

    private func member(_ name: String) throws(ContractError) -> JSONValue {
        guard let value = members[name] else { throw .missing(path + name) }
        return value
    }

    private func invalid(_ name: String, _ expected: String) -> ContractError {
        .invalid(path + name, expected: expected)
    }

    func string(_ name: String) throws(ContractError) -> String {
        guard case .string(let text) = try member(name) else { throw invalid(name, "a text") }
        return text
    }

    /// `nil` when the member is not there; `null` is no text.
    func optionalString(_ name: String) throws(ContractError) -> String? {
        members[name] == nil ? nil : try string(name)
    }

    /// A text that is not empty.
    func text(_ name: String) throws(ContractError) -> String {
        let text = try string(name)
        guard !text.isEmpty else { throw invalid(name, "a text that is not empty") }
        return text
    }

    func identifier<Subject>(_ name: String) throws(ContractError) -> Identifier<Subject> {
        Identifier(try text(name))
    }

    func optionalIdentifier<Subject>(_ name: String) throws(ContractError) -> Identifier<Subject>? {
        members[name] == nil ? nil : try identifier(name)
    }

    func integer<Number: FixedWidthInteger>(
        _ name: String, atLeast minimum: Number = .min
    ) throws(ContractError) -> Number {
        guard case .integer(let value) = try member(name), let number = Number(exactly: value), number >= minimum else {
            throw invalid(name, minimum == .min ? "a whole number" : "a whole number of at least \(minimum)")
        }
        return number
    }

    func timestamp(_ name: String) throws(ContractError) -> Timestamp {
        guard let time = Timestamp(rfc3339: try string(name)) else { throw invalid(name, "an RFC 3339 time") }
        return time
    }

    func optionalTimestamp(_ name: String) throws(ContractError) -> Timestamp? {
        members[name] == nil ? nil : try timestamp(name)
    }

    func date(_ name: String) throws(ContractError) -> LocalDate {
        guard let date = LocalDate(try string(name)) else { throw invalid(name, "a date as YYYY-MM-DD") }
        return date
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) throws(ContractError) -> Choice {
        guard let choice = Choice(rawValue: try string(name)) else {
            throw invalid(name, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(ContractError) -> Choice? {
        members[name] == nil ? nil : try choice(name)
    }

    /// `false` when the member is not there.
    func flag(_ name: String) throws(ContractError) -> Bool {
        guard let value = members[name] else { return false }
        guard case .bool(let flag) = value else { throw invalid(name, "true or false") }
        return flag
    }

    func strings(_ name: String) throws(ContractError) -> [String] {
        guard case .array(let elements) = try member(name) else { throw invalid(name, "a list of texts") }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element else { throw invalid(name, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func identifiers<Subject>(_ name: String) throws(ContractError) -> [Identifier<Subject>] {
        let texts = try strings(name)
        guard texts.allSatisfy({ !$0.isEmpty }) else { throw invalid(name, "a list of texts that are not empty") }
        return texts.map { Identifier($0) }
    }

    /// `nil` when the member is not there; `null` is no object.
    func optionalObject(_ name: String) throws(ContractError) -> JSONObject? {
        members[name] == nil ? nil : try object(name)
    }

    /// Empty when the member is not there.
    func optionalIdentifiers<Subject>(_ name: String) throws(ContractError) -> [Identifier<Subject>] {
        members[name] == nil ? [] : try identifiers(name)
    }

    /// Empty when the member is not there.
    func optionalObjects(_ name: String) throws(ContractError) -> [JSONObject] {
        guard members[name] != nil else { return [] }
        guard case .array(let elements) = try member(name) else { throw invalid(name, "a list of objects") }
        var objects: [JSONObject] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let members) = element else { throw invalid(name, "a list of objects") }
            objects.append(JSONObject(path: path + "\(name)[\(index)].", members: members))
        }
        return objects
    }

    func object(_ name: String) throws(ContractError) -> JSONObject {
        guard case .object(let members) = try member(name) else { throw invalid(name, "an object") }
        return JSONObject(path: path + name + ".", members: members)
    }
}
