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
        _ rig: QueuingRig, _ headers: [String: String], _ fields: [(String, String)],
        at window: String = "/staff/halls/north/windows/1"
    ) async throws -> JSONClient.Answer {
        let page = try await rig.client.get(window, headers: headers)
        let answer = try await rig.client.send(
            .POST, window,
            form: fields + [("csrf", try #require(page.hidden("csrf"))), ("key", try #require(page.hidden("key")))],
            headers: headers)
        guard answer.status == 303, let place = answer.headers.first(name: "location") else { return answer }
        return try await rig.client.get(place, headers: headers)
    }

    @Test func `A visit of several services, from the desk through two windows to the record and the rate`()
        async throws
    {
        try await withQueuing { rig in
            let desk = try await cookie(rig, "reception-north", TestCity.otherPassword)
            let reception = try await rig.client.get("/staff/halls/north/reception", headers: desk)
            let given = try await rig.client.send(
                .POST, "/staff/halls/north/reception/tickets",
                form: [
                    ("service", "licence"), ("more", "passport"), ("more", "licence"), ("more", "id-card"),
                    ("class", "walkIn"), ("csrf", try #require(reception.hidden("csrf"))),
                    ("key", try #require(reception.hidden("key"))),
                ], headers: desk)
            #expect(given.status == 303)
            let window4 = "/staff/halls/north/windows/4"
            let clerk = try await cookie(rig, "clerk-1", TestCity.password(ofClerk: 1))
            _ = try await press(rig, clerk, [("command", "open")], at: window4)
            var page = try await press(rig, clerk, [("command", "callNext")], at: window4)
            // The engine takes the shorter of the two that the window serves.
            #expect(page.text.contains("Go on here with “Passport”"))
            page = try await press(rig, clerk, [("command", "start")], at: window4)
            rig.clock.advance(seconds: 300)
            page = try await press(rig, clerk, [("command", "finish"), ("outcome", "completed")], at: window4)
            #expect(page.text.contains("Being served"))
            #expect(page.text.contains("<strong>Passport</strong>"))
            #expect(page.text.contains("waits again"))
            page = try await press(rig, clerk, [("command", "undo")], at: window4)
            #expect(page.text.contains("<strong>Resident identity card</strong>"))
            page = try await press(rig, clerk, [("command", "finish"), ("outcome", "completed")], at: window4)
            page = try await press(rig, clerk, [("command", "finish"), ("outcome", "completed")], at: window4)
            #expect(page.text.contains("The window is free"))

            let other = try await cookie(rig, "clerk-3", TestCity.password(ofClerk: 3))
            let window6 = "/staff/halls/north/windows/6"
            _ = try await press(rig, other, [("command", "open")], at: window6)
            page = try await press(rig, other, [("command", "callNext")], at: window6)
            #expect(page.text.contains("The visit is complete"))
            page = try await press(rig, other, [("command", "start")], at: window6)
            page = try await press(rig, other, [("command", "finish"), ("outcome", "completed")], at: window6)

            let ticket = try #require(try await rig.reading().queue.tickets.values.first)
            #expect(ticket.isComplete == true)
            let operating = try await cookie(rig, "operator-north", TestCity.otherPassword)
            let overview = try await rig.client.get("/staff/halls/north", headers: operating)
            #expect(overview.text.contains("One-trip rate 100 %: visits that ended today 1, with everything done 1"))
            let record = try await rig.client.get("/staff/halls/north/tickets/\(ticket.id)", headers: operating)
            #expect(record.text.contains("Took a number for: Business licence, Passport, Resident identity card"))
            #expect(record.text.contains("Called to window 4 for “Resident identity card”"))
            #expect(record.text.contains("Window 4 ended one service (Done) and went on with “Passport”"))
            #expect(record.text.contains("waits again for the others"))
            #expect(try await rig.verify().broken == nil)
        }
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
