import ArgumentParser
import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import Postgres
import QueuingService
import Simulation
import TestSupport
import Testing

@testable import OperatorTool

/// Commands on a hall in a real database: its city file, its log and its plan.
@Suite struct HallCommandsTests {
    private static let yaml = """
        name: {zh: 测试市, en: Testville}
        version: 1
        services:
          - {id: card, name: {zh: 证件, en: Card}, summary: {zh: 证件办理。, en: A card.}, letter: A, meanMinutes: 8, checklist: {items: []}}
          - {id: permit, name: {zh: 许可, en: Permit}, summary: {zh: 许可办理。, en: A permit.}, letter: B, meanMinutes: 12, checklist: {items: []}}
        halls:
          - id: centre
            name: {zh: 中心大厅, en: Centre}
            address: {zh: 测试路 1 号, en: 1 Test Road}
            timeZone: Asia/Shanghai
            hours: {daily: "09:00-13:00"}
            observesHolidays: false
            windows: [{id: 1, services: [card, permit]}, {id: 2, services: [card]}]
            offers: {card: {slotMinutes: 15, places: 2}, permit: {slotMinutes: 30, places: 1}}
            shifts:
              - {staff: ann, days: [daily], hours: ["09:00-11:00", "11:30-13:00"], window: 1}
              - {staff: bob, days: [daily], hours: ["09:00-11:30", "12:00-13:00"], window: 2}
        staff:
          - {id: ann, name: 安, password: correct-horse-battery-1, roles: [{hall: centre, role: clerk}], skills: [card, permit]}
          - {id: bob, name: 包, password: correct-horse-battery-2, roles: [{hall: centre, role: clerk}]}
        """

    /// The database of one city, and the log of its hall, written by the real queue.
    private struct Hall: Sendable {
        let uri: String
        let pool: PostgresPool
        let configuration: HallConfiguration

        /// One day from 9 to 13 with people who come every so many minutes; one booked person, one who does not come.
        func live(_ date: LocalDate, every minutes: Int, from queue: HallQueue = HallQueue()) async throws -> HallQueue
        {
            var queue = queue
            let log = EventLog(pool: pool)
            let zone = try #require(TimeZoneRules("Asia/Shanghai"))
            func perform(_ command: QueueCommand, _ minute: Int) async throws {
                let now = zone.moment(of: date, minute: minute)
                let events = try queue.decide(command, at: now, in: configuration, by: DueTimePolicy())
                guard !events.isEmpty else { return }
                let new = try events.map {
                    NewEvent(type: $0.typeName, subject: $0.subject, payload: try $0.encodeData())
                }
                let range = try await pool.withTransaction { connection in
                    try await log.append(new, to: "onetrip:{centre}:queue", at: now, on: connection)
                }
                for (event, position) in zip(events, range) { queue.apply(event, at: now, position: position) }
            }
            try await perform(.openDay, 530)
            for (ticket, slot) in [("booked-\(date)", 570), ("absent-\(date)", 600)] {
                try await perform(
                    .expect(
                        TicketExpected(
                            ticket: TicketID(ticket), service: "card", slot: zone.moment(of: date, minute: slot),
                            channel: .online, checkInKeys: ["k-\(ticket)"], follow: "f-\(ticket)")), 531)
            }
            try await perform(.openWindow("1", "ann", skills: nil), 540)
            for minute in 540..<780 {
                if minute == 565 { try await perform(.checkIn(TicketID("booked-\(date)"), .kiosk), minute) }
                if minute % minutes == 0 {
                    let ticket = "walk-\(date)-\(minute)"
                    try await perform(
                        .issue(
                            TicketID(ticket), minute % (2 * minutes) == 0 ? "card" : "permit", .walkIn, .kiosk,
                            follow: ticket),
                        minute)
                }
                if minute % 10 == 9 {
                    if queue.windows["1"]?.ticket != nil { try await perform(.finish("1", "ann", .completed), minute) }
                    guard queue.waitingCount > 0 else { continue }
                    try await perform(.callNext("1", "ann"), minute)
                    try await perform(.startServing("1", "ann"), minute)
                }
            }
            try await perform(.closeDay, 790)
            return queue
        }
    }

    private func withHall(_ body: @escaping @Sendable (Hall) async throws -> Void) async throws {
        try await withDatabase { uri in
            _ = try await Schemas.migrate(uri: uri, logger: .command)
            let input = try CatalogueReader.read(yaml: Self.yaml, file: "city.yaml")
            _ = try await CatalogueImporter(postgres: uri).run(input, now: Timestamp(milliseconds: Self.now))
            let configuration = try #require(input.catalogue.hallConfiguration("centre"))
            try await PostgresPool.withPool(uri: uri, searchPath: QueuingSchema.name, logger: .command) { pool in
                try await body(Hall(uri: uri, pool: pool, configuration: configuration))
            }
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private func count(_ query: PostgresQuery, _ hall: Hall) async throws -> Int {
        try await hall.pool.execute(query).first?.decode(at: 0, as: Int.self) ?? 0
    }

    @Test func plan_applied_changesTheSlots_andResetBringsThemBack() async throws {
        try await withHall { hall in
            let arguments = [
                "--hall", "centre", "--postgres", hall.uri, "--days", "6", "--rounds", "1", "--policy", "gcmu",
                "--booked-share", "1",
            ]
            let json = NSTemporaryDirectory() + "plan-\(UUID().uuidString).json"
            try await PlanCommand.parse(arguments + ["--json", json, "--language", "en"]).run()
            #expect(try await count("SELECT count(*) FROM booking.slot_plan", hall) == 0)
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: json))) as? [String: Any])
            let days = try #require(document["days"] as? [[String: Any]])
            // All weekdays are alike while nothing is learned.
            #expect(days.count == 1 && (days[0]["weekdays"] as? [String])?.count == 7)
            #expect((days[0]["cells"] as? [Any])?.count == 16)

            try await PlanCommand.parse(arguments + ["--apply", "--by", "lin"]).run()
            let differing: PostgresQuery =
                "SELECT count(*) FROM booking.slot WHERE starts_at > now() AND capacity <> CASE service WHEN 'card' THEN 2 ELSE 1 END"
            #expect(try await count(differing, hall) > 0)
            #expect(try await count("SELECT count(*) FROM booking.audit WHERE actor = 'operator:lin'", hall) == 1)
            let total: PostgresQuery = "SELECT sum(places) FROM booking.slot_plan_places WHERE weekday = 1"
            #expect(try await count(total, hall) == 16 * 2 + 8)
            try await PlanCommand.parse(arguments + ["--apply", "--by", "lin"]).run()
            #expect(try await count("SELECT version FROM booking.slot_plan", hall) == 1)

            try await PlanCommand.parse(["--hall", "centre", "--postgres", hall.uri, "--reset"]).run()
            #expect(try await count(differing, hall) == 0)
        }
    }

    @Test func plan_usesWhatTheHallHasLearned() async throws {
        try await withHall { hall in
            var queue = HallQueue()
            for day in 0..<3 {
                queue = try await hall.live(LocalDate(daysSinceEpoch: 20_780 + day), every: 12, from: queue)
            }
            _ = try await hall.live(LocalDate(daysSinceEpoch: 20_783), every: 12, from: queue)
            let known = try await KnownHall("centre", prefix: "onetrip", on: hall.pool)
            let history = try #require(try await known.log.newestHistory())
            #expect(history.days == 3)
            #expect(try await known.skills(on: hall.pool) == ["ann": ["card", "permit"]])
            var settings = HallSlotPlan.Settings()
            settings.search.rounds = 0
            settings.judgeDays = 2
            settings.policy = .gcmu
            let week = try await WeekPlan(
                known, skills: [:], history: history, weekdays: [.monday], assumedShare: 0.3, bookedShare: 1,
                settings: settings)
            let plan = try #require(week.entries.first?.plan)
            #expect(plan.hall.walkIns == .learned(days: 3))
            #expect(plan.cells.reduce(0) { $0 + $1.walkIns } > 15)
        }
    }

    @Test func simulateAndWhatIf_runTheDayOfTheLog() async throws {
        try await withHall { hall in
            let date = LocalDate(daysSinceEpoch: 20_780)
            let queue = try await hall.live(date, every: 12)
            _ = try await hall.live(date.advanced(days: 1), every: 30, from: queue)
            let options = try RecordedDayOptions.parse([
                "--hall", "centre", "--date", "\(date)", "--postgres", hall.uri,
            ])
            let (_, recorded) = try await options.read()
            // Every 12 minutes from 9 on, one booked person who came and one who did not.
            #expect(recorded.day.citizens.count == 20 + 2)
            #expect(recorded.day.citizens.count { !$0.shows } == 1)
            #expect(recorded.isComplete)
            #expect(recorded.served.count > 15)
            #expect(recorded.served.allSatisfy { $0.end - $0.start >= 600 })

            let base = ["--hall", "centre", "--date", "\(date)", "--postgres", hall.uri]
            let json = NSTemporaryDirectory() + "day-\(UUID().uuidString).json"
            try await SimulateCommand.parse(base + ["--policy", "fcfs,engine-lite", "--json", json]).run()
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: json))) as? [String: Any])
            #expect((document["policies"] as? [Any])?.count == 2)
            try await WhatIfCommand.parse(base + ["--policy", "fcfs", "--demand", "1.5"]).run()
            await #expect(throws: (any Error).self) {
                try await SimulateCommand.parse(
                    ["--hall", "centre", "--date", "2020-01-01", "--postgres", hall.uri]
                ).run()
            }
            #expect(throws: (any Error).self) { try SimulateCommand.parse(["--hall", "centre"]) }
            #expect(throws: (any Error).self) { try SimulateCommand.parse([]) }
        }
    }
}
