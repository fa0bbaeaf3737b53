import ArgumentParser
import BookingService
import Domain
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@testable import OperatorTool

/// `close`, `reopen` and an import that takes places away, on a real database.
@Suite struct ClosureCommandsTests {
    private static let zone = TimeZoneRules("Asia/Shanghai")
    private static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private static func yaml(places: Int) -> String {
        """
        name: {zh: 测试市, en: Testville}
        version: 1
        services:
          - {id: card, name: {zh: 证件, en: Card}, summary: {zh: 证件办理。, en: A card.}, letter: A, meanMinutes: 8, checklist: {items: []}}
        halls:
          - id: centre
            name: {zh: 中心大厅, en: Centre}
            address: {zh: 测试路 1 号, en: 1 Test Road}
            timeZone: Asia/Shanghai
            hours: {daily: "09:00-11:00"}
            observesHolidays: false
            windows: [{id: 1, services: [card]}]
            offers: {card: {slotMinutes: 60, places: \(places)}}
        staff: []
        """
    }

    private struct City: Sendable {
        let uri: String
        let pool: PostgresPool
        /// The day after tomorrow.
        let day: LocalDate

        func count(_ query: PostgresQuery) async throws -> Int {
            try await pool.execute(query).first?.decode(at: 0, as: Int.self) ?? 0
        }

        /// So many people have booked the first slot of the day.
        func book(_ people: Int) async throws {
            let start = try #require(ClosureCommandsTests.zone).moment(of: day, minute: 540)
            for person in 0..<people {
                try await pool.execute(
                    """
                    INSERT INTO booking.appointment (id, reference, token_hash, token_sealed, slot_id, hall, service,
                        starts_at, ends_at, person_key, name_sealed, phone_sealed, checklist_version, state, language,
                        channel, created_at, updated_at)
                    SELECT gen_random_uuid(), \("r\(person)"), \("t\(person)"), '', id, hall, service, starts_at, ends_at,
                        \("p\(person)"), '', '', 1, 'booked', 'en', 'online', starts_at, starts_at
                    FROM booking.slot WHERE starts_at = \(start.rfc3339())::timestamptz
                    """)
            }
            try await pool.execute(
                "UPDATE booking.slot SET taken = \(people) WHERE starts_at = \(start.rfc3339())::timestamptz")
        }
    }

    private func withCity(_ body: @escaping @Sendable (City) async throws -> Void) async throws {
        try await withDatabase { uri in
            _ = try await Schemas.migrate(uri: uri, logger: .command)
            let input = try CatalogueReader.read(yaml: Self.yaml(places: 3), file: "city.yaml")
            _ = try await CatalogueImporter(postgres: uri).run(input, now: Self.now)
            let day = try #require(Self.zone).date(at: Self.now).advanced(days: 2)
            try await PostgresPool.withPool(uri: uri, logger: .command) { pool in
                try await body(City(uri: uri, pool: pool, day: day))
            }
        }
    }

    private func arguments(_ city: City, from: String = "09:00", to: String = "10:00") -> [String] {
        [
            "centre", "--from", "\(city.day) \(from)", "--to", "\(city.day) \(to)", "--reason-zh", "停电", "--reason-en",
            "Power cut", "--postgres", city.uri, "--language", "en",
        ]
    }

    private func exitCode(_ body: () async throws -> Void) async throws -> Int32 {
        do {
            try await body()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        }
    }

    @Test func `close tells first and closes with --yes; reopen undoes it; what cannot be is refused`() async throws {
        try await withCity { city in
            try await city.book(2)
            try await CloseCommand.parse(arguments(city) + ["--dry-run"]).run()
            try await CloseCommand.parse(arguments(city)).run()
            #expect(try await city.count("SELECT count(*) FROM booking.closure") == 0)
            #expect(try await city.count("SELECT count(*) FROM booking.slot WHERE is_closed") == 0)
            try await CloseCommand.parse(arguments(city) + ["--yes", "--by", "lin"]).run()
            #expect(try await city.count("SELECT count(*) FROM booking.closure WHERE made_by = 'operator:lin'") == 1)
            #expect(try await city.count("SELECT count(*) FROM booking.closure_move WHERE state = 'due'") == 2)
            #expect(
                try await city.count("SELECT count(*) FROM booking.slot WHERE is_closed AND capacity = 2 AND taken = 2")
                    == 1)
            #expect(try await exitCode { try await CloseCommand.parse(arguments(city) + ["--yes"]).run() } == 65)
            let unknown = ["nowhere"] + arguments(city).dropFirst()
            #expect(try await exitCode { try await CloseCommand.parse(unknown).run() } == 65)
            #expect(
                try await exitCode {
                    try await CloseCommand.parse(arguments(city, from: "10:00", to: "10:00")).run()
                } == 65)
            // Two closures: one must be named.
            try await CloseCommand.parse(arguments(city, from: "10:00", to: "11:00") + ["--yes"]).run()
            let reopen = ["centre", "--postgres", city.uri]
            #expect(try await exitCode { try await ReopenCommand.parse(reopen).run() } == 65)
            try await ReopenCommand.parse(reopen + ["--from", "\(city.day) 09:00"]).run()
            #expect(try await city.count("SELECT count(*) FROM booking.closure_move WHERE state = 'due'") == 0)
            try await ReopenCommand.parse(reopen).run()
            #expect(try await exitCode { try await ReopenCommand.parse(reopen).run() } == 65)
            #expect(try await city.count("SELECT count(*) FROM booking.slot WHERE is_closed OR capacity <> 3") == 0)
        }
    }

    @Test(arguments: ["2027-06-03", "2027-06-31 09:00", "2027-06-03 9:00", "2027-06-03 24:01", "soon"])
    func `A time that is none is refused`(text: String) {
        #expect(throws: (any Error).self) { try WallTime(text) }
    }

    @Test func `An import that takes places away needs --move`() async throws {
        try await withCity { city in
            try await city.book(3)
            let file = NSTemporaryDirectory() + "city-\(UUID().uuidString).yaml"
            try Self.yaml(places: 2).write(toFile: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: file) }
            let importing = [file, "--postgres", city.uri, "--language", "en"]
            try await ImportCommand.parse(importing + ["--dry-run"]).run()
            #expect(try await exitCode { try await ImportCommand.parse(importing).run() } == 1)
            #expect(try await city.count("SELECT version FROM booking.catalogue") == 1)
            #expect(try await city.count("SELECT count(*) FROM booking.closure_move") == 0)
            try await ImportCommand.parse(importing + ["--move"]).run()
            #expect(try await city.count("SELECT count(*) FROM booking.closure_move WHERE state = 'due'") == 1)
            #expect(try await city.count("SELECT version FROM booking.catalogue") == 2)
            // The same again changes nothing, and needs no word.
            try await ImportCommand.parse(importing).run()
        }
    }
}
