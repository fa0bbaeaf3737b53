import Testing

@testable import Postgres

@Suite struct PostgresValueTests {
    static let hostile = [
        "", " ", "NULL", "null", "a,b", "{}", "{a}", #"""#, #"\"#, #"\""#, "a\nb\t", "'; --", "中文 🙂", "e\u{301}",
        "\r\n", "%s",
        "\u{1}", "[0:1]={a,b}",
    ]

    @Test func arrays_hostileStringsComeBack() throws {
        let text = try #require(Self.hostile.postgresText)
        #expect([String](postgresText: text) == Self.hostile)
        let optional: [String?] = Self.hostile.map { $0 } + [nil]
        #expect([String?](postgresText: try #require(optional.postgresText)) == optional)
    }

    @Test(
        arguments: [
            ("{}", []), ("{1}", [1]), ("{1,-2,3}", [1, -2, 3]), ("[0:2]={1,2,3}", [1, 2, 3]), (#"{"1","2"}"#, [1, 2]),
        ] as [(String, [Int])])
    func arrays_ofNumbers(_ text: String, _ expected: [Int]) {
        #expect([Int](postgresText: text) == expected)
    }

    @Test(arguments: [
        "", "{", "}", "{1", "1}", "{1,}", "{,1}", "{{1},{2}}", #"{"1}"#, #"{"1"2}"#, "{a}", "{NULL}", "[1={1}",
    ])
    func arrays_malformedIsRefused(_ text: String) {
        #expect([Int](postgresText: text) == nil)
    }

    @Test func arrays_nullNeedsOptionals() {
        #expect([Int?](postgresText: "{1,NULL}") == [1, nil])
        #expect([String](postgresText: #"{"NULL"}"#) == ["NULL"])
    }

    @Test func bytes() {
        #expect(([0, 15, 255, 92] as [UInt8]).postgresText == #"\x000fff5c"#)
        #expect([UInt8](postgresText: #"\x000FfF5c"#) == [0, 15, 255, 92])
        #expect([UInt8](postgresText: #"\x"#) == [])
        for bad in ["", "00", #"\x0"#, #"\xzz"#, #"\000"#] { #expect([UInt8](postgresText: bad) == nil) }
        let several: [[UInt8]] = [[1], [], [255]]
        #expect(several.postgresText == #"{"\\x01","\\x","\\xff"}"#)
        #expect([[UInt8]](postgresText: #"{"\\x01","\\x","\\xff"}"#) == several)
    }

    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00.000000+00"), (1_795_412_430_250_000, "2026-11-23 05:40:30.250000+00"),
            (-1, "1969-12-31 23:59:59.999999+00"),
            (951_782_400_000_000, "2000-02-29 00:00:00.000000+00"),
            (-62_135_596_800_000_001, "0001-12-31 23:59:59.999999+00 BC"),
            (253_402_300_800_000_000, "10000-01-01 00:00:00.000000+00"), (.max, "infinity"), (.min, "-infinity"),
        ] as [(Int64, String)])
    func timestamps_bothWays(_ microseconds: Int64, _ text: String) {
        let timestamp = PostgresTimestamp(microseconds: microseconds)
        #expect(timestamp.postgresText == text)
        #expect(PostgresTimestamp(postgresText: text) == timestamp)
    }

    @Test(
        arguments: [
            ("1970-01-01 08:00:00+08", 0), ("1969-12-31 18:30:00-05:30", 0), ("1970-01-01 00:00:00", 0),
            ("1970-01-01 00:00:00.5Z", 500_000), ("1970-01-01T00:00:01.000001+00:00", 1_000_001),
            ("1900-01-01 08:05:43+08:05:43", -2_208_988_800_000_000),
        ] as [(String, Int64)])
    func timestamps_withOffsets(_ text: String, _ microseconds: Int64) {
        #expect(PostgresTimestamp(postgresText: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-13-01 00:00:00", "1970-01-01 00:00:00+", "1970-01-01 00:00:00.", "now",
        "1970-01-01 00:00:00 AD",
    ])
    func timestamps_malformedIsRefused(_ text: String) {
        #expect(PostgresTimestamp(postgresText: text) == nil)
    }

    @Test func numbersAndTruth() {
        #expect(Bool(postgresText: "t") == true)
        #expect(Bool(postgresText: "f") == false)
        #expect(Bool(postgresText: "1") == nil)
        #expect(Int(postgresText: "-12") == -12)
        #expect(Int32(postgresText: "2147483648") == nil)
        #expect(Int(postgresText: "1.5") == nil)
        #expect(Double(postgresText: "NaN")?.isNaN == true)
        #expect(Double(postgresText: "-Infinity") == -.infinity)
        #expect(Double.infinity.postgresText == "Infinity")
        #expect(Int?(postgresText: "1") == .some(.some(1)))
        #expect(Int?.postgresNull == .some(.none))
        #expect(Int.postgresNull == nil)
    }
}
