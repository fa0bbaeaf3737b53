import Domain
import Foundation
import NIOHTTP1
import ServiceBootstrap
import TestSupport
import Testing

@testable import BookingService

/// Places that open at a time.
@Suite("Release of places") struct ReleaseTests {
    /// The day after tomorrow opens today at 10:30, half an hour after the beginning of a test; what is nearer is open.
    private static func catalogue(jitterMinutes: Int = 0) -> Catalogue {
        var catalogue = BookingCity.catalogue(places: 2, horizonDays: 4)
        catalogue.services[BookingCity.passport]?.release = ReleaseRule(
            .daily(daysAhead: 2), minute: 630, jitterMinutes: jitterMinutes)
        return catalogue
    }

    private struct Shown {
        let id: String
        let start: String
        let free: Int
        let opens: String?
    }

    private func shown(_ rig: BookingRig) async throws -> [Shown] {
        let answer = try await rig.client.get("/api/v1/slots?hall=north&service=passport")
        return (answer["items"] as? [[String: Any]] ?? []).map { item in
            Shown(
                id: item["id"] as? String ?? "", start: item["start"] as? String ?? "",
                free: item["free"] as? Int ?? -1,
                opens: item["opens"] as? String)
        }
    }

    @Test func `Until it opens a slot is shown with its time and refused, and then it can be had`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            let slots = try await shown(rig)
            let open = try #require(slots.first { $0.opens == nil })
            let closed = try #require(slots.first { $0.start.hasPrefix("2027-06-03T10") })
            #expect(open.free == 2 && closed.free == 0)
            #expect(closed.opens == "2027-06-01T10:30:00+08:00")
            #expect(slots.filter { $0.opens == nil }.allSatisfy { $0.start < "2027-06-03" })

            let refused = try await rig.hold(closed.id)
            #expect(refused.status == 409)
            #expect(refused.string("type")?.hasSuffix("/slot-not-open") == true)
            #expect(refused.string("opens") == "2027-06-01T10:30:00+08:00")
            #expect(refused.text.contains("6月1日 周二 10:30"))
            let others = refused["alternatives"] as? [[String: Any]] ?? []
            #expect(!others.isEmpty)
            #expect(others.allSatisfy { ($0["start"] as? String ?? "9") < "2027-06-03" })
            #expect(try await rig.book(closed.id, phone: BookingRig.phone(1)).status == 409)
            let own = try await rig.book(open.id, phone: BookingRig.phone(2))
            #expect(own.status == 201)
            let token = try #require(own.string("token"))
            let move = try await rig.client.send(
                .PATCH, "/api/v1/appointments/\(token)", json: #"{"slot":"\#(closed.id)"}"#,
                headers: ["If-Match": "\"1\""])
            #expect(move.status == 409 && move.string("type")?.hasSuffix("/slot-not-open") == true, "\(move.text)")
            #expect(try await rig.taken(closed.id) == 0)

            let page = try await rig.client.get("/services/passport/slots?hall=north&date=2027-06-03")
            #expect(page.text.contains("这一天的号在 6月1日 周二 10:30 开放预约，还有 30 分钟。"))
            #expect(page.text.contains("value=\"\(closed.id)\" disabled"))

            rig.clock.advance(seconds: 1799)
            #expect(try await rig.hold(closed.id).status == 409)
            rig.clock.advance(seconds: 1)
            let now = try #require(try await shown(rig).first { $0.id == closed.id })
            #expect(now.opens == nil && now.free == 2)
            #expect(try await rig.hold(closed.id).status == 201)
            let moved = try await rig.client.send(
                .PATCH, "/api/v1/appointments/\(token)", json: #"{"slot":"\#(closed.id)"}"#,
                headers: ["If-Match": "\"1\""])
            #expect(moved.status == 200)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `With jitter each slot opens at its own moment, the same for all processes`() async throws {
        try await withBooking(catalogue: Self.catalogue(jitterMinutes: 20)) { rig in
            let city = rig.parts.catalogue.city
            let release = SlotRelease(secrets: rig.runtime.secrets)
            let closed = try await shown(rig).filter { $0.start.hasPrefix("2027-06-03") }
            #expect(closed.count == 24)
            let refused = try await rig.hold(try #require(closed.first).id)
            #expect(refused.string("opensBy") == "2027-06-01T10:50:00+08:00")
            #expect(refused.text.contains("10:30–10:50"))
            var moments: Set<Timestamp> = []
            var known: [String: Timestamp] = [:]
            for slot in closed {
                let id = try #require(SlotID(slot.id))
                let stored = try #require(try await SlotStore().slot(id, at: rig.clock.now, on: rig.pool))
                let opening = try #require(release.opening(of: stored, in: city))
                moments.insert(opening.moment)
                known[slot.id] = opening.moment
            }
            #expect(moments.count > 12)
            rig.clock.advance(seconds: 2400)
            let half = rig.clock.now
            for slot in try await shown(rig) where slot.start.hasPrefix("2027-06-03") {
                let opens = try #require(known[slot.id])
                #expect((slot.opens == nil) == (opens <= half))
                #expect(try await rig.hold(slot.id).status == (opens <= half ? 201 : 409))
            }
        }
    }
}
