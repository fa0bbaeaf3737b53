import BookingService
import Domain
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct BookingHoldTests {
    @Test func hold_takesAPlace_untilGivenBack() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 1)) { rig in
            let slot = try #require(try await rig.slots().first)
            let held = try await rig.hold(slot)
            #expect(held.status == 201)
            let token = try #require(held.string("token"))
            #expect(held.headers.first(name: "location") == "/api/v1/holds/\(token)")
            #expect(try await rig.book(slot, phone: BookingRig.phone(1)).status == 409)
            #expect(try await rig.client.get("/api/v1/holds/\(token)").status == 200)
            #expect(try await rig.client.send(.DELETE, "/api/v1/holds/\(token)").status == 204)
            #expect(try await rig.client.send(.DELETE, "/api/v1/holds/\(token)").status == 404)
            #expect(try await rig.client.get("/api/v1/holds/\(token)").status == 404)
            #expect(try await rig.book(slot, phone: BookingRig.phone(1)).status == 201)
        }
    }

    @Test func hold_isHonouredToTheMillisecond_andFreedAfter() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 1)) { rig in
            let slots = try await rig.slots()
            let first = try #require(try await rig.hold(slots[0]).string("token"))
            let second = try #require(try await rig.hold(slots[1]).string("token"))
            rig.clock.advance(milliseconds: 600_000 - 1)
            _ = try await rig.parts.holdExpiry.sweep()
            #expect(try await rig.book(first, phone: BookingRig.phone(1), place: "hold").status == 201)
            #expect(try await rig.taken(slots[0]) == 1)

            rig.clock.advance(milliseconds: 1)
            let late = try await rig.book(second, phone: BookingRig.phone(2), place: "hold")
            #expect(late.status == 409)
            #expect(late.string("type") == "https://onetrip.example/problems/hold-ended")
            // Whoever comes now gets the place, swept or not.
            #expect(try await rig.book(slots[1], phone: BookingRig.phone(3)).status == 201)
            _ = try await rig.parts.holdExpiry.sweep()
            #expect(try await rig.taken(slots[1]) == 1)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func expiredHolds_areSwept_once() async throws {
        try await withBooking { rig in
            let slots = try await rig.slots().prefix(5)
            for slot in slots { for _ in 0..<4 { _ = try await rig.hold(slot) } }
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 20)
            rig.clock.advance(seconds: 600)
            _ = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await rig.parts.holdExpiry.sweep() } }
                return try await group.reduce(0, +)
            }
            _ = try await eventually("all places are free") { () -> Bool? in
                try await rig.scalar("SELECT sum(taken) FROM slot") == 0 ? true : nil
            }
            #expect(try await rig.scalar("SELECT count(*) FROM hold WHERE state = 'expired'") == 20)
        }
    }

    @Test func sameKey_holdsOnePlace() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await rig.hold(slot, key: "one").text } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            #expect(try await rig.taken(slot) == 1)
        }
    }

    @Test func appointment_movesToAHeldPlace() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 1)) { rig in
            let slots = try await rig.slots()
            let token = try #require(try await rig.book(slots[0], phone: BookingRig.phone(1)).string("token"))
            let hold = try #require(try await rig.hold(slots[1]).string("token"))
            let moved = try await rig.client.send(
                .PATCH, "/api/v1/appointments/\(token)", json: #"{"hold":"\#(hold)"}"#, headers: ["If-Match": "\"1\""])
            #expect(moved.status == 200)
            #expect(moved.headers.first(name: "etag") == "\"2\"")
            #expect(try await rig.taken(slots[0]) == 0)
            #expect(try await rig.taken(slots[1]) == 1)
            #expect(try await rig.miscounted() == 0)
        }
    }
}
