import Domain
import Yams

/// A mapping of the document whose keys are known: whoever has read all of them calls ``finish()``, which notes the unknown ones.
final class DocumentFields {
    private let mapping: Node.Mapping
    private let value: DocumentValue
    private var asked: [String] = []

    init(_ mapping: Node.Mapping, of value: DocumentValue) {
        self.mapping = mapping
        self.value = value
    }

    var path: String { value.path }

    /// The value of a key, or `nil` when nothing is given.
    func optional(_ key: String) -> DocumentValue? {
        asked.append(key)
        guard let node = mapping.first(where: { $0.key.string == key })?.value else { return nil }
        let found = DocumentValue(node, path: path.isEmpty ? key : "\(path).\(key)", notes: value.notes)
        return found.isNull ? nil : found
    }

    /// The value of a key; a problem when nothing is given.
    func required(_ key: String) -> DocumentValue? {
        guard let found = optional(key) else {
            value.notes.report(
                path.isEmpty ? key : "\(path).\(key)", at: value.place, "'\(key)' is missing; it must be given")
            return nil
        }
        return found
    }

    func finish() {
        for (key, content) in mapping {
            guard let name = key.string else {
                value.notes.report(path, at: DocumentPlace(key.mark), "a key must be a text")
                continue
            }
            guard !asked.contains(name) else { continue }
            let known = "known are \(asked.map { "'\($0)'" }.joined(separator: ", "))"
            // `{zh: …, en: One, two}` gives a key `two` without a value.
            let cut = content.string?.isEmpty == true && name.contains(" ")
            let hint =
                Spelling.nearest(to: name, among: asked).map { "did you mean '\($0)'?" }
                ?? (cut ? "a text with a comma in it must stand in quotes" : known)
            value.notes.report(
                path.isEmpty ? name : "\(path).\(name)", at: DocumentPlace(key.mark), "unknown key '\(name)'; \(hint)")
        }
    }
}
