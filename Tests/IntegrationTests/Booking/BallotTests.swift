import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@testable import BookingService

/// Places that are drawn, from the entry to the appointment.
@Suite("Ballot") struct BallotTests {
    /// Each day opens at midnight one day before; entries for 4 June are taken from 1 June, 00:00, to 2 June, 00:00.
    private static func catalogue(places: Int = 1) -> Catalogue {
        var catalogue = BookingCity.catalogue(places: places, horizonDays: 6)
        catalogue.services[BookingCity.passport]?.release = ReleaseRule(
            .daily(daysAhead: 1), minute: 0, ballot: BallotRule(entryDays: 2, closesHoursBefore: 24, preferences: 3))
        return catalogue
    }

    private static let round = "passport_2027-06-04"
    private static let morning = "north/2027-06-04/00:00-03:00"
    private static let path = "/api/v1/ballots/\(round)"

    private func enter(
        _ rig: BookingRig, _ person: Int, _ preferences: [String] = [Self.morning], key: String = UUID().uuidString
    ) async throws -> JSONClient.Answer {
        let wishes = preferences.map { "\"\($0)\"" }.joined(separator: ",")
        return try await rig.client.post(
            Self.path + "/entries",
            #"{"name":"王小明","checklist":{"version":1},"preferences":[\#(wishes)]}"#,
            headers: [
                "Authorization": "Bearer \(try rig.contactToken(BookingRig.phone(person)))", "Idempotency-Key": key,
            ])
    }

    private func record(_ rig: BookingRig) async throws -> BallotRecord {
        let answer = try await rig.client.get(Self.path)
        #expect(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(BallotRecord.self, from: Data(answer.text.utf8))
    }

    /// To just after the deadline.
    private func close(_ rig: BookingRig) { rig.clock.advance(seconds: 14 * 3600 + 1) }

    private func count(_ rig: BookingRig, _ state: String) async throws -> Int {
        try await rig.scalar("SELECT count(*) FROM ballot_entry WHERE state = \(state)")
    }

    @Test func `More enter than there are places: all is drawn, booked and told, and anybody can check it`()
        async throws
    {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            try await rig.parts.drawing.begin()
            let before = try await record(rig)
            #expect(before.draw == nil && before.count == 0)
            #expect(before.opens < rig.clock.now && rig.clock.now < before.closes)

            let first = try await enter(rig, 0, [Self.morning, "south/2027-06-04/00:00-01:00"], key: "k")
            #expect(first.status == 201, "\(first.text)")
            #expect(
                try await enter(rig, 0, [Self.morning, "south/2027-06-04/00:00-01:00"], key: "k").text == first.text)
            #expect(try await enter(rig, 0).string("type")?.hasSuffix("/already-entered") == true)
            for person in 1..<10 { #expect(try await enter(rig, person).status == 201) }
            #expect(try await enter(rig, 11, ["north/2027-06-05/00:00-03:00"]).status == 422)
            #expect(try await enter(rig, 11, ["nowhere/2027-06-04/00:00-03:00"]).status == 422)
            // Who leaves keeps the number; who enters again gets another.
            let token = try #require(try await enter(rig, 20).string("token"))
            #expect(try await rig.client.send(.DELETE, "/api/v1/ballot-entries/\(token)").status == 204)
            #expect(try await rig.client.get("/api/v1/ballot-entries/\(token)").string("state") == "left")
            #expect(try await enter(rig, 20).status == 201)

            close(rig)
            #expect(try await enter(rig, 30).string("type")?.hasSuffix("/ballot-closed") == true)
            try await rig.parts.drawing.sweep()
            let record = try await record(rig)
            #expect(record.commitment == before.commitment)
            let own = try #require(first["number"] as? Int)
            #expect(record.faults(receipts: [own: try #require(first.string("receipt"))]) == [])
            #expect(record.draw?.entries.count == 11 && record.draw?.left == [11])
            let winners = record.draw?.entries.filter { $0.slot != nil } ?? []
            #expect(winners.count == 3 || winners.count == 4)

            #expect(try await count(rig, "booked") == winners.count)
            #expect(try await count(rig, "lost") == 11 - winners.count)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == winners.count)
            #expect(
                try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%ballot-lost%'")
                    == 11 - winners.count)
            #expect(
                try await rig.scalar("SELECT count(*) FROM ballot_round WHERE id = \(Self.round) AND state = 'settled'")
                    == 1)
            #expect(try await rig.miscounted() == 0)
            // Nothing happens twice.
            try await rig.parts.drawing.sweep()
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == winners.count)
            // A place that nobody wanted is not open before its time.
            let left = try #require(try await rig.slots(hall: BookingCity.south).last)
            #expect(try await rig.hold(left).status == 409)
        }
    }

    @Test func `Two processes that draw at once draw once, and numbers of a rush have no gaps`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            try await rig.parts.drawing.begin()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for person in 0..<40 {
                    // Each asks twice at the same moment.
                    for _ in 0..<2 { group.addTask { _ = try await enter(rig, person) } }
                }
                try await group.waitForAll()
            }
            #expect(try await record(rig).count == 40)
            #expect(try await count(rig, "entered") == 40)
            close(rig)
            let drawings = (0..<2).map { _ in
                BallotDrawing(
                    desk: rig.parts.desk, streams: rig.runtime.streams, logger: rig.runtime.logger, wake: { _ in },
                    changed: { _ in })
            }
            let drawn = try await withThrowingTaskGroup(of: Bool.self) { group in
                for drawing in drawings {
                    group.addTask {
                        let isDrawn = try await drawing.draw(Self.round)
                        try await drawing.settle(Self.round)
                        return isDrawn
                    }
                }
                return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
            }
            // The service's own job may have been first.
            #expect(drawn <= 1)
            try await rig.parts.drawing.sweep()
            #expect(try await count(rig, "booked") == 3)
            #expect(try await count(rig, "lost") == 37)
            #expect(try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%ballot-lost%'") == 37)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 3)
            #expect(try await record(rig).faults() == [])
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `What was drawn is kept when a process dies on the way, and another goes on from there`() async throws {
        try await withBooking(catalogue: Self.catalogue(places: 2)) { rig in
            try await rig.parts.drawing.begin()
            for person in 0..<12 { #expect(try await enter(rig, person).status == 201) }
            close(rig)
            try await rig.parts.drawing.draw(Self.round)
            let drawn = try await record(rig)
            try await rig.parts.drawing.settle(Self.round, limit: 2)
            let booked = try await count(rig, "booked")
            #expect(booked >= 2)
            // As after a kill between the booking and the note of it: the booking is found, not made again.
            _ = try await rig.pool.execute(
                "UPDATE ballot_entry SET state = 'won', settled = false, appointment_id = NULL WHERE state = 'booked'")
            // The service's own job may have come to the end already.
            _ = try await rig.pool.execute("UPDATE ballot_round SET state = 'drawn' WHERE id = \(Self.round)")
            try await rig.parts.drawing.sweep()
            #expect(try await record(rig) == drawn)
            #expect(drawn.faults() == [])
            #expect(try await count(rig, "booked") == 6)
            #expect(try await count(rig, "lost") == 6)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 6)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Who has an appointment by other ways does not get a second, and the place comes back`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            try await rig.parts.drawing.begin()
            #expect(try await enter(rig, 1).status == 201)
            // Tomorrow is open to all.
            let open = try #require(try await rig.slots().first)
            #expect(try await rig.book(open, phone: BookingRig.phone(1)).status == 201)
            #expect(try await rig.book(open, phone: BookingRig.phone(2)).status == 409)
            #expect(try await enter(rig, 1).string("type")?.hasSuffix("/already-booked") == true)
            close(rig)
            try await rig.parts.drawing.sweep()
            #expect(try await count(rig, "void") == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 1)
            #expect(try await rig.miscounted() == 0)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 1)
        }
    }

    @Test func `A citizen enters, sees the entry and finds the result, without JavaScript`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            try await rig.parts.drawing.begin()
            #expect(try await rig.client.get("/services/passport").text.contains("/services/passport/ballot"))
            let form = try await rig.client.get("/services/passport/ballot")
            #expect(form.status == 200 && form.text.contains("第 3 志愿") && form.text.contains("6月4日"), "\(form.text)")
            let good = [
                ("version", "1"), ("name", "王小明"), ("phone", BookingRig.phone(7)), ("hall1", "north"),
                ("day1", "2027-06-04"), ("part1", "morning"),
            ]
            let refused = try await rig.client.send(
                .POST, "/services/passport/ballot", form: good.filter { $0.0 != "day1" })
            #expect(refused.status == 422 && refused.text.contains("href=\"#hall1\"") && refused.text.contains("王小明"))
            let sent = try await rig.client.send(.POST, "/services/passport/ballot", form: good)
            #expect(sent.status == 303, "\(sent.text)")
            let code = try #require(sent.headers.first(name: "location"))
            #expect(try await rig.client.get(code).status == 200)
            let row = try #require(
                try await rig.pool.execute("SELECT id::text AS id FROM verification").first)
            let id = try row.decode("id", as: String.self)
            let digits = try #require(try await rig.contact(of: id).string("contacts", id, "parameters", "code"))
            let entered = try await rig.client.send(.POST, code, form: [("code", digits)])
            let own = try #require(entered.headers.first(name: "location"))
            let page = try await rig.client.get(own)
            #expect(page.status == 200 && page.text.contains("报名成功") && page.text.contains("上午"), "\(page.text)")
            close(rig)
            try await rig.parts.drawing.sweep()
            let result = try await rig.client.get(own)
            #expect(result.text.contains("您已摇中") && result.text.contains("href=\"/a/"), "\(result.text)")
            let published = try await rig.client.get("/ballots/\(Self.round)?number=1")
            #expect(published.status == 200 && published.text.contains("编号 1：摇号顺序 1"), "\(published.text)")
            #expect(!published.text.contains("王小明"))
            #expect(try await rig.client.get("/ballots/passport_1999-01-01").status == 404)
        }
    }
}
