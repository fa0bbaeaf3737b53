import Domain
import Foundation
import TestSupport
import Testing

/// How long it would take where: for everybody, before they set out.
@Suite struct WaitPagesTests {
    @Test func `Waits are told for services with an open window alone, and advice names the hall`() async throws {
        try await withQueuing { rig in
            let kiosk = try await rig.kiosk()
            let clerk = try await rig.signIn(clerk: 1)
            let path = QueuingRig.api + "/waits"
            let before = try await rig.client.get(path)
            #expect(before.status == 200)
            #expect((before["services"] as? [Any])?.isEmpty == true)
            _ = try await rig.command(#"{"command":"open"}"#, window: "1", token: clerk)
            for _ in 0..<5 { #expect(try await rig.issue(token: kiosk).status == 201) }
            // What was made is kept for a minute.
            rig.clock.advance(seconds: 61)
            let after = try await rig.client.get(path)
            let services = try #require(after["services"] as? [[String: Any]])
            let cards = try #require(services.first { $0["service"] as? String == "id-card" })
            let arrivals = try #require(cards["arrivals"] as? [[String: Any]])
            let wait = try #require(arrivals.first?["wait"] as? [String: Any])
            let expected = try #require(wait["expectedSeconds"] as? Int)
            #expect(expected > 300)
            let advice = try await rig.client.get("/api/v1/queue/advice?service=id-card&near=north")
            let options = try #require(advice["options"] as? [[String: Any]])
            #expect(options.map { $0["hall"] as? String } == ["north"])
            #expect(options.first?["isRecommended"] as? Bool == true)
            #expect(try await rig.client.get("/api/v1/queue/advice").status == 422)
            #expect(try await rig.client.get("/api/v1/queue/advice?service=nothing").status == 404)
            #expect(try await rig.client.get("/waits?service=id-card&near=north").status == 200)
            #expect(try await rig.client.get("/waits").status == 200)
            #expect(try await rig.client.get("/waits/north").status == 200)
            #expect(try await rig.client.get("/waits/nowhere").status == 404)
        }
    }
}
