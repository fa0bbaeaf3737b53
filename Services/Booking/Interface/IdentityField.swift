import Domain
import Web

extension IdentityDocumentError {
    /// The text that says so; `{lengths}` is how many characters the number has.
    var textKey: String { "identity.error.\(rawValue)" }
}

extension FieldReader {
    /// The document of the person who comes: `{"kind": …, "number": …}`.
    ///
    /// - Parameter today: nobody is born after it.
    mutating func identity(_ name: String, on today: LocalDate) -> IdentityDocument? {
        let read = optionalObject(name) { fields -> IdentityDocument? in
            let before = fields.errors.count
            let kind = fields.choice("kind", of: IdentityDocumentKind.self)
            let number = fields.string("number", 1...64)
            guard fields.errors.count == before else { return nil }
            do throws(IdentityDocumentError) {
                return try IdentityDocument(kind, number, on: today)
            } catch {
                fields.fail("number", error.textKey, ["lengths": kind.lengths])
                return nil
            }
        }
        return read ?? nil
    }
}
