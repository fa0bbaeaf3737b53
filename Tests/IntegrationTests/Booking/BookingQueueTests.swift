import BookingService
import Domain
import EventContracts
import NIOHTTP1
import Postgres
import RedisStreams
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct BookingQueueTests {
    /// Puts events on a hall's queue stream, as the queuing service's relay does.
    private func publish(_ events: [QueueEvent], from first: Int64, _ rig: BookingRig) async throws {
        let stream = rig.runtime.streams.queue(BookingCity.north)
        var entries: [StreamEntry] = []
        for (offset, event) in events.enumerated() {
            let position = first + Int64(offset)
            let cloudEvent = CloudEvent(
                id: "\(stream)/\(position)", source: "/queuing", type: event.typeName, subject: nil,
                time: rig.clock.now, traceparent: nil, data: try event.encodeData())
            entries.append(StreamEntry(position: position, "event", cloudEvent.json()))
        }
        _ = try await rig.runtime.redis.append(entries, to: stream, after: first - 1)
    }

    private func state(_ token: String, becomes state: String, _ rig: BookingRig) async throws {
        _ = try await eventually("the appointment is \(state)") { () -> Bool? in
            try await rig.client.get("/api/v1/appointments/\(token)").string("state") == state ? true : nil
        }
    }

    /// Whether the turn comes before the details on a personal page.
    private func panelStandsFirst(_ page: String) throws -> Bool {
        let panel = try #require(page.firstRange(of: "id=\"live-panel\""))
        let details = try #require(page.firstRange(of: "id=\"details\""))
        return panel.lowerBound < details.lowerBound
    }

    @Test func appointment_followsTheQueue_andUndoneSteps() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let token = try #require(try await rig.book(slot, phone: BookingRig.phone(1)).string("token"))
            let row = try #require(try await rig.pool.execute("SELECT id::text AS id FROM appointment").first)
            let ticket = TicketID(try row.decode("id", as: String.self))
            let booked = try await rig.client.get("/a/\(token)")
            #expect(try !panelStandsFirst(booked.text))
            let walkIn = TicketIssued(
                ticket: "w1", number: "B001", service: BookingCity.passport, kind: .walkIn, channel: .kiosk,
                follow: "f", due: rig.clock.now)
            try await publish(
                [
                    .dayOpened(DayOpened(date: LocalDate(daysSinceEpoch: 20_000))), .ticketIssued(walkIn),
                    .ticketCheckedIn(
                        TicketCheckedIn(
                            ticket: ticket, number: "B002", channel: .kiosk, kind: .appointment, due: rig.clock.now)),
                ], from: 1, rig)
            try await state(token, becomes: "checkedIn", rig)
            let waiting = try await rig.client.get("/a/\(token)")
            #expect(try panelStandsFirst(waiting.text))
            try await publish([.ticketServing(TicketServing(ticket: ticket, window: "1", staff: "s"))], from: 4, rig)
            try await state(token, becomes: "serving", rig)
            try await publish(
                [.ticketFinished(TicketFinished(ticket: ticket, window: "1", staff: "s", outcome: .completed))],
                from: 5,
                rig)
            try await state(token, becomes: "served", rig)
            try await publish(
                [.stepUndone(StepUndone(ticket: ticket, window: "1", staff: "s", position: 5, state: .serving))],
                from: 6, rig)
            try await state(token, becomes: "serving", rig)
            try await publish(
                [.ticketFinished(TicketFinished(ticket: ticket, window: "1", staff: "s", outcome: .papersMissing))],
                from: 7, rig)
            try await state(token, becomes: "served", rig)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE outcome = 'papersMissing'") == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM dead_letter") == 0)
            // The visit is over, so the person may book the service again.
            #expect(try await rig.book(slot, phone: BookingRig.phone(1)).status == 201)
            // And undoing the end of the old visit does not make a second living appointment.
            try await publish(
                [.stepUndone(StepUndone(ticket: ticket, window: "1", staff: "s", position: 7, state: .serving))],
                from: 8, rig)
            _ = try await eventually("the undoing is consumed") { () -> Bool? in
                try await rig.scalar("SELECT position FROM consumer_offset") == 8 ? true : nil
            }
            #expect(try await rig.client.get("/api/v1/appointments/\(token)").string("state") == "served")
            #expect(try await rig.scalar("SELECT count(*) FROM dead_letter") == 0)
        }
    }

    @Test func `An undone end does not take back a phone's place that somebody else has by now`() async throws {
        var catalogue = BookingCity.catalogue(rules: BookingRules(phoneLimit: 1))
        catalogue.services[BookingCity.passport]?.identity = IdentityRule(.required, documents: [.passport])
        try await withBooking(catalogue: catalogue) { rig in
            let slot = try #require(try await rig.slots().first)
            func book(_ number: String) async throws -> JSONClient.Answer {
                try await rig.client.post(
                    "/api/v1/appointments",
                    #"{"name":"王小明","slot":"\#(slot)","checklist":{"version":1},"#
                        + #""identity":{"kind":"passport","number":"\#(number)"}}"#,
                    headers: [
                        "Authorization": "Bearer \(try rig.contactToken(BookingRig.phone(1)))",
                        "Idempotency-Key": number,
                    ])
            }
            let token = try #require(try await book("E00000001").string("token"))
            #expect(try await book("E00000002").string("type")?.hasSuffix("phone-full") == true)
            let row = try #require(try await rig.pool.execute("SELECT id::text AS id FROM appointment").first)
            let ticket = TicketID(try row.decode("id", as: String.self))
            try await publish(
                [.ticketFinished(TicketFinished(ticket: ticket, window: "1", staff: "s", outcome: .completed))],
                from: 1, rig)
            try await state(token, becomes: "served", rig)
            #expect(try await book("E00000002").status == 201)
            try await publish(
                [.stepUndone(StepUndone(ticket: ticket, window: "1", staff: "s", position: 1, state: .serving))],
                from: 2, rig)
            try await state(token, becomes: "serving", rig)
            #expect(try await rig.scalar("SELECT count(*) FROM dead_letter") == 0)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE phone_seat = 1") == 1)
        }
    }

    @Test func cancelledAppointment_staysCancelled() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let token = try #require(try await rig.book(slot, phone: BookingRig.phone(1)).string("token"))
            let row = try #require(try await rig.pool.execute("SELECT id::text AS id FROM appointment").first)
            let ticket = TicketID(try row.decode("id", as: String.self))
            _ = try await rig.client.send(.DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""])
            try await publish([.ticketNoShow(TicketNoShow(ticket: ticket))], from: 1, rig)
            _ = try await eventually("the event is consumed") { () -> Bool? in
                try await rig.scalar("SELECT coalesce(max(position), 0) FROM consumer_offset") == 1 ? true : nil
            }
            #expect(try await rig.client.get("/api/v1/appointments/\(token)").string("state") == "cancelled")
        }
    }

    @Test func bookings_reachTheStream_inOrder() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            for number in 0..<3 { _ = try await rig.book(slot, phone: BookingRig.phone(number)) }
            let stream = rig.runtime.streams.booking(BookingCity.north)
            let entries = try await eventually("three events on the stream") { () -> [StreamEntry]? in
                let entries = try await rig.runtime.redis.range(stream, from: 1, count: 10)
                return entries.count == 3 ? entries : nil
            }
            #expect(entries.map(\.position) == [1, 2, 3])
            for entry in entries {
                let event = try CloudEvent(json: try #require(entry["event"]))
                guard case .appointmentBooked(let booked) = try BookingEvent(typeName: event.type, data: event.data)
                else {
                    Issue.record("not a booking: \(event.type)")
                    return
                }
                #expect(booked.hall == BookingCity.north)
                #expect(booked.checkInKeys.count == 2)
            }
        }
    }
}
