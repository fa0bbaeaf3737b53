import Domain
import EventContracts
import Foundation
import NotificationService
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// From an event on a stream to the demo's telephone, through the running service.
@Suite struct DeliveryTests {
    private static let phone = "13812345678"

    private static func messages(_ rig: NotificationRig) async throws -> [String] {
        let answer = try await rig.client.get("/api/v1/live/demo-messages?phone=\(phone)")
        #expect(answer.status == 200)
        return (answer["items"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
    }

    private static func booked(_ appointment: AppointmentID, token: String = Secrets.randomToken()) -> AppointmentBooked
    {
        let slot = SystemClock.now().advanced(minutes: 20)
        return AppointmentBooked(
            appointment: appointment, hall: "north", service: "passport", slot: slot,
            slotEnd: slot.advanced(minutes: 30),
            channel: .online, checkInKeys: ["k"], follow: Secrets.sha256Hex(token), sequence: 0)
    }

    @Test func code_arrivesWithinAMoment() async throws {
        try await NotificationRig.with { rig in
            rig.contacts.set("v1", phone: "+86\(Self.phone)", parameters: ["code": "424242", "minutes": "5"])
            let now = SystemClock.now()
            try await rig.watching("/demo/phone/stream") { seen in
                let start = ContinuousClock.now
                try await rig.north.book(
                    .verificationRequested(.init(verification: "v1", expires: now.advanced(minutes: 5))),
                    stream: rig.streams.verification)
                let events = try await seen.until("the message") { $0.contains { $0.event == "text" } }
                // Far above what it takes, for slow machines.
                #expect(ContinuousClock.now - start < .seconds(2))
                let data = try #require(events.first { $0.event == "text" }?.data)
                #expect(data.contains("138****5678"))
                #expect(data.contains("424242"))
                #expect(!data.contains(Self.phone))
            }
            let texts = try await Self.messages(rig)
            #expect(texts == ["【最多跑一次】验证码 424242，5 分钟内有效。请勿告诉他人。"])
            let page = try await rig.client.get("/demo/phone")
            #expect(page.text.contains("424242"))
            #expect(!page.text.contains(Self.phone))
        }
    }

    @Test func bookedPerson_isToldAtEachStep_once_andTheWalkInIsNot() async throws {
        try await NotificationRig.with { rig in
            let id: AppointmentID = "33333333-3333-4333-8333-333333333333"
            rig.contacts.set(
                id.rawValue, phone: Self.phone, language: "en",
                parameters: ["reference": "OT-7", "link": "http://x/a/7"])
            let booked = Self.booked(id)
            try await rig.north.book(.appointmentBooked(booked))
            let ticket = TicketID(id.rawValue)
            try await rig.north.perform(
                .expect(
                    TicketExpected(
                        ticket: ticket, service: "passport", slot: booked.slot, channel: .online, checkInKeys: ["k"],
                        follow: booked.follow)))
            try await rig.north.perform(.checkIn(ticket, .kiosk))
            try await rig.north.issue("walk-in", "licence")
            try await rig.north.perform(.openWindow("2", "clerk-1", skills: nil))
            try await rig.north.perform(.call("walk-in", "2", "clerk-1"))
            try await rig.north.perform(.markMissed("2", "clerk-1"))
            try await rig.north.perform(.call(ticket, "2", "clerk-1"))
            try await rig.north.perform(.recall("2", "clerk-1"))
            try await rig.north.perform(.markMissed("2", "clerk-1"))

            let texts = try await eventually("four messages") {
                let texts = try await Self.messages(rig)
                return texts.count >= 4 ? texts : nil
            }
            #expect(texts.count == 4)
            // Two senders share the work, so messages of one moment may change places.
            func isThere(_ parts: String...) -> Bool {
                texts.contains { text in parts.allSatisfy { text.contains($0) } }
            }
            #expect(isThere("[OneTrip] Booked: Passport, North Hall, ", "OT-7"))
            #expect(isThere("[OneTrip] Checked in at North Hall: your number is A001."))
            #expect(isThere("[OneTrip] A001: please go to window 2, North Hall."))
            #expect(isThere("[OneTrip] You missed your call at North Hall."))
            #expect(!rig.contacts.asked.contains("walk-in"))
            let rows = try await rig.pool.read("SELECT count(*) FROM message WHERE state <> 'sent'")
            #expect(try rows[0].decode(at: 0, as: Int.self) == 0)
        }
    }

    @Test func bookingServiceAway_isTriedAgain() async throws {
        try await NotificationRig.with { rig in
            rig.contacts.set("v2", phone: Self.phone, parameters: ["code": "111111"])
            rig.contacts.setBroken(true)
            try await rig.north.book(
                .verificationRequested(.init(verification: "v2", expires: SystemClock.now().advanced(minutes: 5))),
                stream: rig.streams.verification)
            try await eventually("an attempt failed") {
                let rows = try await rig.pool.read("SELECT FROM message WHERE state = 'pending' AND attempts > 0")
                return rows.isEmpty ? nil : true
            }
            rig.contacts.setBroken(false)
            let texts = try await eventually("the message") {
                let texts = try await Self.messages(rig)
                return texts.isEmpty ? nil : texts
            }
            #expect(texts.count == 1)
        }
    }

    @Test func personWithoutContact_isSkipped_andTheLateMessageFails() async throws {
        try await NotificationRig.with { rig in
            let now = SystemClock.now()
            try await rig.north.book(
                .verificationRequested(.init(verification: "gone", expires: now.advanced(minutes: 5))),
                stream: rig.streams.verification)
            try await rig.north.book(
                .verificationRequested(.init(verification: "late", expires: now.advanced(seconds: -1))),
                stream: rig.streams.verification)
            let rows = try await eventually("both are finished") {
                let rows = try await rig.pool.read(
                    "SELECT subject, state, failure FROM message WHERE finished_at IS NOT NULL ORDER BY id")
                return rows.count == 2 ? rows : nil
            }
            let outcomes = try rows.decode(String.self, String.self, String.self)
            #expect(outcomes[0] == ("gone", "skipped", "noContact"))
            #expect(outcomes[1] == ("late", "failed", "expired"))
            #expect(rig.contacts.asked == ["gone"])
        }
    }
}
