import Domain

/// A form that a text field must have.
package struct FieldPattern: Sendable {
    let accepts: @Sendable (String) -> Bool

    package init(_ accepts: @escaping @Sendable (String) -> Bool) {
        self.accepts = accepts
    }

    /// A name of the catalogue.
    package static let slug = FieldPattern { Identifier<Never>.isSlug($0) }
    /// A personal token: 22 characters of base64url.
    package static let token = FieldPattern { Secrets.isToken($0) }

    /// Exactly as many ASCII digits.
    package static func digits(_ count: Int) -> FieldPattern {
        FieldPattern { $0.utf8.count == count && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// A lower-case UUID (RFC 9562).
    package static let uuid = FieldPattern { text in
        let bytes = Array(text.utf8)
        return bytes.count == 36
            && bytes.indices.allSatisfy { index in
                [8, 13, 18, 23].contains(index)
                    ? bytes[index] == UInt8(ascii: "-")
                    : (48...57).contains(bytes[index]) || (97...102).contains(bytes[index])
            }
    }
}
