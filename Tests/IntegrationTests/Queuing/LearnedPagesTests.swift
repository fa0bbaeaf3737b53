import Domain
import Foundation
import NIOHTTP1
import QueuingService
import TestSupport
import Testing

/// What a hall learns and how good its promises were, as people see it.
@Suite struct LearnedPagesTests {
    private static let promises = "/api/v1/queue/halls/north/promises"

    @Test func `What was told is kept, scored at the call, published today, and learned for the next day`() async throws
    {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            let clerk = try await rig.signIn(clerk: 1)
            let before = try await rig.client.get(Self.promises)
            #expect(before.status == 200)
            #expect(before.text.contains(#""classes":[]"#))
            _ = try await rig.command(#"{"command":"open"}"#, window: "1", token: clerk)
            for _ in 0..<3 { #expect(try await rig.issue(token: kiosk).status == 201) }
            for _ in 0..<3 {
                _ = try await rig.command(#"{"command":"callNext"}"#, window: "1", token: clerk)
                _ = try await rig.command(#"{"command":"start"}"#, window: "1", token: clerk)
                rig.clock.advance(seconds: 360)
                _ = try await rig.command(#"{"command":"finish","outcome":"completed"}"#, window: "1", token: clerk)
            }
            let answer = try await rig.client.get(Self.promises)
            let today = try #require(answer["today"] as? [String: Any])
            let classes = try #require(today["classes"] as? [[String: Any]])
            #expect(classes.count == 1)
            #expect(classes[0]["calls"] as? Double == 3)
            #expect(classes[0]["boundKept"] as? Double == 1)
            let page = try await rig.client.get("/promises/north")
            #expect(page.status == 200)
            #expect(page.text.contains("今天到目前为止"))
            let english = try await rig.client.get("/promises/north", headers: ["Accept-Language": "en"])
            #expect(english.text.contains("100 %"))
            #expect(try await rig.client.get("/promises/nowhere").status == 404)

            rig.clock.advance(seconds: 86_400)
            _ = try await rig.issue(token: kiosk)
            let next = try await rig.client.get(Self.promises)
            let learned = try #require(next["before"] as? [String: Any])
            #expect(learned["days"] as? Int == 1)
            #expect(((learned["classes"] as? [[String: Any]])?.first?["calls"] as? Double) == 3)
            #expect(try await rig.verify().broken == nil)
            // Another process, and a replay of the log, know the same.
            #expect(try await rig.replay().queue.history == rig.reading().queue.history)
        }
    }

    @Test func `On the first day the page says in words what will be there, and from when`() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            _ = try await rig.issue(token: kiosk)
            let day = try #require(try await rig.reading().queue.day)
            func signIn() async throws -> String {
                let signedIn = try await rig.client.send(
                    .POST, "/staff/sign-in", form: [("name", "operator-north"), ("password", TestCity.otherPassword)])
                return try #require(signedIn.cookie("staff"))
            }
            func page(_ language: String, _ session: String) async throws -> String {
                let answer = try await rig.client.get(
                    "/staff/halls/north/learned",
                    headers: ["Cookie": "staff=\(session)", "Accept-Language": language])
                #expect(answer.status == 200)
                return answer.text
            }
            let session = try await signIn()
            let chinese = try await page("zh-CN", session)
            #expect(chinese.contains("\(day.advanced(days: 1)) 起，本页面显示大厅学到的规律："))
            #expect(chinese.contains("还没有完整的一天，暂无取号人数。"))
            #expect(!chinese.contains(#"id="arrivals-title""#) && !chinese.contains(#"id="paces-title""#))
            let english = try await page("en", session)
            #expect(english.contains("From \(day.advanced(days: 1)) on this page shows"))
            #expect(english.contains("No clerk has been seen serving on a whole day yet"))

            rig.clock.advance(seconds: 86_400)
            _ = try await rig.issue(token: kiosk)
            // The session of yesterday is over.
            let later = try await page("en", try await signIn())
            #expect(!later.contains(#"id="first-day""#))
            #expect(later.contains(#"id="arrivals-title""#))
        }
    }

    @Test func `What was learned is for the operator alone`() async throws {
        try await withQueuing { rig in
            let path = "/api/v1/queue/halls/north/learned"
            let kiosk = try await rig.kiosk()
            let clerk = try await rig.signIn(clerk: 1)
            _ = try await rig.command(#"{"command":"open"}"#, window: "1", token: clerk)
            _ = try await rig.issue(token: kiosk)
            _ = try await rig.command(#"{"command":"callNext"}"#, window: "1", token: clerk)
            _ = try await rig.command(#"{"command":"start"}"#, window: "1", token: clerk)
            rig.clock.advance(seconds: 600)
            _ = try await rig.command(#"{"command":"finish","outcome":"completed"}"#, window: "1", token: clerk)
            rig.clock.advance(seconds: 86_400)
            _ = try await rig.issue(token: kiosk)
            #expect(try await rig.client.get(path).status == 401)
            let other = try await rig.signIn(clerk: 2)
            #expect(try await rig.client.get(path, headers: ["Authorization": "Bearer \(other)"]).status == 403)
            let desk = try await rig.signIn("operator-north")
            let answer = try await rig.client.get(path, headers: ["Authorization": "Bearer \(desk)"])
            #expect(answer.status == 200)
            #expect(answer["days"] as? Int == 1)
            let clerks = try #require(answer["clerks"] as? [[String: Any]])
            #expect(clerks.count == 1)
            #expect(clerks[0]["staff"] as? String == "clerk-1")
            let services = try #require(answer["services"] as? [[String: Any]])
            let seen = try #require(services.first { $0["service"] as? String == "id-card" })
            #expect(seen["seen"] as? Double == 1)
        }
    }
}
