import BookingService
import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct BookingContactTests {
    /// What the notification service is told; members start with the name.
    private func sentCode(_ id: String, _ rig: BookingRig) async throws -> String? {
        try await rig.contact(of: id).string("contacts", id, "parameters", "code")
    }

    private func verify(_ phone: String, _ rig: BookingRig) async throws -> JSONClient.Answer {
        try await rig.client.post(
            "/api/v1/verifications", #"{"phone":"\#(phone)"}"#, headers: ["Idempotency-Key": UUID().uuidString])
    }

    private func confirm(_ id: String, _ code: String, _ rig: BookingRig) async throws -> JSONClient.Answer {
        try await rig.client.post("/api/v1/verifications/\(id)/confirmation", #"{"code":"\#(code)"}"#)
    }

    @Test func code_provesThePhone_andTheTokenBooks() async throws {
        try await withBooking { rig in
            let id = try #require(try await verify("13800138000", rig).string("id"))
            let code = try #require(try await sentCode(id, rig))
            let token = try #require(try await confirm(id, code, rig).string("contactToken"))
            let slot = try #require(try await rig.slots().first)
            let booked = try await rig.client.post(
                "/api/v1/appointments", #"{"name":"王小明","slot":"\#(slot)","checklist":{"version":1}}"#,
                headers: ["Authorization": "Bearer \(token)", "Idempotency-Key": "a"])
            #expect(booked.status == 201)

            let row = try #require(try await rig.pool.execute("SELECT id::text AS id FROM appointment").first)
            let appointment = try row.decode("id", as: String.self)
            let cards = try await rig.contact(of: appointment)
            #expect(cards.string("contacts", appointment, "phone") == "+8613800138000")
            #expect(cards.string("contacts", appointment, "name") == "王小明")
            #expect(cards.string("contacts", appointment, "parameters", "reference") == booked.string("reference"))
            #expect(cards.string("contacts", appointment, "parameters", "hall") == "north大厅")
            #expect(cards.string("contacts", appointment, "parameters", "link") == booked.string("page"))
        }
    }

    @Test func personalData_isNowhereInTheClear() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            _ = try await verify("13812345678", rig)
            let booked = try await rig.book(slot, phone: "13812345678", name: "欧阳修远")
            #expect(booked.status == 201)
            let token = try #require(booked.string("token"))
            for table in ["appointment", "hold", "verification", "idempotency", "event_log", "audit"] {
                let rows = try await rig.pool.execute("SELECT t::text FROM \(identifier: table) t")
                for row in rows {
                    let text = try row.decode(at: 0, as: String.self)
                    for secret in ["13812345678", "欧阳修远", token] {
                        #expect(!text.contains(secret), "\(table)")
                        #expect(!text.contains(secret.utf8.map { String($0, radix: 16) }.joined()), "\(table)")
                    }
                }
            }
            let page = try await rig.client.get("/a/\(token)")
            #expect(page.status == 200)
            #expect(page.text.contains("138****5678"))
            #expect(!page.text.contains("13812345678") && !page.text.contains("欧阳修远"))
        }
    }

    @Test func wrongCodes_endTheVerification() async throws {
        try await withBooking { rig in
            let id = try #require(try await verify("13800138000", rig).string("id"))
            let code = try #require(try await sentCode(id, rig))
            let wrong = code == "000000" ? "000001" : "000000"
            for left in [4, 3, 2, 1, 0] {
                let answer = try await confirm(id, wrong, rig)
                #expect(answer.status == 403)
                #expect(answer["attemptsLeft"] as? Int == left)
            }
            #expect(try await confirm(id, code, rig).status == 409)
        }
    }

    @Test func code_isGoodForFiveMinutes() async throws {
        try await withBooking { rig in
            let id = try #require(try await verify("13800138000", rig).string("id"))
            let code = try #require(try await sentCode(id, rig))
            rig.clock.advance(seconds: 299)
            #expect(try await confirm(id, code, rig).status == 200)
            rig.clock.advance(seconds: 1)
            #expect(try await confirm(id, code, rig).status == 409)
            #expect(try await rig.contact(of: id).text == #"{"contacts":{}}"#)
        }
    }

    @Test func codesToOnePhone_areFew() async throws {
        try await withBooking { rig in
            #expect(try await verify("13800138000", rig).status == 201)
            let soon = try await verify("13800138000", rig)
            #expect(soon.status == 429)
            #expect(soon.headers.first(name: "retry-after") == "30")
            #expect(try await verify("13800138001", rig).status == 201)
            for _ in 0..<5 {
                rig.clock.advance(seconds: 31)
                #expect(try await verify("13800138000", rig).status == 201)
            }
            rig.clock.advance(seconds: 31)
            #expect(try await verify("13800138000", rig).status == 429)
            rig.clock.advance(seconds: 3600)
            #expect(try await verify("13800138000", rig).status == 201)
        }
    }
}
