import Domain
import EventContracts
import Foundation
import Messaging
import NIOHTTP1
import Postgres
import QueuingService
import RedisStreams
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct KioskTests {
    private func booked(
        _ rig: QueuingRig, reference: String, phone: String, minutesAhead: Int,
        id: String = UUID().uuidString.lowercased(),
        sequence: Int = 0
    ) -> AppointmentBooked {
        let slot = rig.clock.now.advanced(minutes: minutesAhead)
        return AppointmentBooked(
            appointment: AppointmentID(id), hall: QueuingRig.north, service: "passport", slot: slot,
            slotEnd: slot.advanced(minutes: 30), channel: .online,
            checkInKeys: [
                rig.secrets.lookupHash(reference, for: "check-in-reference"),
                rig.secrets.lookupHash("north|\(phone)", for: "check-in-phone"),
            ],
            follow: Secrets.sha256Hex("page-of-\(id)"), sequence: sequence)
    }

    /// Puts events on the booking stream as booking's relay would.
    private func publish(_ rig: QueuingRig, _ events: [BookingEvent], after position: Int64 = 0) async throws {
        let stream = rig.streams.booking(QueuingRig.north)
        let entries = try events.enumerated().map { index, event in
            let at = position + Int64(index) + 1
            let cloud = CloudEvent(
                id: "\(stream)/\(at)", source: "/booking", type: event.typeName, subject: event.subject,
                time: rig.clock.now, traceparent: nil, data: try event.encodeData())
            return StreamEntry(position: at, "event", cloud.json())
        }
        guard case .appended = try await rig.processes[0].runtime.redis.append(entries, to: stream, after: position)
        else {
            throw DeadlinePassed(description: "the stream is not where the test thinks")
        }
    }

    private func awaitTickets(_ rig: QueuingRig, _ count: Int, _ state: TicketState) async throws {
        _ = try await eventually("\(count) tickets are \(state)") { () -> Bool? in
            try await rig.reading().queue.tickets.values.filter { $0.state == state }.count == count ? true : nil
        }
    }

    @Test func pressedTwice_aNumberIsGivenOnce() async throws {
        try await withQueuing { rig in
            let cookie = ["Cookie": "kiosk=\(try await rig.kiosk())", "Accept-Language": "en"]
            let start = try await rig.client.get("/kiosk/north", headers: cookie)
            #expect(start.status == 200)
            #expect(start.text.contains("I have an appointment"))
            let services = try await rig.client.get("/kiosk/north/services", headers: cookie)
            // What nobody serves now is said in short for each service, and explained once.
            #expect(services.text.contains("Nobody is waiting<br>No window open"))
            #expect(services.text.ranges(of: "the wait is not known").count == 1)
            let key = try #require(services.hidden("key"))
            let form = [("service", "id-card"), ("class", "walkIn"), ("key", key)]
            async let one = rig.client.send(.POST, "/kiosk/north/tickets", form: form, headers: cookie)
            async let other = rig.client.send(.POST, "/kiosk/north/tickets", form: form, headers: cookie)
            let places = try await [one, other].map { $0.headers.first(name: "location") ?? "" }
            #expect(Set(places).count == 1)
            #expect(try await rig.reading().queue.tickets.count == 1)
            let page = try await rig.client.get(places[0], headers: cookie)
            #expect(page.text.contains("A001"))
            #expect(page.text.contains("Nobody is ahead of you") || page.text.contains("No window serves this now"))
            #expect(page.text.contains("<svg"))
            #expect(page.text.contains("data-idle-seconds=\"20\""))
        }
    }

    @Test func `Several services are ticked on one page, and come to one number`() async throws {
        try await withQueuing { rig in
            let cookie = ["Cookie": "kiosk=\(try await rig.kiosk())", "Accept-Language": "en"]
            let services = try await rig.client.get("/kiosk/north/services", headers: cookie)
            #expect(services.text.contains("/kiosk/north/itinerary?class=walkIn"))
            let page = try await rig.client.get("/kiosk/north/itinerary?class=walkIn", headers: cookie)
            #expect(page.text.contains(#"type="checkbox" name="service" value="passport""#))
            let key = try #require(page.hidden("key"))
            func take(_ services: [String]) async throws -> JSONClient.Answer {
                try await rig.client.send(
                    .POST, "/kiosk/north/itinerary",
                    form: services.map { ("service", $0) } + [("class", "walkIn"), ("key", key)], headers: cookie)
            }
            let none = try await take([])
            #expect(none.status == 422)
            #expect(none.text.contains("tick at least one"))
            let taken = try await take(["passport", "id-card"])
            #expect(taken.status == 303)
            let place = try #require(taken.headers.first(name: "location"))
            #expect(try await take(["passport", "id-card"]).headers.first(name: "location") == place, "pressed twice")
            let ticket = try await rig.client.get(place, headers: cookie)
            #expect(ticket.text.ranges(of: "Still open").count == 2)
            let queue = try await rig.reading().queue
            #expect(queue.tickets.count == 1)
            #expect(queue.waitingCount(for: "passport") == 1 && queue.waitingCount(for: "id-card") == 1)
            // Too many are said to be too many, and stay ticked.
            let all = try await take((0..<7).map { "s\($0)" } + ["passport"])
            #expect(all.status == 422)
            #expect(all.text.contains("at most 6 services"))
            #expect(all.text.contains(#"value="passport" checked"#))
            #expect(try await rig.verify().broken == nil)
        }
    }

    @Test func enrolling_needsTheKeyOfTheHall() async throws {
        try await withQueuing { rig in
            let key = try #require(TestCity.kioskKeys["north"])
            #expect(try await rig.client.get("/kiosk/north/enrol?key=wrong-wrong-wrong").status == 404)
            #expect(try await rig.client.get("/kiosk/south/enrol?key=\(key)").status == 404)
            #expect(try await rig.client.get("/kiosk/nowhere/enrol?key=\(key)").status == 404)
            let good = try await rig.client.get("/kiosk/north/enrol?key=\(key)")
            #expect(good.status == 303)
            #expect(good.headers.first(name: "location") == "/kiosk/north")
            let token = try #require(good.cookie("kiosk"))
            #expect(!token.contains(key))
            #expect(try await rig.client.get("/kiosk/north", headers: ["Cookie": "kiosk=\(token)x"]).status == 401)
            #expect(try await rig.client.get("/kiosk/south", headers: ["Cookie": "kiosk=\(token)"]).status == 403)
            // Another key ends it.
            let catalogue = rig.processes[0].parts.catalogue
            try await rig.pool.withTransaction { connection in
                try await QueuingCatalogueImport.run(
                    catalogue.city.catalogue, staff: [],
                    kiosks: [KioskInput(hall: "north", id: "door", key: "a-new-key-of-the-door-01")], on: connection)
            }
            try await catalogue.refresh()
            #expect(try await rig.client.get("/kiosk/north", headers: ["Cookie": "kiosk=\(token)"]).status == 401)
        }
    }

    @Test func bookedPerson_checksInByReferenceCodeOrDigits() async throws {
        try await withQueuing { rig in
            let cookie = ["Cookie": "kiosk=\(try await rig.kiosk())", "Accept-Language": "en"]
            try await publish(
                rig,
                [
                    .appointmentBooked(booked(rig, reference: "ABCD-2345", phone: "5678", minutesAhead: 30)),
                    .appointmentBooked(booked(rig, reference: "EFGH-2345", phone: "5678", minutesAhead: 60)),
                    .appointmentBooked(booked(rig, reference: "JKMN-2345", phone: "1111", minutesAhead: 600)),
                ])
            try await awaitTickets(rig, 3, .expected)

            func arrive(_ form: [(String, String)]) async throws -> JSONClient.Answer {
                try await rig.client.send(
                    .POST, "/kiosk/north/arrivals", form: form + [("key", UUID().uuidString)], headers: cookie)
            }
            let none = try await arrive([("code", "ZZZZ-9999")])
            #expect(none.status == 404)
            #expect(none.text.contains("take a number"))
            let early = try await arrive([("code", "JKMN2345")])
            #expect(early.status == 409)
            #expect(early.text.contains("You can check in from 18:00"))

            let several = try await arrive([("phone", "5678")])
            #expect(several.status == 200)
            #expect(several.text.contains("10:30"))
            #expect(several.text.contains("11:00"))
            #expect(!several.text.contains("ABCD"))
            let ticket = try #require(several.hidden("ticket"))
            let chosen = try await arrive([("phone", "5678"), ("ticket", ticket)])
            #expect(chosen.status == 303)
            // Scanned, full-width, in small letters: the other one.
            let scanned = try await arrive([("code", "ot1:efgh-2345")])
            #expect(scanned.status == 303)
            let page = try await rig.client.get(try #require(scanned.headers.first(name: "location")), headers: cookie)
            #expect(page.text.contains("B002"))
            // Asking again shows the number again.
            #expect(
                try await arrive([("code", "ＥＦＧＨ２３４５")]).headers.first(name: "location")
                    == scanned.headers.first(name: "location"))
            // A ticket's name alone is nothing a kiosk accepts.
            #expect(try await arrive([("ticket", ticket)]).status == 422)
            #expect(try await rig.verify().broken == nil)
        }
    }

    @Test func bookingEvents_deliveredAgain_changeNothing() async throws {
        try await withQueuing { rig in
            let stays = booked(rig, reference: "ABCD-2345", phone: "5678", minutesAhead: 30)
            let goes = booked(rig, reference: "EFGH-2345", phone: "5678", minutesAhead: 60)
            let cancelled = AppointmentCancelled(
                appointment: goes.appointment, hall: QueuingRig.north, cause: .person, sequence: 1)
            try await publish(
                rig, [.appointmentBooked(stays), .appointmentBooked(goes), .appointmentCancelled(cancelled)])
            try await awaitTickets(rig, 1, .withdrawn)
            // The overview names who is still to come by the time, and leaves out who has cancelled.
            let overview = try await rig.client.get(
                "/staff/halls/north",
                headers: [
                    "Authorization": "Bearer \(try await rig.signIn("operator-north"))", "Accept-Language": "en",
                ])
            #expect(overview.text.contains(">Booked for 10:30</a>"))
            #expect(!overview.text.contains("Booked for 11:00"))
            let events = try await rig.verify().events
            // As after a crash between the hall's commit and that of the offset.
            _ = try await eventually("the offset is committed") { () -> Bool? in
                try await rig.scalar("SELECT position FROM consumer_offset") == 3 ? true : nil
            }
            try await rig.pool.execute("UPDATE consumer_offset SET position = 0")
            try await publish(
                rig, [.appointmentBooked(booked(rig, reference: "QRST-2345", phone: "9", minutesAhead: 90))], after: 3)
            _ = try await eventually("everything is consumed again") { () -> Bool? in
                try await rig.scalar("SELECT position FROM consumer_offset") == 4 ? true : nil
            }
            #expect(try await rig.verify().events == events + 1)
            #expect(try await rig.scalar("SELECT count(*) FROM expected_appointment WHERE cancelled") == 1)
        }
    }

    @Test func appointmentsOfTomorrow_comeInWhenTheDayOpens() async throws {
        try await withQueuing { rig in
            try await publish(
                rig,
                [
                    .appointmentBooked(booked(rig, reference: "ABCD-2345", phone: "5678", minutesAhead: 30)),
                    .appointmentBooked(booked(rig, reference: "EFGH-2345", phone: "5678", minutesAhead: 24 * 60)),
                ])
            try await awaitTickets(rig, 1, .expected)
            _ = try await eventually("both are kept") { () -> Bool? in
                try await rig.scalar("SELECT count(*) FROM expected_appointment") == 2 ? true : nil
            }
            // 10:00 in Shanghai; its midnight is 16:00 in UTC.
            rig.clock.advance(seconds: 14 * 3600 - 1)
            try await rig.processes[0].parts.ticker.pass(QueuingRig.north)
            #expect(try await rig.reading().queue.day?.description == "2027-06-01")
            rig.clock.advance(seconds: 2)
            try await rig.processes[0].parts.ticker.pass(QueuingRig.north)
            let queue = try await rig.reading().queue
            #expect(queue.day?.description == "2027-06-02")
            #expect(queue.tickets.values.map(\.state) == [.expected])
            // A second tick of another process has nothing to do.
            let events = try await rig.verify().events
            try await rig.processes[0].parts.ticker.pass(QueuingRig.north)
            #expect(try await rig.verify().events == events)
            #expect(try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%no-show%'") == 1)
        }
    }
}
