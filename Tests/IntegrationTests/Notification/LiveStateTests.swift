import Domain
import EventContracts
import Foundation
import NotificationService
import ServiceBootstrap
import Synchronization
import TestSupport
import Testing
import Web

@Suite struct LiveStateTests {
    @Test func call_reachesTheScreen_atOnce() async throws {
        try await NotificationRig.with { rig in
            try await rig.north.issue("t1")
            try await rig.north.perform(.openWindow("2", "clerk-1", skills: nil))
            try await rig.watching("/live/halls/north") { seen in
                try await seen.until("the snapshot") { $0.contains { $0.event == "board" } }
                try await rig.north.perform(.callNext("2", "clerk-1"))
                let position = await rig.north.position
                let events = try await seen.until("the call and its board") { events in
                    events.contains { $0.event == "call" }
                        && events.contains { $0.decode(BoardDocument.self)?.position == position }
                }

                let call = try #require(events.first { $0.event == "call" })
                #expect(call.id == String(position))
                let announced = try #require(call.decode(CallAnnouncement.self))
                #expect(announced.number == "A001")
                #expect(announced.window == "2")
                #expect(announced.attempt == 1)
                let board = try #require(events.last { $0.event == "board" }?.decode(BoardDocument.self))
                #expect(board.recent.map(\.number) == ["A001"])
                #expect(board.waiting == 0)
                #expect(events.first?.event == "status")
            }
        }
    }

    @Test func wipedRedis_losesAndDoublesNoCall() async throws {
        try await withOwnRedis { address, control in
            try await NotificationRig.with(redis: address) { rig in
                try await rig.north.perform(.openWindow("1", "clerk-1", skills: nil))
                for number in 1...30 { try await rig.north.issue(TicketID("t\(number)")) }
                try await rig.watching("/live/halls/north") { seen in
                    try await seen.until("the snapshot") {
                        $0.contains { $0.decode(BoardDocument.self)?.waiting == 30 }
                    }
                    for number in 1...30 {
                        if number % 10 == 5 { try await control.flushAll() }
                        try await rig.north.perform(.callNext("1", "clerk-1"))
                        try await rig.north.perform(.startServing("1", "clerk-1"))
                        try await rig.north.perform(.finish("1", "clerk-1", .completed))
                    }
                    try await seen.until("all calls", within: .seconds(20)) { events in
                        events.count { $0.event == "call" } >= 30
                    }
                    let last = await rig.north.position
                    try await seen.until("the last board") { events in
                        events.contains { $0.decode(BoardDocument.self)?.position == last }
                    }
                    let calls = await seen.events.compactMap {
                        $0.event == "call" ? $0.decode(CallAnnouncement.self) : nil
                    }
                    #expect(calls.map(\.number) == (1...30).map { "A0" + ($0 < 10 ? "0" : "") + "\($0)" })
                    #expect(Set(calls.map(\.position)).count == 30)
                    let positions = calls.map(\.position)
                    #expect(positions == positions.sorted())
                }
            }
        }
    }

    @Test func screenThatComesBack_getsWhatItMissed_orStartsAnew() async throws {
        try await NotificationRig.with { rig in
            for number in 1...3 { try await rig.north.issue(TicketID("t\(number)")) }
            try await rig.north.perform(.openWindow("1", "clerk-1", skills: nil))
            // The first screen stays, so that the hub remembers.
            try await rig.watching("/live/halls/north") { first in
                try await first.until("the snapshot") { $0.contains { $0.event == "board" } }
                let before = String(await rig.north.position)
                try await rig.north.perform(.callNext("1", "clerk-1"))
                try await first.until("the call") { $0.contains { $0.event == "call" } }

                try await rig.watching("/live/halls/north", lastEventID: before) { second in
                    let events = try await second.until("what was missed") { $0.contains { $0.event == "call" } }
                    #expect(!events.contains { $0.event == "reset" })
                    // The board comes again, for the connection may have broken before it.
                    try await second.until("the board") { $0.contains { $0.event == "board" } }
                }
                try await rig.watching("/live/halls/north", lastEventID: "999999") { third in
                    let events = try await third.until("a fresh start") { $0.contains { $0.event == "board" } }
                    #expect(events.first?.event == "reset")
                }
            }
        }
    }

    @Test func followedTicket_isToldOfItsTurn_andOnlyOfChanges() async throws {
        try await NotificationRig.with { rig in
            let token = Secrets.randomToken()
            try await rig.north.issue("t1")
            try await rig.north.issue("t2", token: token)
            try await rig.north.perform(.openWindow("3", "clerk-1", skills: nil))
            try await eventually("the ticket is known") {
                try await rig.client.get("/api/v1/live/tickets/\(token)").status == 200 ? true : nil
            }
            try await rig.watching("/live/tickets/\(token)") { seen in
                func statuses(_ events: [StreamedEvent]) -> [TicketStatus] {
                    events.compactMap { $0.event == "ticket" ? $0.decode(TicketStatus.self) : nil }
                }
                try await seen.until("the first state") { events in
                    events.contains { $0.decode(TicketStatus.self)?.ahead == 1 }
                }
                try await rig.north.perform(.callNext("3", "clerk-1"))
                try await seen.until("nobody ahead") { events in
                    events.contains { $0.decode(TicketStatus.self)?.ahead == 0 }
                }
                // Something that does not concern this ticket.
                try await rig.north.perform(.recall("3", "clerk-1"))
                try await rig.north.perform(.startServing("3", "clerk-1"))
                try await rig.north.perform(.finish("3", "clerk-1", .completed))
                try await rig.north.perform(.callNext("3", "clerk-1"))
                let events = try await seen.until("the call") { events in
                    events.contains { $0.decode(TicketStatus.self)?.state == .called }
                }
                let all = statuses(events)
                #expect(all.last?.window == "3")
                #expect(all.last?.number == "A002")
                for (one, next) in zip(all, all.dropFirst()) { #expect(one != next) }
            }
            let page = try await rig.client.get("/t/\(token)", headers: ["Accept-Language": "en"])
            #expect(page.status == 200)
            #expect(page.text.contains("It is your turn"))
            #expect(page.text.contains(#"http-equiv="refresh" content="15""#))
        }
    }

    @Test func bookedTicket_ofAnotherDay_isKnown_moves_andIsWithdrawn() async throws {
        try await NotificationRig.with { rig in
            let token = Secrets.randomToken()
            let slot = SystemClock.now().advanced(minutes: 3 * 24 * 60)
            @Sendable func booked(_ hall: HallID, _ slot: Timestamp, _ sequence: Int) -> AppointmentBooked {
                AppointmentBooked(
                    appointment: "22222222-2222-4222-8222-222222222222", hall: hall, service: "licence", slot: slot,
                    slotEnd: slot.advanced(minutes: 30), channel: .online, checkInKeys: ["k"],
                    follow: Secrets.sha256Hex(token), sequence: sequence)
            }
            try await rig.north.book(.appointmentBooked(booked("north", slot, 0)))
            try await eventually("the booking is known") {
                try await rig.client.get("/api/v1/live/tickets/\(token)").string("state") == "expected" ? true : nil
            }
            let page = try await rig.client.get("/t/\(token)", headers: ["Accept-Language": "zh-CN"])
            #expect(page.text.contains("已预约"))
            #expect(page.text.contains("营业执照"))
            #expect(page.text.contains("预约时间："))

            try await rig.watching("/live/tickets/\(token)") { seen in
                try await seen.until("the booking") { $0.contains { $0.decode(TicketStatus.self)?.hall == "north" } }
                let moved = slot.advanced(minutes: 60)
                try await rig.south.book(.appointmentRescheduled(booked("south", moved, 1)))
                try await rig.north.book(
                    .appointmentCancelled(
                        .init(
                            appointment: "22222222-2222-4222-8222-222222222222", hall: "north", cause: .rescheduled,
                            sequence: 1)))
                try await seen.until("the move") { events in
                    events.contains { event in
                        guard let status = event.decode(TicketStatus.self) else { return false }
                        return status.hall == "south" && status.slot?.milliseconds == moved.milliseconds
                            && status.state == .expected
                    }
                }
                try await rig.south.book(
                    .appointmentCancelled(
                        .init(
                            appointment: "22222222-2222-4222-8222-222222222222", hall: "south", cause: .person,
                            sequence: 2)))
                try await seen.until("the end") { $0.contains { $0.decode(TicketStatus.self)?.state == .withdrawn } }
            }
        }
    }

    @Test func whoIsAway_isToldWhenToSetOut_withoutScripts() async throws {
        try await NotificationRig.with { rig in
            let token = Secrets.randomToken()
            try await rig.north.perform(.openWindow("1", "clerk-1", skills: nil))
            for number in 1...9 { try await rig.north.issue(TicketID("t\(number)")) }
            try await rig.north.issue("mine", token: token)
            let link = "/api/v1/live/tickets/\(token)"
            let plain = try await eventually("the wait is known") {
                let answer = try await rig.client.get(link)
                return answer["ahead"] as? Int == 9 ? answer : nil
            }
            #expect(plain["setOut"] == nil)
            let low = try #require(plain["lowMinutes"] as? Int)
            let high = try #require(plain["highMinutes"] as? Int)

            let answer = try await rig.client.get(link + "?away=20")
            #expect(answer.status == 200)
            #expect(answer.string("setOut", "advice") == "later")
            #expect(answer["setOut", "minutesAway"] as? Int == 20)
            let leave = try #require(answer.string("setOut", "at").flatMap { Timestamp(rfc3339: $0) })
            let left = leave.seconds(since: SystemClock.now()) / 60
            #expect((Double(low - 25)...Double(low - 20)).contains(left))
            #expect(try await rig.client.get(link + "?away=\(high)").string("setOut", "advice") == "late")
            #expect(try await rig.client.get(link + "?away=\(low)").string("setOut", "advice") == "now")

            let page = try await rig.client.get("/t/\(token)?away=20", headers: ["Accept-Language": "zh-CN"])
            #expect(page.status == 200)
            let clock = HallTime(TimeZoneRules(TestCity.daytimeZone)).clock(leave)
            #expect(page.text.contains("还不用急，请在 \(clock) 前出发。"))
            #expect(page.text.contains(#"data-set-out="now" data-text="请现在出发。" hidden"#))
            #expect(page.text.contains("十次里约有一次会提前叫号"))
            #expect(page.text.contains("30 分钟内到自助机或咨询台可以恢复排队，号码不变，次序比原来晚 10 分钟。"))
            #expect(page.text.contains(#"value="20""#))
            let hurry = try await rig.client.get("/t/\(token)?away=180", headers: ["Accept-Language": "en"])
            #expect(hurry.text.contains(">Leave now. You may well be called before you are there.<"))

            for wrong in ["181", "-1", "x", "1.5", "20&away=30", "99999999999999999999999"] {
                let refused = try await rig.client.get(link + "?away=\(wrong)")
                #expect(refused.status == 422, "\(wrong)")
                #expect(refused.string("errors", "0", "parameter") == "away")
                let page = try await rig.client.get("/t/\(token)?away=\(wrong)", headers: ["Accept": "text/html"])
                #expect(page.status == 422, "\(wrong)")
                #expect(page.text.contains(#"id="away-error""#))
                #expect(page.text.contains("A010"), "the rest of the page is there")
            }
            #expect(try await rig.client.get("/t/\(token)?away=").status == 200)
        }
    }

    @Test func whoHasBooked_isToldWhenToSetOut_untilItIsTooLate() async throws {
        try await NotificationRig.with { rig in
            let token = Secrets.randomToken()
            let slot = SystemClock.now().advanced(minutes: 60)
            try await rig.north.perform(
                .expect(
                    TicketExpected(
                        ticket: "booked", service: "passport", slot: slot, channel: .online, checkInKeys: ["key"],
                        follow: Secrets.sha256Hex(token))))
            let link = "/api/v1/live/tickets/\(token)"
            try await eventually("the booking is known") {
                try await rig.client.get(link).status == 200 ? true : nil
            }
            let answer = try await rig.client.get(link + "?away=30")
            #expect(answer.string("setOut", "advice") == "later")
            #expect(try await rig.client.get(link + "?away=58").string("setOut", "advice") == "now")
            #expect(try await rig.client.get(link + "?away=80").string("setOut", "advice") == "late")
            #expect(try await rig.client.get(link + "?away=100")["setOut"] == nil)
            let page = try await rig.client.get("/t/\(token)?away=58", headers: ["Accept-Language": "en"])
            #expect(page.text.contains(#"data-text="Leave now.">Leave now.<"#))
            #expect(page.text.contains("More than 30 minutes late, you queue as if you had not booked."))
        }
    }

    @Test func unknownLinks_areOneAnswer() async throws {
        try await NotificationRig.with { rig in
            for path in ["/api/v1/live/tickets/", "/live/tickets/"] {
                let unknown = try await rig.client.get(path + Secrets.randomToken())
                let malformed = try await rig.client.get(path + "short")
                #expect(unknown.status == 404)
                #expect(malformed.status == 404)
                #expect(unknown.string("type") == malformed.string("type"))
                #expect(unknown.header("content-type") == "application/problem+json")
            }
            let page = try await rig.client.get("/t/" + Secrets.randomToken(), headers: ["Accept": "text/html"])
            #expect(page.status == 404)
            #expect(page.text.contains("<h1"))
            #expect(try await rig.client.get("/live/halls/nowhere").status == 404)
            #expect(try await rig.client.get("/display/nowhere").status == 404)
        }
    }

    @Test func board_hasATag_andIsNotSentTwice() async throws {
        try await NotificationRig.with { rig in
            try await rig.north.issue("t1")
            let first = try await eventually("the ticket is counted") {
                let answer = try await rig.client.get("/api/v1/live/halls/north")
                return answer["waiting"] as? Int == 1 ? answer : nil
            }
            let tag = try #require(first.header("etag"))
            let second = try await rig.client.get("/api/v1/live/halls/north", headers: ["If-None-Match": tag])
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
            try await rig.north.issue("t2")
            try await eventually("another board") {
                let answer = try await rig.client.get("/api/v1/live/halls/north", headers: ["If-None-Match": tag])
                return answer.status == 200 && answer["waiting"] as? Int == 2 ? true : nil
            }
            let halls = try await rig.client.get("/api/v1/live/halls")
            #expect(halls.string("items", "0", "hall") == "north")
            #expect(halls["items", "0", "waiting"] as? Int == 2)
        }
    }

    @Test func screen_worksWithoutScripts_andNamesNobody() async throws {
        try await NotificationRig.with { rig in
            let secret = "11111111-2222-4333-8444-555555555555"
            try await rig.north.perform(
                .expect(
                    TicketExpected(
                        ticket: TicketID(secret), service: "passport", slot: SystemClock.now(), channel: .online,
                        checkInKeys: ["key-of-a-person"], follow: Secrets.sha256Hex("token"))))
            try await rig.north.perform(.checkIn(TicketID(secret), .kiosk))
            try await rig.north.issue("walk-in-ticket", "licence")
            try await rig.north.perform(.openWindow("2", "clerk-by-name", skills: nil))
            try await rig.north.perform(.call(TicketID(secret), "2", "clerk-by-name"))
            let page = try await eventually("the call is on the screen") {
                let answer = try await rig.client.get("/display/north")
                return answer.text.contains("A001") ? answer : nil
            }
            #expect(page.text.contains("城北大厅"))
            #expect(page.text.contains("North Hall"))
            #expect(page.text.contains("现在呼叫"))
            #expect(page.text.contains("Now calling"))
            #expect(page.text.contains(#"http-equiv="refresh""#))
            #expect(page.text.contains(#"aria-live="polite""#))
            #expect(page.text.contains("Business licence"))
            let board = try await rig.client.get("/api/v1/live/halls/north")
            for text in [page.text, board.text] {
                for personal in [
                    secret, "key-of-a-person", "clerk-by-name", "walk-in-ticket", Secrets.sha256Hex("token"),
                ] {
                    #expect(!text.contains(personal))
                }
            }
            #expect(try await rig.client.get("/display-assets/display.js").status == 200)
            #expect(try await rig.client.get("/display-assets/display.css").status == 200)
            #expect(try await rig.client.get("/display-assets/nothing.js").status == 404)
            let list = try await rig.client.get("/live", headers: ["Accept-Language": "en"])
            #expect(list.text.contains("South Hall"))
        }
    }

    @Test func redisAway_isToldToScreens_andHeals() async throws {
        try await withOwnRedis { address, control in
            try await NotificationRig.with(redis: address) { rig in
                try await rig.north.perform(.openWindow("1", "clerk-1", skills: nil))
                try await rig.watching("/live/halls/north") { seen in
                    try await seen.until("live") { $0.contains { $0.event == "status" && $0.data.contains("true") } }
                    await control.killHard()
                    try await seen.until("interrupted") {
                        $0.contains { $0.event == "status" && $0.data.contains("false") }
                    }
                    try await control.restart()
                    try await seen.until("live again", within: .seconds(20)) {
                        $0.last { $0.event == "status" }?.data.contains("true") ?? false
                    }
                    try await rig.north.issue("t1")
                    try await rig.north.perform(.callNext("1", "clerk-1"))
                    try await seen.until("the call", within: .seconds(20)) { $0.contains { $0.event == "call" } }
                }
            }
        }
    }

    @Test func shutdown_endsOpenStreams_soon() async throws {
        try await NotificationRig.with { rig in
            try await rig.watching("/live/halls/north") { seen in
                try await seen.until("the snapshot") { $0.contains { $0.event == "board" } }
                let start = ContinuousClock.now
                await rig.stop()
                try await eventually("the stream ends", within: .seconds(8)) { await seen.hasEnded ? true : nil }
                #expect(ContinuousClock.now - start < .seconds(8))
            }
        }
    }
}
