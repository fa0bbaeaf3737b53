package import Domain
internal import Postgres

/// A `date`.
extension LocalDate: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? { description }

    package init?(postgresText: String) {
        self.init(postgresText)
    }
}
