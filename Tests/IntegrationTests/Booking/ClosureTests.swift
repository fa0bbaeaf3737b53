import BookingService
import Domain
import Foundation
import Logging
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@Suite("Closed halls")
struct ClosureTests {
    private static let closed = #""cause":"closure""#

    /// Two slots a day, at 14:00 and 15:00.
    private static func city(places: Int = 1, rule: WaitlistRule? = nil) -> Catalogue {
        BookingRig.waitlistCity(places: places, rule: rule)
    }

    @Test
    func `Who had booked goes to the hall nearby, then to the next days, and the rest is cancelled; all are told`()
        async throws
    {
        try await withBooking(catalogue: Self.city()) { rig in
            let north = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(north)
            // One place is left in the other hall, and none later.
            let others =
                try await rig.tomorrowsSlots(hall: BookingCity.south) + rig.slots() + rig.slots(hall: BookingCity.south)
            let south = try #require(try await rig.tomorrowsSlots(hall: BookingCity.south).first)
            var person = 50
            for slot in Set(others) where slot != south && !north.contains(slot) {
                person += 1
                #expect(try await rig.book(slot, phone: BookingRig.phone(person)).status == 201)
            }
            #expect(try await rig.close().people == 2)
            #expect(try await rig.leftAtClosed() <= 2)
            try await rig.allMoved()
            #expect(try await rig.leftAtClosed() == 0)
            #expect(try await rig.miscounted() == 0)
            #expect(try await rig.overbooked() == 0)

            let moved = try await rig.appointment(booked[0])
            #expect(moved.string("hall") == "south" && moved.string("state") == "booked", "\(moved.text)")
            #expect(moved.string("start") == "2027-06-02T14:00:00+08:00")
            #expect(try await rig.appointment(booked[1]).string("state") == "cancelled")
            #expect(try await rig.events("appointment-rescheduled", with: Self.closed) == 1)
            #expect(try await rig.events("appointment-rescheduled", with: #""previousHall":"north""#) == 1)
            #expect(try await rig.events("appointment-cancelled", with: Self.closed) == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE actor = 'hall'") == 2)
            // The places of the closed hall are gone, not free.
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM slot WHERE is_closed AND (capacity > 0 OR taken > 0)") == 0)
            // Once more: nothing is left to do.
            #expect(try await rig.parts.moves.sweep() == 0)
        }
    }

    @Test func `Nothing can be booked, held or kept in a hall that is closed, and it says why`() async throws {
        try await withBooking(catalogue: Self.city(places: 3)) { rig in
            let slots = try await rig.tomorrowsSlots()
            let held = try #require(try await rig.hold(slots[0]).string("token"))
            #expect(try await rig.close(from: 14, to: 15).people == 0)
            #expect(
                try await rig.book(slots[0], phone: BookingRig.phone(1)).string("type")?.hasSuffix("slot-closed")
                    == true)
            #expect(try await rig.hold(slots[0]).status == 409)
            let late = try await rig.book(held, phone: BookingRig.phone(2), place: "hold")
            #expect(late.status == 409 && late.string("type")?.hasSuffix("hold-ended") == true, "\(late.text)")
            #expect(try await rig.book(slots[1], phone: BookingRig.phone(3)).status == 201)
            try await rig.parts.holdExpiry.sweep()
            #expect(try await rig.taken(slots[0]) == 0)
            #expect(try await rig.miscounted() == 0)

            let answer = try await rig.client.get(
                "/api/v1/availability?hall=north&service=passport&month=2027-06")
            #expect(answer.string("closures", "0", "reason", "en") == "Power cut", "\(answer.text)")
            #expect(answer.string("closures", "0", "from") == "2027-06-02T14:00:00+08:00")
            #expect(try await rig.tomorrowsSlots() == [slots[1]])
            let page = try await rig.client.get("/services/passport/slots?hall=north&date=2027-06-02")
            #expect(page.status == 200 && page.text.contains("停电检修"))
            #expect(!page.text.contains("value=\"\(slots[0])\""))
        }
    }

    @Test func `A closure outlasts imports, plans and the horizon, and reopening brings the places back`() async throws
    {
        try await withBooking(catalogue: Self.city(places: 2)) { rig in
            let slots = try await rig.tomorrowsSlots()
            let closure = try await rig.close().closure
            let horizon = SlotHorizon(
                pool: rig.pool, catalogue: rig.parts.catalogue, clock: { rig.clock.now }, logger: Logger(label: "test"))
            #expect(try await horizon.advance() == 0)
            try await rig.pool.withTransaction { connection in
                _ = try await BookingCatalogueImport.run(Self.city(places: 3), on: connection, now: rig.clock.now)
                _ = try await PlacesPlanning.reset(
                    BookingCity.north, by: "operator:test", on: connection, now: rig.clock.now)
            }
            try await rig.parts.catalogue.refresh()
            #expect(try await rig.tomorrowsSlots().isEmpty)
            #expect(try await rig.scalar("SELECT sum(capacity) FROM slot WHERE is_closed") == 0)
            try await rig.reopen(closure.id)
            #expect(try await rig.tomorrowsSlots() == slots)
            #expect(try await rig.scalar("SELECT count(*) FROM slot WHERE capacity <> 3") == 0)
            #expect(
                try await rig.scalar("SELECT count(*) FROM audit WHERE subject = 'north' AND action LIKE 'hall-%'") == 2
            )
            await #expect(throws: HallClosing.Refusal.notClosed) { try await rig.reopen(closure.id) }
        }
    }

    @Test func `An import that takes a day away moves who had booked it; fewer places move who came last`() async throws
    {
        try await withBooking(catalogue: Self.city(places: 3)) { rig in
            let slots = try await rig.tomorrowsSlots()
            var tokens: [String] = []
            for person in 1...3 {
                rig.clock.advance(milliseconds: 5)
                tokens.append(
                    try #require(try await rig.book(slots[0], phone: BookingRig.phone(person)).string("token")))
            }
            func importing(_ change: @Sendable (inout Catalogue) -> Void) async throws -> Int {
                var city = Self.city(places: 3)
                change(&city)
                let changed = city
                let people = try await rig.pool.withTransaction { connection in
                    try await BookingCatalogueImport.run(changed, on: connection, now: rig.clock.now)
                }
                try await rig.parts.catalogue.refresh()
                return people
            }
            let people = try await importing {
                $0.halls[BookingCity.north]?.offers[BookingCity.passport] = Offer(slotMinutes: 60, places: 2)
            }
            #expect(people == 1)
            try await rig.allMoved()
            #expect(try await rig.appointment(tokens[1]).string("start") == "2027-06-02T14:00:00+08:00")
            #expect(try await rig.appointment(tokens[2]).string("start") == "2027-06-02T15:00:00+08:00")
            #expect(try await rig.appointment(tokens[2]).string("hall") == "north")
            #expect(try await rig.scalar("SELECT capacity FROM slot WHERE id = \(Int64(slots[0]) ?? 0)") == 2)

            let day = try #require(LocalDate(BookingRig.tomorrow))
            let gone = try await importing {
                $0.halls[BookingCity.north]?.exceptions[day] = HallException(
                    hours: [], reason: LocalizedText(zh: "盘点", en: "Stocktaking"))
            }
            #expect(gone == 3)
            try await rig.allMoved()
            #expect(try await rig.leftAtClosed() == 0)
            #expect(
                try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked' AND hall = 'south'") == 3)
            let page = try await rig.client.get("/a/\(tokens[0])")
            #expect(page.text.contains("盘点"), "\(page.text)")
            // A shorter horizon takes nobody's place away.
            #expect(try await importing { for id in $0.halls.keys { $0.halls[id]?.horizonDays = 0 } } == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `The personal page says what has changed, and the person accepts, moves or cancels`() async throws {
        let rules = BookingRules(cancelLeadMinutes: 10_000)
        var small = Self.city(places: 2)
        for id in small.halls.keys { small.halls[id]?.bookingRules = rules }
        let city = small
        try await withBooking(catalogue: city) { rig in
            let booked = try await rig.fill(try await rig.tomorrowsSlots(), places: 2)
            try await rig.close()
            try await rig.allMoved()
            let page = try await rig.client.get("/a/\(booked[0])")
            #expect(page.text.contains("停电检修") && page.text.contains("/a/\(booked[0])/accept"), "\(page.text)")
            #expect(page.text.contains("/a/\(booked[0])/reschedule"))
            #expect(try await rig.client.send(.POST, "/a/\(booked[0])/accept", form: []).status == 303)
            #expect(!(try await rig.client.get("/a/\(booked[0])").text.contains("停电检修")))
            #expect(try await rig.client.send(.POST, "/a/\(booked[0])/accept", form: []).status == 303)
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE action = 'accepted'") == 1)
            // The time limit counts again once it is accepted, and not before.
            let tooLate = try await rig.client.send(
                .DELETE, "/api/v1/appointments/\(booked[0])", headers: ["If-Match": "\"3\""])
            #expect(tooLate.status == 409, "\(tooLate.text)")
            let cancelled = try await rig.client.send(
                .DELETE, "/api/v1/appointments/\(booked[1])", headers: ["If-Match": "\"2\""])
            #expect(cancelled.status == 204, "\(cancelled.text)")
            let slot = try #require(try await rig.slots().last)
            let moved = try await rig.client.send(
                .POST, "/a/\(booked[2])/reschedule", form: [("version", "2"), ("slot", slot)])
            #expect(moved.status == 303, "\(moved.text)")
            #expect(!(try await rig.client.get("/a/\(booked[2])").text.contains("停电检修")))
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Who waits is not offered a place of a closed hall, and loses no turn`() async throws {
        try await withBooking(catalogue: Self.city(rule: WaitlistRule())) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots)
            let entry = try await rig.join(20)
            try await rig.cancel(booked[0])
            #expect(try await rig.offer(entry) == slots[0])
            try await rig.close()
            try await rig.eventually(entry, is: "waiting")
            try await rig.allMoved()
            try await rig.parts.holdExpiry.sweep()
            #expect(try await rig.scalar("SELECT unanswered FROM waitlist_entry") == 0)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot WHERE is_closed") == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }
}
