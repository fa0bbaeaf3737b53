import Testing

@testable import Postgres

@Suite struct PostgresQueryTests {
    @Test func interpolation_valuesBecomeBinds() {
        let name = "x'; DROP TABLE hall; --"
        let none: Int? = nil
        let query: PostgresQuery = "SELECT \(name), \(42), \(none), \(true) WHERE id = ANY(\(list: ["a", "b"]))"
        #expect(query.sql == "SELECT $1, $2, $3, $4 WHERE id = ANY($5)")
        #expect(query.binds == [.text(name), .text("42"), .null, .text("true"), .text(#"{"a","b"}"#)])
    }

    @Test func column_isAnArrayInBinaryFormat() {
        let query: PostgresQuery = "SELECT unnest(\(column: ["a", nil, "bc"])::text[])"
        #expect(
            query.binds == [
                .binary([
                    0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 3, 0, 0, 0, 1,  // dimensions, NULLs, text, 3 from 1
                    0, 0, 0, 1, 97, 255, 255, 255, 255, 0, 0, 0, 2, 98, 99,
                ])
            ])
        let none: PostgresQuery = "SELECT unnest(\(column: [Int64]())::bigint[])"
        #expect(none.binds == [.binary([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20])])
    }

    @Test func interpolation_literalHasNoBinds() {
        let query: PostgresQuery = "SELECT '$1'"
        #expect(query.sql == "SELECT '$1'")
        #expect(query.binds.isEmpty)
    }

    @Test func interpolation_trustedTextAndIdentifiersStandInTheStatement() {
        let query: PostgresQuery = "SELECT \(unescaped: "a, b") FROM \(identifier: #"odd"name"#) WHERE a = \(1)"
        #expect(query.sql == #"SELECT a, b FROM "odd""name" WHERE a = $1"#)
        #expect(query.binds == [.text("1")])
    }
}

@Suite struct StatementCacheTests {
    @Test func namesAreKeptAndNeverUsedTwice() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.name(for: "a") == nil)
        #expect(cache.add("a") == "s1")
        #expect(cache.name(for: "a") == "s1")
        cache.remove("a")
        #expect(cache.name(for: "a") == nil)
        #expect(cache.add("a") == "s2")
    }

    @Test func trim_dropsTheLeastRecentlyUsed() {
        var cache = StatementCache(capacity: 2)
        _ = cache.add("a")
        _ = cache.add("b")
        _ = cache.add("c")
        _ = cache.name(for: "a")
        #expect(cache.count == 3, "bounded between groups, not inside one")
        cache.trim()
        #expect(cache.name(for: "a") == "s1")
        #expect(cache.name(for: "b") == nil)
        #expect(cache.takeEvicted() == ["s2"])
        #expect(cache.takeEvicted() == [])
    }
}

@Suite struct PostgresErrorTests {
    @Test(arguments: [
        ("23505", [true, false, false, false]), ("23514", [false, true, false, false]),
        ("40001", [false, false, true, false]), ("40P01", [false, false, true, false]),
        ("08006", [false, false, false, true]), ("57P01", [false, false, false, true]),
        ("57P03", [false, false, false, true]), ("57014", [false, false, false, false]),
        ("23503", [false, false, false, false]),
    ])
    func sqlState(_ sqlState: String, _ expected: [Bool]) {
        let error = PostgresError(.server, "no", sqlState: sqlState)
        let found = [
            error.isUniqueViolation, error.isCheckViolation, error.isSerializationFailure, error.isConnectionFailure,
        ]
        #expect(found == expected)
    }

    @Test func description_hasNoDetail() {
        let error = PostgresError(
            .server, "duplicate key", sqlState: "23505", detail: "Key (phone)=(13800138000) already exists.",
            constraint: "one_live", statement: "INSERT …", file: "A/B.swift", line: 7)
        #expect(
            error.description
                == "PostgreSQL, server 23505: duplicate key [constraint one_live] In: INSERT … (A/B.swift:7)")
    }
}

@Suite struct ConnectionParametersTests {
    func value(_ keyword: String, _ parameters: ConnectionParameters) -> String? {
        parameters.values.first { $0.keyword == keyword }?.value
    }

    @Test func uriAndSettingsAreMerged() throws {
        let configuration = PostgresConfiguration(
            uri: "postgresql://u:p@a:1,b:2/db?target_session_attrs=read-write&options=-c%20jit%3Don",
            searchPath: "booking, public", applicationName: "test", settings: ["TimeZone": "UTC"])
        let parameters = try ConnectionParameters(configuration, readOnly: true)
        #expect(value("host", parameters) == "a,b")
        #expect(value("port", parameters) == "1,2")
        #expect(value("dbname", parameters) == "db")
        #expect(value("target_session_attrs", parameters) == "read-write")
        #expect(value("application_name", parameters) == "test")
        #expect(
            value("options", parameters)
                == #"-c TimeZone=UTC -c default_transaction_read_only=on -c search_path=booking,\ public -c jit=on"#)
    }

    @Test func rotation_changesTheFirstHost() throws {
        let configuration = PostgresConfiguration(uri: "host=a,b,c port=1,2,3")
        #expect(value("host", try ConnectionParameters(configuration, readOnly: false, hostRotation: 4)) == "b,c,a")
        #expect(value("port", try ConnectionParameters(configuration, readOnly: false, hostRotation: 4)) == "2,3,1")
    }

    @Test(arguments: ["nonsense", "host='unclosed", "unknown=1"])
    func badAddress_isRefused(_ uri: String) {
        #expect {
            try ConnectionParameters(PostgresConfiguration(uri: uri), readOnly: false)
        } throws: { error in
            (error as? PostgresError)?.code == .connection
        }
    }
}
