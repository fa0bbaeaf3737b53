import Domain
import Foundation
import NIOHTTP1
import Postgres
import QueuingService
import TestSupport
import Testing

@Suite struct ConsoleTests {
    private let window = "/staff/halls/north/windows/1"

    private func cookie(_ rig: QueuingRig, _ name: String, _ password: String) async throws -> [String: String] {
        let answer = try await rig.client.send(
            .POST, "/staff/sign-in", form: [("name", name), ("password", password)])
        return ["Cookie": "staff=\(try #require(answer.cookie("staff")))", "Accept-Language": "en"]
    }

    /// Presses a button of the console as a browser without scripts does.
    private func press(
        _ rig: QueuingRig, _ headers: [String: String], _ fields: [(String, String)]
    ) async throws -> JSONClient.Answer {
        let page = try await rig.client.get(window, headers: headers)
        let answer = try await rig.client.send(
            .POST, window,
            form: fields + [("csrf", try #require(page.hidden("csrf"))), ("key", try #require(page.hidden("key")))],
            headers: headers)
        guard answer.status == 303, let place = answer.headers.first(name: "location") else { return answer }
        return try await rig.client.get(place, headers: headers)
    }

    @Test func aWholeVisit_byFormsAlone() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            for service in ["id-card", "id-card", "passport"] {
                #expect(try await rig.issue(service, token: kiosk).status == 201)
                rig.clock.advance(seconds: 60)
            }
            let clerk = try await cookie(rig, "clerk-1", TestCity.password(ofClerk: 1))
            let choice = try await rig.client.get("/staff/window", headers: clerk)
            #expect(choice.text.contains("Open Window 1"))
            var page = try await press(rig, clerk, [("command", "open")])
            #expect(page.text.contains("The window is free"))
            #expect(page.text.contains("3 people are waiting"))
            #expect(try await rig.client.get("/staff/window", headers: clerk).status == 303)

            page = try await press(rig, clerk, [("command", "callNext")])
            #expect(page.text.contains("A001"))
            #expect(page.text.contains("Due first (10:00) of the 3 people"))
            // The same button again, from an old page: said in words, with the page still there.
            let refused = try await press(rig, clerk, [("command", "callNext")])
            #expect(refused.status == 409)
            #expect(refused.text.contains("A001 is called: start, mark it missed"))
            #expect(refused.text.contains("id=\"start\""))

            page = try await press(rig, clerk, [("command", "recall")])
            #expect(page.text.contains("2 (after 3 you may mark it missed)"))
            page = try await press(rig, clerk, [("command", "start")])
            #expect(page.text.contains("Being served"))
            page = try await press(rig, clerk, [("command", "transfer"), ("service", "passport")])
            #expect(page.text.contains("The window is free"))
            page = try await press(rig, clerk, [("command", "undo")])
            #expect(page.text.contains("Being served"))
            page = try await press(rig, clerk, [("command", "finish"), ("outcome", "papersMissing")])
            #expect(page.text.contains("The window is free"))

            page = try await press(rig, clerk, [("command", "callNext")])
            #expect(page.text.contains("A002"))
            page = try await press(rig, clerk, [("command", "missed")])
            #expect(page.text.contains("Set aside and missed"))
            let ticket = try #require(page.hidden("ticket"))
            page = try await press(rig, clerk, [("command", "bringBack"), ("ticket", ticket)])
            #expect(!page.text.contains("Set aside and missed"))
            // Both are due, and which of them the engine weighs higher is not this test's matter.
            page = try await press(rig, clerk, [("command", "callNext")])
            #expect(page.text.contains("A002") || page.text.contains("B001"))
            page = try await press(rig, clerk, [("command", "park")])
            page = try await press(rig, clerk, [("command", "pause"), ("reason", "rest")])
            #expect(page.text.contains("Paused:"))
            page = try await press(rig, clerk, [("command", "resume")])
            page = try await press(rig, clerk, [("command", "close")])
            #expect(page.text.contains("Choose your window"))
            #expect(try await rig.verify().broken == nil)
            // Every step carries who did it.
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM event_log WHERE payload LIKE '%\"window\"%' AND payload NOT LIKE '%clerk-1%'")
                    == 0)

            let boss = try await cookie(rig, "operator-north", TestCity.otherPassword)
            let overview = try await rig.client.get("/staff/halls/north", headers: boss)
            #expect(overview.status == 200)
            #expect(overview.text.contains("Due first"))
            let id = try #require(try await rig.reading().queue.ticket(number: "A001")?.id)
            let record = try await rig.client.get("/staff/halls/north/tickets/\(id)", headers: boss)
            #expect(record.text.contains("Took a number"))
            #expect(record.text.contains("Called to window 1"))
            #expect(record.text.contains("The last step was taken back"))
        }
    }

    @Test func reception_givesNumbers_andBringsPeopleBack() async throws {
        try await withQueuing { rig in
            let desk = try await cookie(rig, "reception-north", TestCity.otherPassword)
            let page = try await rig.client.get("/staff/halls/north/reception", headers: desk)
            let fields = [("csrf", try #require(page.hidden("csrf"))), ("key", try #require(page.hidden("key")))]
            let issued = try await rig.client.send(
                .POST, "/staff/halls/north/reception/tickets",
                form: fields + [("service", "id-card"), ("class", "priority")], headers: desk)
            #expect(issued.status == 303)
            let shown = try await rig.client.get(try #require(issued.headers.first(name: "location")), headers: desk)
            #expect(shown.text.contains("A001"))
            #expect(try await rig.reading().queue.ticket(number: "A001")?.kind == .priority)

            let clerk = try await rig.signIn(clerk: 1)
            for command in [#"{"command":"open"}"#, #"{"command":"callNext"}"#, #"{"command":"missed"}"#] {
                #expect(try await rig.command(command, window: "1", token: clerk).status == 200)
            }
            let id = try #require(try await rig.reading().queue.ticket(number: "A001")?.id)
            let back = try await rig.client.send(
                .POST, "/staff/halls/north/reception/arrivals",
                form: [fields[0], ("key", UUID().uuidString), ("ticket", id.rawValue)], headers: desk)
            #expect(back.status == 303)
            #expect(try await rig.reading().queue.tickets[id]?.state == .waiting)
        }
    }
}
