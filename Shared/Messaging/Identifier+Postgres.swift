package import Domain
internal import Postgres

/// A `text`.
extension Identifier: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? { rawValue }

    package init?(postgresText: String) {
        self.init(postgresText)
    }
}
