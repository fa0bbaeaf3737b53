/// A value that can be bound to a statement, in PostgreSQL's text format.
///
/// Parameters are sent without a type, so the server infers it from the place where they stand, exactly as for a literal
/// in quotes. Where nothing tells the type, write a cast: `unnest(\(list: names)::text[])`.
package protocol PostgresEncodable: Sendable {
    /// The text form; `nil` is NULL. It must not contain U+0000, which PostgreSQL cannot store.
    var postgresText: String? { get }

    /// The text form of an array of these. The default is right for everything but bytes.
    static func postgresText(ofArray elements: [Self]) -> String
}

/// A value that can be read from PostgreSQL's text format.
package protocol PostgresDecodable: Sendable {
    /// `nil` when the text is not such a value.
    init?(postgresText: String)

    /// What NULL becomes; `nil` when NULL is not allowed, which is the default.
    static var postgresNull: Self? { get }

    /// Reads the text form of an array of these. The default is right for everything but bytes.
    static func array(postgresText: String) -> [Self]?
}

extension PostgresDecodable {
    package static var postgresNull: Self? { nil }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package var postgresText: String? { self?.postgresText }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package init?(postgresText: String) {
        guard let value = Wrapped(postgresText: postgresText) else { return nil }
        self = .some(value)
    }

    package static var postgresNull: Self? { .some(.none) }
}

extension String: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? { self }

    package init?(postgresText: String) {
        self = postgresText
    }
}

extension Bool: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? { self ? "true" : "false" }

    package init?(postgresText: String) {
        switch postgresText {
        case "t", "true": self = true
        case "f", "false": self = false
        default: return nil
        }
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return description
    }

    package init?(postgresText: String) {
        self.init(postgresText)
    }
}

extension PostgresEncodable where Self: FixedWidthInteger {
    package var postgresText: String? { String(self) }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    package init?(postgresText: String) {
        self.init(postgresText, radix: 10)
    }
}

extension Int: PostgresEncodable, PostgresDecodable {}
extension Int16: PostgresEncodable, PostgresDecodable {}
extension Int32: PostgresEncodable, PostgresDecodable {}
extension Int64: PostgresEncodable, PostgresDecodable {}
