import BookingService
import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// The way onto the waitlist and from it to a booking, as a browser without JavaScript goes it.
@Suite("Pages of the waitlist")
struct WaitlistPagesTests {
    private func value(of name: String, in page: String) -> String? {
        let start = "name=\"\(name)\" value=\""
        guard let field = page.range(of: start) else { return nil }
        return String(page[field.upperBound...].prefix { $0 != "\"" })
    }

    private func code(_ rig: BookingRig) async throws -> String {
        let row = try #require(
            try await rig.pool.execute("SELECT id::text AS id FROM verification ORDER BY created_at DESC LIMIT 1").first
        )
        let id = try row.decode("id", as: String.self)
        return try #require(try await rig.contact(of: id).string("contacts", id, "parameters", "code"))
    }

    @Test func `A day that is full leads to the waitlist, and an offer to the booking`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let slots = try await rig.tomorrowsSlots()
            let page = "/services/passport/slots?hall=north&date=\(BookingRig.tomorrow)"
            #expect(!(try await rig.client.get(page).text.contains("/waitlist")))
            let booked = try await rig.fill(slots)
            let path = "/services/passport/waitlist"
            let link = "\(path)?hall=north&amp;date=\(BookingRig.tomorrow)"
            let full = try await rig.client.get(page)
            #expect(full.text.contains(link), "\(full.text)")

            let form = try await rig.client.get("\(path)?hall=north&date=\(BookingRig.tomorrow)")
            #expect(form.status == 200, "\(form.text)")
            for part in [
                "id=\"hall-north\" name=\"hall\" value=\"north\" checked",
                "name=\"from\" type=\"date\" value=\"2027-06-02\"",
                "for=\"automatic\"", "for=\"phone\"", "保留 30 分钟",
            ] { #expect(form.text.contains(part), "\(part)") }
            let days = [("version", "1"), ("from", "2027-06-02"), ("to", "2027-06-02")]
            let wrong = try await rig.client.send(
                .POST, path,
                form: [("version", "1"), ("from", "x"), ("to", "2027-06-02"), ("name", "李小红"), ("phone", "1")])
            #expect(wrong.status == 422)
            for part in ["href=\"#from\"", "href=\"#phone\"", "id=\"from-error\"", "value=\"李小红\""] {
                #expect(wrong.text.contains(part), "\(part)")
            }
            let noHall = try await rig.client.send(
                .POST, path, form: days + [("name", "李小红"), ("phone", "13900000011")])
            #expect(noHall.status == 422 && noHall.text.contains("href=\"#halls\""))

            let sent = try await rig.client.send(
                .POST, path, form: days + [("hall", "north"), ("name", "李小红"), ("phone", "13900000011")])
            #expect(sent.status == 200, "\(sent.text)")
            #expect(sent.text.contains("139****0011") && !sent.text.contains("李小红"))
            let draft = try #require(value(of: "draft", in: sent.text))
            let right = try await code(rig)
            let bad = try await rig.client.send(
                .POST, path + "/code", form: [("draft", draft), ("code", right == "000000" ? "111111" : "000000")])
            #expect(bad.status == 403 && bad.text.contains("href=\"#code\""))
            let forged = try await rig.client.send(
                .POST, path + "/code", form: [("draft", "x" + draft), ("code", right)])
            #expect(forged.status == 400)
            let again = try #require(value(of: "draft", in: bad.text))
            var own = ""
            // Sent twice: one entry.
            for _ in 0..<2 {
                let joined = try await rig.client.send(
                    .POST, path + "/code", form: [("draft", again), ("code", right)])
                #expect(joined.status == 303, "\(joined.text)")
                let location = try #require(joined.headers.first(name: "location"))
                #expect(location.hasSuffix("?joined=1"))
                own = String(location.prefix { $0 != "?" })
            }
            #expect(try await rig.scalar("SELECT count(*) FROM waitlist_entry") == 1)
            let waiting = try await rig.client.get(own + "?joined=1")
            #expect(waiting.status == 200, "\(waiting.text)")
            #expect(waiting.text.contains("已加入候补") && waiting.text.contains("您前面还有 0 人"))
            #expect(waiting.headers.first(name: "cache-control") == "no-store")

            try await rig.cancel(booked[0])
            let token = String(own.dropFirst("/w/".count))
            _ = try await rig.offer(token)
            let offered = try await rig.client.get(own)
            #expect(offered.text.contains("data-hold-until") && offered.text.contains("14:00–15:00"))
            let version = try #require(value(of: "version", in: offered.text))
            let taken = try await rig.client.send(.POST, own + "/accept", form: [("version", version)])
            #expect(taken.status == 303, "\(taken.text)")
            #expect(taken.headers.first(name: "location")?.hasPrefix("/a/") == true)
            #expect(try await rig.client.send(.POST, own + "/accept", form: [("version", version)]).status == 303)
            let after = try await rig.client.get(own, headers: ["Accept-Language": "en"])
            #expect(after.text.contains("You have an appointment") && after.text.contains("href=\"/a/"))
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `An offer can be let pass, and the list be left, by a button`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity()) { rig in
            let booked = try await rig.fill(try await rig.tomorrowsSlots())
            let token = try await rig.join(11)
            try await rig.cancel(booked[0])
            _ = try await rig.offer(token)
            #expect(try await rig.client.send(.POST, "/w/\(token)/decline", form: []).status == 303)
            #expect(try await rig.waiting(token).string("state") == "waiting")
            for _ in 0..<2 { #expect(try await rig.client.send(.POST, "/w/\(token)/leave", form: []).status == 303) }
            let page = try await rig.client.get("/w/\(token)")
            #expect(page.text.contains("您已退出候补") && !page.text.contains("/leave"))
            #expect(try await rig.client.get("/w/AAAAAAAAAAAAAAAAAAAAAA").status == 404)
            #expect(try await rig.client.get("/services/id-card/waitlist").status == 404)
        }
    }
}
