/// A statement with its values.
///
/// Values are written by interpolation and travel beside the statement, never inside it, so no value can change its
/// meaning:
/// ```swift
/// let query: PostgresQuery = "SELECT name FROM hall WHERE id = \(id) OR id = ANY(\(list: others))"
/// // SELECT name FROM hall WHERE id = $1 OR id = ANY($2)
/// ```
/// The statement must be one statement. Its text is the key under which a connection keeps it prepared, so keep the
/// variety of texts small: `ANY(\(list:))` rather than a list of placeholders.
package struct PostgresQuery: Sendable, Hashable {
    /// The statement with `$1`, `$2`, … in place of the values.
    package private(set) var sql: String
    package private(set) var binds: [PostgresBind]

    /// - Parameter sql: trusted text, never made from input.
    package init(unescaped sql: String, binds: [PostgresBind] = []) {
        self.sql = sql
        self.binds = binds
    }
}

extension PostgresQuery: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = ""
        fileprivate var binds: [PostgresBind] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
            binds.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql.append(literal)
        }

        /// Binds one value.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            bind(PostgresBind(value.postgresText))
        }

        /// Binds the wrapped value, or NULL. Without this the compiler takes it for text and warns.
        package mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            bind(PostgresBind(value?.postgresText))
        }

        /// Binds one array, for `= ANY(…)` or `unnest(…::text[])`.
        package mutating func appendInterpolation(list elements: [some PostgresEncodable]) {
            bind(PostgresBind(elements.postgresText))
        }

        /// Binds one array in binary format: a column of a batch. What is written in the statement must be exactly an
        /// array of that type, such as `unnest(\(column: times)::timestamptz[])`.
        package mutating func appendInterpolation(column elements: [some PostgresBinaryEncodable]) {
            bind(.binary(Self.binary(elements)))
        }

        private static func binary<Element: PostgresBinaryEncodable>(_ elements: [Element]) -> [UInt8] {
            Element.postgresBinary(ofArray: elements)
        }

        /// Puts trusted text into the statement itself, such as a column list. Never pass input.
        package mutating func appendInterpolation(unescaped sql: String) {
            self.sql.append(sql)
        }

        /// Puts the quoted name of a table, a column or a channel into the statement.
        package mutating func appendInterpolation(identifier name: String) {
            sql.append(PostgresQuery.quoted(identifier: name))
        }

        private mutating func bind(_ value: PostgresBind) {
            binds.append(value)
            sql.append("$")
            sql.append(String(binds.count))
        }
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        binds = stringInterpolation.binds
    }

    package init(stringLiteral value: String) {
        sql = value
        binds = []
    }
}

extension PostgresQuery {
    /// A name in double quotes (PostgreSQL manual, 4.1.1).
    static func quoted(identifier name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { text.append("\"") }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}
