package import Domain
internal import Postgres

/// A `timestamptz`. Digits beyond the millisecond are dropped (towards the past).
extension Timestamp: PostgresEncodable, PostgresDecodable {
    package var postgresText: String? {
        PostgresTimestamp(microseconds: milliseconds * 1000).postgresText
    }

    package init?(postgresText: String) {
        guard let value = PostgresTimestamp(postgresText: postgresText), value != .infinity, value != .negativeInfinity
        else { return nil }
        let (quotient, remainder) = value.microseconds.quotientAndRemainder(dividingBy: 1000)
        self.init(milliseconds: remainder < 0 ? quotient - 1 : quotient)
    }
}

extension Timestamp: PostgresBinaryEncodable {
    package static var postgresType: UInt32 { 1184 }

    /// Microseconds since 2000-01-01T00:00:00Z.
    package func appendPostgresBinary(to bytes: inout [UInt8]) -> Bool {
        ((milliseconds - 946_684_800_000) * 1000).appendPostgresBinary(to: &bytes)
    }
}
