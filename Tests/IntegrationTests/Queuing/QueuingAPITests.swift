import Domain
import Foundation
import NIOHTTP1
import Postgres
import QueuingService
import TestSupport
import Testing

@Suite struct QueuingAPITests {
    @Test func ticket_isIssuedOnceForItsKey_withOneAnswer() async throws {
        try await withQueuing(processes: 2) { rig in
            let kiosk = try await rig.kiosk()
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for number in 0..<20 {
                    group.addTask { try await rig.issue(token: kiosk, key: "same", on: number % 2) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(try await rig.reading().queue.tickets.count == 1)
            let other = try await rig.issue("passport", token: kiosk, key: "same")
            #expect(other.status == 422)
            #expect(other.string("type") == "https://onetrip.example/problems/idempotency-key-reused")
            let none = try await rig.client.post(
                QueuingRig.api + "/tickets", #"{"service":"id-card"}"#, headers: ["Authorization": "Bearer \(kiosk)"])
            #expect(none.status == 400)
            // Another caller's key of the same text is another key.
            let desk = try await rig.signIn("reception-north")
            #expect(try await rig.issue(token: desk, key: "same").string("number") == "A002")
            let location = try #require(answers[0].headers.first(name: "location"))
            let read = try await rig.client.get(location, headers: ["Authorization": "Bearer \(kiosk)"])
            #expect(read.string("number") == "A001")
            #expect(answers[0].string("link")?.contains("/t/") == true)
            #expect(read["link"] == nil)
        }
    }

    @Test func `A number for several services is taken with a list, and shows its legs`() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            func take(_ body: String) async throws -> JSONClient.Answer {
                try await rig.client.post(
                    QueuingRig.api + "/tickets", body,
                    headers: ["Authorization": "Bearer \(kiosk)", "Idempotency-Key": UUID().uuidString])
            }
            let taken = try await take(#"{"services":["passport","licence"]}"#)
            #expect(taken.status == 201)
            #expect(taken.string("service") == "passport")
            #expect(taken.text.contains(#""legs":[{"after":[],"outcome":null,"service":"passport","state":"open"},"#))
            #expect(try await take(#"{"service":"passport","services":["licence"]}"#).status == 422)
            #expect(try await take(#"{"services":[]}"#).status == 422)
            #expect(try await take(#"{"services":["a","b","c","d","e","f","g"]}"#).status == 422)
            #expect(try await take(#"{}"#).status == 422)
            let twice = try await take(#"{"services":["passport","passport"]}"#)
            #expect(twice.status == 409)
            #expect(twice.string("type") == "https://onetrip.example/problems/same-service")
            #expect(try await rig.verify().broken == nil)
        }
    }

    @Test func hallState_hasAnEntityTag() async throws {
        try await withQueuing(processes: 2) { rig in
            let kiosk = try await rig.kiosk()
            _ = try await rig.issue(token: kiosk, on: 1)
            let headers = ["Authorization": "Bearer \(kiosk)"]
            let first = try await rig.client.get(QueuingRig.api, headers: headers)
            #expect(first.status == 200)
            #expect(first["waiting"] as? Int == 1)
            let tag = try #require(first.headers.first(name: "etag"))
            let second = try await rig.client.get(
                QueuingRig.api, headers: headers.merging(["If-None-Match": tag]) { $1 })
            #expect(second.status == 304)
            _ = try await rig.issue(token: kiosk, on: 1)
            let third = try await rig.client.get(
                QueuingRig.api, headers: headers.merging(["If-None-Match": tag]) { $1 })
            #expect(third.status == 200)
            #expect(third["waiting"] as? Int == 2)
        }
    }

    @Test func log_isPagedByKeyset_andItsHashesFollow() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            for _ in 0..<5 { _ = try await rig.issue(token: kiosk) }
            let boss = ["Authorization": "Bearer \(try await rig.signIn("operator-north"))"]
            var path: String? = QueuingRig.api + "/log?limit=2"
            var hash = HashChain.genesis
            var position: Int64 = 0
            var pages = 0
            while let here = path {
                let page = try await rig.client.get(here, headers: boss)
                #expect(page.status == 200)
                pages += 1
                for event in (page["events"] as? [[String: Any]]) ?? [] {
                    position += 1
                    #expect(event["position"] as? Int64 == position)
                    hash = HashChain.next(
                        after: hash, position: position,
                        time: try #require(Timestamp(rfc3339: event["time"] as? String ?? "")),
                        type: event["type"] as? String ?? "", payload: event["payload"] as? String ?? "")
                    #expect(
                        event["hash"] as? String == hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
                }
                let link = page.headers.first(name: "link")
                path = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
                #expect((page.string("next") == nil) == (link == nil))
            }
            #expect(position == 6)
            #expect(pages == 3)
        }
    }

    @Test(arguments: [
        (#"{"service":"id-card","colour":"red"}"#, 422), (#"{"service":5}"#, 422), (#"{}"#, 422),
        (#"{"service":"#, 400),
        (#"[]"#, 400), (#"{"service":"no-such-service"}"#, 409), (#"{"service":"id-card","class":"appointment"}"#, 422),
        (#"{"service":"ID CARD"}"#, 422), (#"{"service":"id-card","service":"id-card"}"#, 400),
    ])
    func badTicketRequests_areToldWhatIsWrong_andChangeNothing(body: String, status: Int) async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            let answer = try await rig.client.post(
                QueuingRig.api + "/tickets", body,
                headers: ["Authorization": "Bearer \(kiosk)", "Idempotency-Key": "k"])
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.headers.first(name: "content-type") == "application/problem+json")
            #expect(try await rig.reading().queue.tickets.isEmpty)
        }
    }

    @Test func changedLog_isFound() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            for _ in 0..<5 { _ = try await rig.issue(token: kiosk) }
            #expect(try await rig.verify().broken == nil)
            try await rig.pool.execute(
                "UPDATE event_log SET payload = replace(payload, 'A003', 'A093') WHERE payload LIKE '%A003%'")
            #expect(try await rig.verify().broken?.position == 4)
            try await rig.pool.execute(
                "UPDATE event_log SET payload = replace(payload, 'A093', 'A003') WHERE payload LIKE '%A093%'")
            #expect(try await rig.verify().broken == nil)
            try await rig.pool.execute("DELETE FROM event_log WHERE position = 6")
            #expect(try await rig.verify().broken?.position == 6)
        }
    }

    /// The head is read before the events: an append in between is no gap.
    @Test func log_thatGrowsMeanwhile_isFoundWhole() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            _ = try await rig.issue(token: kiosk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<200 { _ = try await rig.issue(token: kiosk) }
                }
                for _ in 0..<50 { #expect(try await rig.verify().broken == nil) }
                try await group.waitForAll()
            }
            #expect(try await rig.verify().events == 202)
            try await rig.pool.execute("UPDATE event_stream SET head_hash = '\\x00' WHERE head_hash IS NOT NULL")
            #expect(try await rig.verify().broken?.position == 202)
        }
    }
}
