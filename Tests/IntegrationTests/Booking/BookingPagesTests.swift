import BookingService
import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// The whole way of a citizen, as a browser without JavaScript goes it.
@Suite struct BookingPagesTests {
    /// The value of the first field of that name.
    private func value(of name: String, in page: String) -> String? {
        let start = "name=\"\(name)\" value=\""
        guard let field = page.range(of: start) else { return nil }
        return String(page[field.upperBound...].prefix { $0 != "\"" })
    }

    private func post(
        _ path: String, _ form: [(String, String)], _ rig: BookingRig
    ) async throws -> JSONClient.Answer {
        try await rig.client.send(.POST, path, form: form)
    }

    /// Chooses the first free time, and returns the path of the hold.
    private func hold(_ rig: BookingRig) async throws -> String {
        let page = try await rig.client.get("/services/id-card/slots?a.case=first")
        #expect(page.status == 200, "\(page.text)")
        let slot = try #require(value(of: "slot", in: page.text))
        let form = [
            ("service", "id-card"), ("version", try #require(value(of: "version", in: page.text))),
            ("key", try #require(value(of: "key", in: page.text))), ("a.case", "first"), ("slot", slot),
        ]
        let held = try await post("/holds", form, rig)
        #expect(held.status == 303, "\(held.text)")
        let location = try #require(held.headers.first(name: "location"))
        // Sent twice: the same hold.
        #expect(try await post("/holds", form, rig).headers.first(name: "location") == location)
        return location
    }

    private func code(_ rig: BookingRig) async throws -> String {
        let row = try #require(
            try await rig.pool.execute("SELECT id::text AS id FROM verification ORDER BY created_at DESC LIMIT 1").first
        )
        let id = try row.decode("id", as: String.self)
        return try #require(try await rig.contact(of: id).string("contacts", id, "parameters", "code"))
    }

    @Test func citizen_findsServiceBooksAndCancels() async throws {
        try await withBooking { rig in
            let home = try await rig.client.get("/")
            #expect(home.status == 200)
            #expect(home.text.contains("lang=\"zh-Hans\""))
            #expect(home.text.contains("/services/id-card"))
            let found = try await rig.client.get("/search?q=%E6%8A%A4%E7%85%A7")
            #expect(found.text.contains("/services/passport"))
            let service = try await rig.client.get("/services/id-card?a.case=lost")
            #expect(service.text.contains("照片回执") && !service.text.contains("户口簿"))
            #expect(try await rig.client.get("/services/id-card").text.contains("户口簿"))

            let path = try await hold(rig)
            let details = try await rig.client.get(path)
            #expect(details.status == 200, "\(details.text)")
            let wrong = try await post(path, [("name", "王小明"), ("phone", "12")], rig)
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("value=\"王小明\"") && wrong.text.contains("href=\"#phone\""))
            let next = try await post(path, [("name", "王小明"), ("phone", "138 0013 8000")], rig)
            #expect(next.headers.first(name: "location") == path + "/code")
            let codePage = try await rig.client.get(path + "/code")
            #expect(codePage.text.contains("138****8000") && codePage.text.contains("/demo/phone"))
            let right = try await code(rig)
            let bad = try await post(path + "/code", [("code", right == "000000" ? "111111" : "000000")], rig)
            #expect(bad.status == 403)
            #expect(bad.text.contains("href=\"#code\""))
            #expect(try await rig.client.get(path + "/check").headers.first(name: "location") == path + "/code")
            #expect(
                try await post(path + "/code", [("code", right)], rig).headers.first(name: "location") == path
                    + "/check")

            let check = try await rig.client.get(path + "/check")
            #expect(check.text.contains("户口簿") && check.text.contains("138****8000"))
            let key = try #require(value(of: "key", in: check.text))
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for _ in 0..<5 { group.addTask { try await self.post(path + "/check", [("key", key)], rig) } }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 303 })
            let pages = Set(
                answers.compactMap { $0.headers.first(name: "location")?.split(separator: "?").first.map(String.init) })
            #expect(pages.count == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 1)
            let own = try #require(pages.first)
            // Going back leads to the appointment, not to a second booking.
            #expect(try await rig.client.get(path).headers.first(name: "location") == own)

            let page = try await rig.client.get(own + "?booked=1")
            #expect(page.status == 200)
            #expect(page.text.contains("预约成功") && page.text.contains("<svg") && page.text.contains("/live/tickets/"))
            #expect(page.headers.first(name: "cache-control") == "no-store")
            let english = try await rig.client.get(own, headers: ["Accept-Language": "en"])
            #expect(english.text.contains("My appointment"))

            let moving = try await rig.client.get(own + "/reschedule")
            let goal = try #require(value(of: "slot", in: moving.text))
            let version = try #require(value(of: "version", in: moving.text))
            let slots = try await rig.slots(service: BookingCity.idCard)
            let target = goal == slots[0] ? slots[1] : goal
            #expect(try await post(own + "/reschedule", [("version", version), ("slot", target)], rig).status == 303)
            #expect(try await rig.taken(target) == 1)
            let asking = try await rig.client.get(own + "/cancel")
            let latest = try #require(value(of: "version", in: asking.text))
            #expect(try await post(own + "/cancel", [("version", version)], rig).status == 412)
            #expect(try await post(own + "/cancel", [("version", latest)], rig).status == 303)
            #expect(try await post(own + "/cancel", [("version", latest)], rig).status == 303)
            #expect(try await rig.client.get(own).text.contains("已取消"))
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 0)
        }
    }

    @Test func `Where the service asks for it, the document is asked for, checked, and then shown masked only`()
        async throws
    {
        var catalogue = BookingCity.catalogue()
        catalogue.services[BookingCity.idCard]?.identity = IdentityRule(
            .required, documents: [.residentCard, .passport])
        try await withBooking(catalogue: catalogue) { rig in
            // The number of an example in GB 11643.
            let number = "11010519491231002X"
            let path = try await hold(rig)
            let details = try await rig.client.get(path)
            for part in [
                "<label class=\"form-label\" for=\"identityNumber\">证件号码", "autocomplete=\"off\"",
                "for=\"identityKind\"",
                "<option value=\"residentCard\" selected>居民身份证", "<option value=\"passport\">护照",
            ] {
                #expect(details.text.contains(part), "\(part)")
            }
            #expect(!details.text.contains("taiwanPermit"))
            let base = [("name", "王小明"), ("phone", "13800138000")]
            func send(_ kind: String, _ entered: String) async throws -> JSONClient.Answer {
                try await post(path, base + [("identityKind", kind), ("identityNumber", entered)], rig)
            }
            for (kind, entered, field, said) in [
                ("residentCard", "", "identityNumber", "请填写办事人的证件号码"),
                ("residentCard", "110105194912310021", "identityNumber", "最后一位校验码不符"),
                ("residentCard", "1101051949", "identityNumber", "应有 18 位"),
                ("residentCard", "110105194913310029", "identityNumber", "出生日期不存在"),
                ("taiwanPermit", "12345678", "identityKind", "请选择列出的证件"),
            ] {
                let refused = try await send(kind, entered)
                #expect(refused.status == 422, "\(entered)")
                #expect(refused.text.contains("href=\"#\(field)\"") && refused.text.contains(said), "\(entered)")
                #expect(refused.text.contains("id=\"\(field)-error\""))
            }
            #expect(try await rig.client.get(path + "/check").headers.first(name: "location") == path)
            #expect(
                try await send("residentCard", "１１０１０５ 19491231 002x").headers.first(name: "location") == path + "/code"
            )
            _ = try await post(path + "/code", [("code", try await code(rig))], rig)
            let check = try await rig.client.get(path + "/check")
            #expect(check.text.contains("110*************2X"))
            // Going back: it is there, masked, and need not be typed again.
            let again = try await rig.client.get(path)
            #expect(again.text.contains("110*************2X"))
            #expect(try await send("residentCard", "").headers.first(name: "location") == path + "/check")
            #expect(try await send("passport", "").status == 422)
            let booked = try await post(
                path + "/check", [("key", try #require(value(of: "key", in: check.text)))], rig)
            let own = try #require(booked.headers.first(name: "location"))
            let page = try await rig.client.get(own)
            #expect(page.text.contains("居民身份证") && page.text.contains("110*************2X"))
            for seen in [check, again, booked, page] { #expect(!seen.text.contains(number)) }
            #expect(check.headers.first(name: "cache-control") == "no-store")
        }
    }

    @Test func expiredHold_offersTimesNearby_andKeepsWhatWasEntered() async throws {
        try await withBooking { rig in
            let path = try await hold(rig)
            _ = try await post(path, [("name", "王小明"), ("phone", "13800138000")], rig)
            _ = try await post(path + "/code", [("code", try await code(rig))], rig)
            rig.clock.advance(seconds: 600)
            let over = try await rig.client.get(path + "/check")
            #expect(over.status == 410)
            let slot = try #require(value(of: "slot", in: over.text))
            let from = try #require(value(of: "from", in: over.text))
            let again = try await post(
                "/holds",
                [
                    ("service", "id-card"), ("version", "2"), ("key", "again"), ("from", from), ("a.case", "first"),
                    ("slot", slot),
                ], rig)
            let next = try #require(again.headers.first(name: "location"))
            #expect(try await rig.client.get(next).text.contains("value=\"王小明\""))
            #expect(try await rig.client.get(next + "/check").status == 200)
        }
    }

    @Test func slotTakenMeanwhile_showsOthers() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 1)) { rig in
            let slot = try #require(try await rig.slots(service: BookingCity.idCard).first)
            _ = try await rig.hold(slot)
            let refused = try await post(
                "/holds", [("service", "id-card"), ("version", "2"), ("key", "k"), ("slot", slot)], rig)
            #expect(refused.status == 409)
            #expect(refused.text.contains("刚刚被约满"))
            #expect(refused.text.contains("south大厅"))
        }
    }

    @Test func badTokens_giveThePageNotFound() async throws {
        try await withBooking { rig in
            for path in ["/a/x", "/a/AAAAAAAAAAAAAAAAAAAAAA", "/holds/AAAAAAAAAAAAAAAAAAAAAA", "/services/none"] {
                let answer = try await rig.client.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.headers.first(name: "content-type")?.hasPrefix("text/html") == true)
            }
        }
    }
}
