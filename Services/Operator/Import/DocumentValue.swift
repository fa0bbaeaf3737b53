import Domain
import Yams

/// A value of the document with its place. Reading it as something it is not notes a problem and gives `nil`.
struct DocumentValue {
    let node: Node
    let path: String
    let notes: DocumentNotes
    let place: DocumentPlace

    init(_ node: Node, path: String, notes: DocumentNotes) {
        self.node = node
        self.path = path
        self.notes = notes
        place = DocumentPlace(node.mark)
        notes.note(path, at: place)
    }

    func report(_ message: String) {
        notes.report(path, at: place, message)
    }

    /// Whether nothing is written there: an empty plain scalar, `~` or `null`.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    func string() -> String? {
        guard let scalar = node.scalar, !isNull else {
            report("a text is wanted here, not \(kind)")
            return nil
        }
        return scalar.string
    }

    func int() -> Int? {
        guard let text = node.scalar?.string, let value = Int(text) else {
            report("a whole number is wanted here, not \(kind)")
            return nil
        }
        return value
    }

    func double() -> Double? {
        guard let text = node.scalar?.string, let value = Double(text), value.isFinite else {
            report("a number is wanted here, not \(kind)")
            return nil
        }
        return value
    }

    func bool() -> Bool? {
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default:
            report("true or false is wanted here, not \(kind)")
            return nil
        }
    }

    func choice<Value>(_ type: Value.Type = Value.self) -> Value?
    where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
        guard let text = string() else { return nil }
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        let hint = Spelling.nearest(to: text, among: known).map { "; did you mean '\($0)'?" } ?? ""
        report("'\(text)' is none of \(known.joined(separator: ", "))\(hint)")
        return nil
    }

    /// A value that is written as text, such as a date.
    func parsed<Value: LosslessStringConvertible>(_ type: Value.Type = Value.self, _ wanted: String) -> Value? {
        guard let text = string() else { return nil }
        guard let value = Value(text) else {
            report("'\(text)' is not \(wanted)")
            return nil
        }
        return value
    }

    func identifier<Subject>() -> Identifier<Subject>? {
        string().map { Identifier($0) }
    }

    /// The elements of a list. Something that is no list gives a problem and nothing.
    func list() -> [DocumentValue] {
        guard case .sequence(let sequence) = node else {
            report("a list is wanted here, not \(kind)")
            return []
        }
        return sequence.enumerated().map { DocumentValue($0.element, path: "\(path)[\($0.offset)]", notes: notes) }
    }

    /// The elements of a list, or the one thing that stands there without one.
    func listOrOne() -> [DocumentValue] {
        guard case .scalar = node, !isNull else { return list() }
        return [self]
    }

    /// The pairs of a mapping with free keys.
    func pairs() -> [(key: DocumentValue, value: DocumentValue)] {
        guard case .mapping(let mapping) = node else {
            report("a mapping (key: value) is wanted here, not \(kind)")
            return []
        }
        return mapping.map { key, value in
            let place = "\(path).\(key.string ?? "?")"
            let value = DocumentValue(value, path: place, notes: notes)
            // The key's own place is the better one to point to.
            return (DocumentValue(key, path: place, notes: notes), value)
        }
    }

    /// A mapping whose keys are all known.
    func fields() -> DocumentFields? {
        guard case .mapping(let mapping) = node else {
            report("a mapping (key: value) is wanted here, not \(kind)")
            return nil
        }
        return DocumentFields(mapping, of: self)
    }

    private var kind: String {
        switch node {
        case .scalar(let scalar): isNull ? "nothing" : "'\(scalar.string.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }
}
