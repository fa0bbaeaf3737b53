import Domain
import Foundation
import Logging
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@testable import BookingService

@Suite("Availability over HTTP")
struct AvailabilityTests {
    private static let path = "/api/v1/availability?hall=north&service=passport&month=2027-06"

    /// Places free on all days of the month.
    private func free(_ rig: BookingRig) async throws -> Int {
        let answer = try await rig.client.get(Self.path)
        #expect(answer["fresh"] as? Bool == true)
        let days = answer["days"] as? [[String: Any]] ?? []
        return days.reduce(0) { $0 + ($1["free"] as? Int ?? 0) }
    }

    private func eventually(_ rig: BookingRig, free wanted: Int) async throws {
        _ = try await TestSupport.eventually("\(wanted) places are free") {
            try await free(rig) == wanted ? true : nil
        }
    }

    /// The view from memory, without asking the database.
    private func isInMemory(_ rig: BookingRig) -> Bool {
        rig.parts.availability.board.view(
            .init(hall: BookingCity.north, service: BookingCity.passport),
            cityVersion: rig.parts.catalogue.city.version) != nil
    }

    /// Waits until notices arrive, and reads the part into memory.
    private func warmUp(_ rig: BookingRig) async throws -> Int {
        _ = try await TestSupport.eventually("the view is in memory") {
            _ = try await free(rig)
            return isInMemory(rig) ? true : nil
        }
        return try await free(rig)
    }

    /// As another process does it: this one hears of it by the notice alone.
    private func bookElsewhere(_ rig: BookingRig, _ slot: String, person: Int) async throws {
        let writer = GroupCommitBookingWriter(
            pool: rig.pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 8,
            wake: { _ in })
        let id = try #require(SlotID(slot))
        let known = try #require(try await SlotStore().slot(id, at: rig.clock.now, on: rig.pool))
        _ = try await writer.book(
            BookOrder(
                request: IdempotentRequest(scope: "elsewhere", key: "\(person)", fingerprint: "f"), place: .slot(id),
                slot: known, personKey: "person-\(person)", nameSealed: [1],
                phone: try #require(PhoneNumber(BookingRig.phone(person))), phoneSealed: [1],
                checklist: AcceptedChecklist(version: 1), language: .zhHans, channel: .online, now: rig.clock.now,
                earliestStart: rig.clock.now, answer: { _, _ in StoredAnswer(status: 201) }))
    }

    @Test func `What this process commits is seen at once`() async throws {
        try await withBooking { rig in
            var free = try await warmUp(rig)
            let slots = try await rig.slots()
            for number in 0..<20 {
                let token = try #require(
                    try await rig.book(slots[number], phone: BookingRig.phone(number)).string("token"))
                #expect(try await self.free(rig) == free - 1)
                if number % 2 == 0 {
                    let cancelled = try await rig.client.send(
                        .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""])
                    #expect(cancelled.status < 300)
                    #expect(try await self.free(rig) == free)
                } else {
                    free -= 1
                }
            }
            #expect(isInMemory(rig))
        }
    }

    @Test func `What another process commits is seen without reading again`() async throws {
        try await withBooking { rig in
            let free = try await warmUp(rig)
            let slots = try await rig.slots()
            for person in 0..<10 { try await bookElsewhere(rig, slots[person % 3], person: person) }
            #expect(isInMemory(rig))
            try await eventually(rig, free: free - 10)
            #expect(isInMemory(rig))
            let first = try await rig.client.get("/api/v1/slots?hall=north&service=passport")
            #expect(first["items", "0", "free"] as? Int == 6)
        }
    }

    @Test func `The place of a hold that ran out is seen again, whichever process ended it`() async throws {
        try await withBooking { rig in
            let free = try await warmUp(rig)
            let slots = try await rig.slots()
            #expect(try await rig.hold(slots[4]).status == 201)
            #expect(try await self.free(rig) == free - 1)
            rig.clock.advance(seconds: 601)
            let elsewhere = HoldExpiry(
                pool: rig.pool, clock: { rig.clock.now }, logger: Logger(label: "test"), changed: { _ in })
            try await elsewhere.sweep()
            try await eventually(rig, free: free)
        }
    }

    @Test func `Places planned by another process are seen`() async throws {
        try await withBooking { rig in
            let free = try await warmUp(rig)
            try await rig.pool.withTransaction { connection in
                let day = PlacesPlan.Day(
                    offer: Offer(slotMinutes: 60, places: 10),
                    places: Dictionary(uniqueKeysWithValues: (0..<24).map { ($0 * 60, 5) }))
                _ = try await PlacesPlanning.apply(
                    PlacesPlan(
                        days: [
                            BookingCity.passport: Dictionary(
                                uniqueKeysWithValues: Weekday.allCases.map { ($0, day) })
                        ]), to: BookingCity.north, by: "operator:test", on: connection, now: rig.clock.now)
            }
            try await eventually(rig, free: free / 2)
        }
    }

    @Test func `After the notices were cut off everything is read anew`() async throws {
        try await withBooking { rig in
            let free = try await warmUp(rig)
            let slot = try #require(try await rig.slots().first)
            // A change whose notice was lost.
            try await rig.pool.execute(
                "UPDATE slot SET taken = taken + 3, version = version + 1 WHERE id = \(Int64(slot) ?? 0)")
            #expect(try await self.free(rig) == free)
            let ended = try await rig.scalar(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE application_name = \(AvailabilityBoard.listenerName) AND datname = current_database()
                """)
            #expect(ended == 1)
            try await eventually(rig, free: free - 3)
            #expect(try await warmUp(rig) == free - 3)
        }
    }

    @Test func `While neither notices nor the database can be had, API and page say as of when they are right`()
        async throws
    {
        try await withBooking { rig in
            let free = try await warmUp(rig)
            // The page is about all halls that offer the service.
            let page = "/services/passport/slots?hall=north&lang="
            #expect(try await rig.client.get(page + "en").status == 200)
            rig.parts.availability.board.lost()
            // The database is asked instead.
            #expect(try await self.free(rig) == free)
            try await rig.pool.execute("ALTER TABLE slot RENAME TO slot_away")
            let stale = try await rig.client.get(Self.path)
            #expect(stale.status == 200)
            #expect(stale["fresh"] as? Bool == false)
            #expect(stale.string("asOf")?.hasPrefix("2027-06-01T02:00:00") == true)
            #expect(try await rig.client.get(page + "en").text.contains("These are the free places as of "))
            #expect(try await rig.client.get(page + "zh-Hans").text.contains("此后可能有变化"))
            // Of what was never read nothing can be said.
            #expect(
                try await rig.client.get("/api/v1/availability?hall=south&service=id-card&month=2027-06").status >= 500)
            try await rig.pool.execute("ALTER TABLE slot_away RENAME TO slot")
            _ = try await TestSupport.eventually("the answers are right again") {
                try await rig.client.get(Self.path)["fresh"] as? Bool == true ? true : nil
            }
            #expect(try await !rig.client.get(page + "en").text.contains("These are the free places as of "))
        }
    }

    @Test func `The same month has the same tag, and 304 until something changes`() async throws {
        try await withBooking { rig in
            _ = try await warmUp(rig)
            let first = try await rig.client.get(Self.path)
            let tag = try #require(first.header("etag"))
            #expect(tag.hasPrefix("\"") && !tag.contains("W/"))
            #expect(first.header("cache-control") == "no-cache")
            #expect(first.string("timeZone") == "Asia/Shanghai")
            let again = try await rig.client.get(Self.path, headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(again.header("etag") == tag)
            #expect(try await rig.client.get(Self.path, headers: ["If-None-Match": "\"other\""]).status == 200)
            let slot = try #require(try await rig.slots().first)
            #expect(try await rig.hold(slot).status == 201)
            let changed = try await rig.client.get(Self.path, headers: ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(changed.header("etag") != tag)
            // A change elsewhere leaves it as it is.
            let newTag = try #require(changed.header("etag"))
            let south = try #require(try await rig.slots(hall: BookingCity.south).first)
            #expect(try await rig.hold(south).status == 201)
            #expect(try await rig.client.get(Self.path, headers: ["If-None-Match": newTag]).status == 304)
        }
    }

    @Test(arguments: ["2027-13", "2027-6", "2027-06-01", "June", "", "0000-01"])
    func `A month that is none is refused as a problem`(month: String) async throws {
        try await withBooking { rig in
            let answer = try await rig.client.get(
                "/api/v1/availability?hall=north&service=passport&month=\(month)", headers: ["Accept-Language": "en"])
            #expect(answer.status == 422)
            #expect(answer.header("content-type") == "application/problem+json")
        }
    }

    @Test func `An unknown hall or service is not found`() async throws {
        try await withBooking { rig in
            for query in ["hall=west&service=passport", "hall=north&service=nothing"] {
                let answer = try await rig.client.get("/api/v1/availability?\(query)&month=2027-06")
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `The page of times shows places from memory, right after a booking`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 1)) { rig in
            _ = try await warmUp(rig)
            let slot = try #require(try await rig.slots().first)
            let path = "/services/passport/slots?hall=north&date=2027-06-01"
            #expect(try await rig.client.get(path).text.contains("name=\"slot\" value=\"\(slot)\">"))
            _ = try await rig.book(slot, phone: BookingRig.phone(1))
            #expect(try await rig.client.get(path).text.contains("name=\"slot\" value=\"\(slot)\" disabled>"))
        }
    }
}
