import BookingService
import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite("The waitlist")
struct WaitlistTests {
    @Test func `A place that comes free is offered to the head of the list, and nobody can snatch it`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            #expect(slots.count == 2)
            let booked = try await rig.fill(slots)
            let first = try await rig.join(11)
            let second = try await rig.join(12)
            #expect(try await rig.waiting(second)["ahead"] as? Int == 1)
            try await rig.watchOpenPlaces()

            try await rig.cancel(booked[1])
            #expect(try await rig.book(slots[1], phone: BookingRig.phone(30)).status == 409)
            #expect(try await rig.hold(slots[1]).status == 409)
            #expect(try await rig.offer(first) == slots[1])
            #expect(try await rig.waiting(second).string("state") == "waiting")
            try await rig.cancel(booked[0])
            #expect(try await rig.offer(second) == slots[0])

            // Twice with one key is once.
            let taken = try await rig.accept(first, key: "k")
            #expect(taken.status == 201, "\(taken.text)")
            #expect(try await rig.accept(first, key: "k").text == taken.text)
            #expect(try await rig.accept(first).status == 409)
            #expect(taken.string("start")?.hasPrefix("2027-06-02T15:00") == true)
            let entry = try await rig.waiting(first)
            #expect(entry.string("state") == "taken")
            #expect(entry.string("appointment") == taken.string("token"))
            #expect(try await rig.accept(second).status == 201)
            #expect(try await rig.scalar("SELECT count(*) FROM opened") == 0)
            #expect(try await rig.scalar("SELECT count(*) FROM waitlist_wish") == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `An offer that is declined or runs out goes to the next, and then to the open`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots)
            let first = try await rig.join(11)
            let second = try await rig.join(12)
            try await rig.cancel(booked[0])
            #expect(try await rig.offer(first) == slots[0])
            let declined = try await rig.client.send(.DELETE, "/api/v1/waitlist/\(first)/offer")
            #expect(declined.status == 204, "\(declined.text)")
            #expect(try await rig.client.send(.DELETE, "/api/v1/waitlist/\(first)/offer").status == 409)
            #expect(try await rig.offer(second) == slots[0])
            // Still first for another time.
            try await rig.cancel(booked[1])
            #expect(try await rig.offer(first) == slots[1])

            rig.clock.advance(seconds: 30 * 60)
            #expect(try await rig.accept(first).status == 409)
            // Both let both slots pass, or have them still before them.
            _ = try await eventually("the offers have changed hands") { () -> Bool? in
                try await rig.waiting(second).string("offer", "slot", "id") == slots[1] ? true : nil
            }
            #expect(try await rig.waiting(first).string("state") == "waiting")
            _ = try await eventually("nobody wants the first") { () -> Bool? in
                try await rig.taken(slots[0]) == 0 ? true : nil
            }
            #expect(try await rig.book(slots[0], phone: BookingRig.phone(30)).status == 201)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Who leaves, or books elsewhere, lets the place go on to the next`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots)
            let people = [try await rig.join(11), try await rig.join(12), try await rig.join(13)]
            try await rig.cancel(booked[0])
            #expect(try await rig.offer(people[0]) == slots[0])
            for _ in 0..<2 {
                #expect(try await rig.client.send(.DELETE, "/api/v1/waitlist/\(people[0])").status == 204)
            }
            #expect(try await rig.waiting(people[0]).string("state") == "left")
            #expect(try await rig.offer(people[1]) == slots[0])

            let elsewhere = try #require(try await rig.slots(hall: BookingCity.south).first)
            #expect(try await rig.book(elsewhere, phone: BookingRig.phone(12)).status == 201)
            #expect(try await rig.waiting(people[1]).string("state") == "taken")
            #expect(try await rig.offer(people[2]) == slots[0])
            #expect(try await rig.client.send(.DELETE, "/api/v1/waitlist/\(people[2])").status == 204)
            _ = try await eventually("the place is open") { () -> Bool? in
                try await rig.taken(slots[0]) == 0 ? true : nil
            }
            #expect(try await rig.scalar("SELECT count(*) FROM waitlist_wish") == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Who wants it so is booked at once, and told`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots)
            let token = try await rig.join(11, automatic: true)
            try await rig.cancel(booked[0])
            let entry = try await rig.eventually(token, is: "taken")
            let own = try #require(entry.string("appointment"))
            let appointment = try await rig.client.get("/api/v1/appointments/\(own)")
            #expect(appointment.string("state") == "booked")
            #expect(appointment.string("start")?.hasPrefix("2027-06-02T14:00") == true)
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM event_log WHERE type LIKE '%appointment-booked%'") == 3)
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE actor = 'waitlist'") == 1)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Who has as many visits as the service allows is not booked by waiting either`() async throws {
        var city = BookingRig.waitlistCity()
        city.services[BookingCity.passport]?.limits = PersonLimits(perWeek: 1)
        try await withBooking(catalogue: city) { rig in
            let slots = try await rig.tomorrowsSlots()
            let first = try await rig.book(slots[0], phone: BookingRig.phone(11))
            #expect(first.status == 201)
            _ = try await rig.pool.execute("UPDATE appointment SET state = 'served'")
            let other = try await rig.book(slots[1], phone: BookingRig.phone(1))
            let token = try await rig.join(11, automatic: true)
            try await rig.cancel(try #require(other.string("token")))
            #expect(try await rig.offer(token) == slots[1])
            let accepted = try await rig.accept(token)
            #expect(accepted.status == 409 && accepted.string("type")?.hasSuffix("week-quota") == true)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `When the list of papers has changed, who wanted to be booked at once is asked after all`() async throws
    {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let booked = try await rig.fill(try await rig.tomorrowsSlots())
            let token = try await rig.join(11, automatic: true)
            var changed = BookingRig.waitlistCity()
            changed.services[BookingCity.passport]?.checklist.version = 2
            let city = changed
            try await rig.pool.withTransaction { connection in
                try await BookingCatalogueImport.run(city, on: connection, now: rig.clock.now)
            }
            try await rig.parts.catalogue.refresh()
            try await rig.cancel(booked[0])
            _ = try await rig.offer(token)
            let old = try await rig.accept(token)
            #expect(old.status == 409 && old.string("type")?.hasSuffix("checklist-changed") == true)
        }
    }

    @Test func `Places that are added go to who waits, and are not open for a moment`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            _ = try await rig.fill(slots)
            var people: [String] = []
            for person in 11...13 { people.append(try await rig.join(person)) }
            // A day whose slots are made later.
            let later = try await rig.tryToJoin(14, from: "2027-06-05", to: "2027-06-05")
            let patient = try #require(later.string("token"), "\(later.text)")
            try await rig.watchOpenPlaces()
            try await rig.pool.withTransaction { connection in
                var larger = BookingRig.waitlistCity(places: 2)
                larger.halls[BookingCity.north]?.horizonDays = 4
                larger.halls[BookingCity.south] = nil
                try await BookingCatalogueImport.run(larger, on: connection, now: rig.clock.now)
            }
            try await rig.parts.catalogue.refresh()
            #expect(try await rig.offer(people[0]) == slots[0])
            #expect(try await rig.offer(people[1]) == slots[1])
            _ = try await rig.offer(patient)
            #expect(try await rig.waiting(people[2]).string("state") == "waiting")
            let ids = slots.compactMap { Int64($0) }
            #expect(try await rig.scalar("SELECT count(*) FROM opened WHERE slot = ANY(\(list: ids))") == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `A place that was given up returns after the delay, where nobody waits`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity(delay: 20, rule: nil)) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots)
            try await rig.cancel(booked[0])
            rig.clock.advance(seconds: 20 * 60 - 1)
            try await rig.parts.holdExpiry.sweep()
            #expect(try await rig.book(slots[0], phone: BookingRig.phone(30)).status == 409)
            rig.clock.advance(seconds: 1)
            #expect(try await rig.book(slots[0], phone: BookingRig.phone(30)).status == 201)

            // A form that was not finished gave up nothing, so its place is back at once.
            let free = try #require(try await rig.tomorrowsSlots(hall: BookingCity.south).first)
            let hold = try #require(try await rig.hold(free).string("token"))
            #expect(try await rig.client.send(.DELETE, "/api/v1/holds/\(hold)").status == 204)
            #expect(try await rig.taken(free) == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `A hold that runs out goes to who waits`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            _ = try await rig.fill([slots[0]])
            _ = try await rig.hold(slots[1])
            let token = try await rig.join(11)
            try await rig.watchOpenPlaces()
            rig.clock.advance(seconds: 601)
            #expect(try await rig.book(slots[1], phone: BookingRig.phone(30)).status == 409)
            #expect(try await rig.offer(token) == slots[1])
            #expect(try await rig.scalar("SELECT count(*) FROM opened") == 0)
        }
    }

    @Test func `What cannot be waited for is refused, and says why`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity(rule: WaitlistRule(maxDays: 3))) { rig in
            let slots = try await rig.tomorrowsSlots()
            _ = try await rig.fill(slots)
            func type(_ answer: JSONClient.Answer) -> String { answer.string("type") ?? "" }
            #expect(type(try await rig.tryToJoin(1)).hasSuffix("already-booked"))
            #expect(type(try await rig.tryToJoin(11, service: "id-card")).hasSuffix("no-waitlist"))
            #expect(try await rig.tryToJoin(11, halls: ["west"]).status == 422)
            for (from, to) in [
                ("2027-06-02", "2027-06-05"), ("2027-06-03", "2027-06-02"), ("2027-05-30", "2027-05-31"),
                ("2027-09-01", "2027-09-01"),
            ] {
                #expect(try await rig.tryToJoin(11, from: from, to: to).status == 422, "\(from) \(to)")
            }
            let joined = try await rig.tryToJoin(11, key: "one")
            #expect(joined.status == 201)
            #expect(try await rig.tryToJoin(11, key: "one").text == joined.text)
            #expect(type(try await rig.tryToJoin(11)).hasSuffix("already-waiting"))
            #expect(try await rig.waiting("AAAAAAAAAAAAAAAAAAAAAA").status == 404)

            // The days are over.
            rig.clock.advance(seconds: 2 * 86_400)
            #expect(try await WaitlistStore().endOver(at: rig.clock.now, on: rig.pool) == 1)
            #expect(try await rig.waiting(try #require(joined.string("token"))).string("state") == "expired")
            rig.clock.advance(seconds: 8 * 86_400)
            #expect(
                try await WaitlistStore().purge(
                    before: rig.clock.now.advanced(seconds: -7 * 86_400), on: rig.pool) == 1)
        }
    }

    @Test func `The sender of messages learns whom to tell, and the event names nobody`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let booked = try await rig.fill(try await rig.tomorrowsSlots())
            let token = try await rig.join(11)
            try await rig.cancel(booked[0])
            _ = try await rig.offer(token)
            let rows = try await rig.pool.execute(
                "SELECT subject, payload::text AS payload FROM event_log WHERE type LIKE '%waitlist-offered%'")
            #expect(rows.count == 1)
            let (subject, payload) = try #require(try rows.decode(String.self, String.self).first)
            #expect(!payload.contains("139") && !payload.contains("李"))
            let contact = try await rig.contact(of: subject)
            #expect(contact.string("contacts", subject, "phone") == "+86" + BookingRig.phone(11))
            #expect(contact.string("contacts", subject, "parameters", "link")?.hasSuffix("/w/\(token)") == true)
        }
    }
}
