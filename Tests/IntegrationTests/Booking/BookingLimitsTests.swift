import BookingService
import Domain
import EventContracts
import Foundation
import Messaging
import NIOHTTP1
import Postgres
import RedisStreams
import ServiceBootstrap
import TestSupport
import Testing

/// How often one person may book, on real servers.
@Suite struct BookingLimitsTests {
    private static func catalogue(_ limits: PersonLimits) -> Catalogue {
        // Twenty days from Tuesday 1 June 2027.
        var catalogue = BookingCity.catalogue(horizonDays: 20)
        catalogue.services[BookingCity.passport]?.limits = limits
        // Here the person's own limits are meant, not how often a phone may ask.
        catalogue.requestLimits = RequestLimits(
            holds: RequestRates(), bookings: RequestRates(), codes: RequestRates())
        return catalogue
    }

    /// A slot around noon of a day of June 2027.
    private func slot(_ day: Int, _ rig: BookingRig) async throws -> String {
        try await slots(day, rig)[12]
    }

    private func slots(_ day: Int, _ rig: BookingRig) async throws -> [String] {
        let date = "2027-06-" + (day < 10 ? "0" : "") + String(day)
        let answer = try await rig.client.get(
            "/api/v1/slots?hall=north&service=passport&from=\(date)&to=\(date)")
        return ((answer["items"] as? [[String: Any]]) ?? []).compactMap { $0["id"] as? String }
    }

    private func end(_ state: String, _ rig: BookingRig) async throws {
        try await rig.pool.execute("UPDATE appointment SET state = \(state) WHERE state = 'booked'")
    }

    @Test func `A person's visits of a week and a month are bounded, and cancelled ones do not count`() async throws {
        try await withBooking(catalogue: Self.catalogue(PersonLimits(perWeek: 2, perMonth: 3))) { rig in
            let phone = BookingRig.phone(1)
            let cancelled = try await rig.book(try await slot(2, rig), phone: phone)
            let token = try #require(cancelled.string("token"))
            #expect(
                try await rig.client.send(
                    .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""]
                ).status == 204)
            for day in [2, 3] {
                #expect(try await rig.book(try await slot(day, rig), phone: phone).status == 201)
                try await end("served", rig)
            }
            let refused = try await rig.book(try await slot(4, rig), phone: phone)
            #expect(refused.status == 409)
            #expect(refused.string("type") == "https://onetrip.example/problems/week-quota")
            #expect(refused.string("from") == "2027-06-07")
            #expect(refused.string("detail")?.contains("6月7日") == true, "\(refused.text)")
            // Another person, another week.
            #expect(try await rig.book(try await slot(4, rig), phone: BookingRig.phone(2)).status == 201)
            let moved = try await rig.book(try await slot(8, rig), phone: phone)
            #expect(moved.status == 201)
            // Not into the full week, but within its own month.
            let own = try #require(moved.string("token"))
            func move(to day: Int) async throws -> JSONClient.Answer {
                try await rig.client.send(
                    .PATCH, "/api/v1/appointments/\(own)", json: #"{"slot":"\#(try await slot(day, rig))"}"#,
                    headers: ["If-Match": "\"1\""])
            }
            #expect(try await move(to: 5).string("type") == "https://onetrip.example/problems/week-quota")
            #expect(try await move(to: 15).status == 200)
            try await end("left", rig)
            let month = try await rig.book(try await slot(16, rig), phone: phone)
            #expect(month.string("type") == "https://onetrip.example/problems/month-quota")
            #expect(month.string("from") == "2027-07-01")
            #expect(try await rig.miscounted() == 0)
            // Services without limits note no day.
            #expect(
                try await rig.book(try await rig.slots(service: "id-card")[0], phone: phone, version: 2).status == 201)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE visit_date IS NULL") == 1)
        }
    }

    @Test func `Many requests of one person at once get no more than the quota`() async throws {
        try await withBooking(catalogue: Self.catalogue(PersonLimits(perWeek: 2))) { rig in
            let slots = try await slots(2, rig)
            var granted = 0
            for _ in 0..<4 {
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for slot in slots {
                        group.addTask { try await rig.book(slot, phone: BookingRig.phone(1)).status }
                    }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.allSatisfy { [201, 409].contains($0) })
                granted += statuses.count { $0 == 201 }
                try await end("served", rig)
            }
            #expect(granted == 2)
        }
    }

    /// What another process has done for the person by the time of its commit counts, though the booking began before.
    @Test func `A booking waits for another process that is at the same person's visits`() async throws {
        try await withBooking(catalogue: Self.catalogue(PersonLimits(perWeek: 1))) { rig in
            let phone = BookingRig.phone(1)
            #expect(try await rig.book(try await slot(2, rig), phone: phone).status == 201)
            try await rig.pool.execute("UPDATE appointment SET state = 'served', is_excused = true")
            let other = try await slot(3, rig)
            let booking = try await rig.pool.withTransaction { connection in
                try await connection.query(
                    """
                    SELECT pg_advisory_xact_lock(hashtextextended(person_key || ' ' || service, 11)) FROM appointment
                    """)
                try await connection.query("UPDATE appointment SET is_excused = false")
                let booking = Task { try await rig.book(other, phone: phone) }
                _ = try await eventually("the booking waits") { () -> Bool? in
                    try await rig.scalar(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1 ? true : nil
                }
                return booking
            }
            #expect(try await booking.value.string("type") == "https://onetrip.example/problems/week-quota")
        }
    }

    @Test func `Who did not come is paused, unless the hall had closed before the visit`() async throws {
        let rule = NoShowRule(count: 1, withinDays: 90, blockDays: 30, forgiven: 0)
        try await withBooking(catalogue: Self.catalogue(PersonLimits(noShows: rule))) { rig in
            let stream = rig.runtime.streams.queue(BookingCity.north)
            for (position, person) in [(Int64(1), 1), (2, 2)] {
                let slot = try await slot(1 + person, rig)
                #expect(try await rig.book(slot, phone: BookingRig.phone(person)).status == 201)
                let row = try #require(
                    try await rig.pool.execute(
                        "SELECT id::text AS id, ends_at FROM appointment WHERE state = 'booked'"
                    ).first)
                let end: Timestamp = try row.decode("ends_at")
                let event = QueueEvent.ticketNoShow(
                    TicketNoShow(ticket: TicketID(try row.decode("id", as: String.self))))
                // The first hall closed a minute before the visit would have been over.
                let time = end.advanced(seconds: person == 1 ? -60 : 60)
                let cloudEvent = CloudEvent(
                    id: "\(stream)/\(position)", source: "/queuing", type: event.typeName, subject: nil, time: time,
                    traceparent: nil, data: try event.encodeData())
                _ = try await rig.runtime.redis.append(
                    [StreamEntry(position: position, "event", cloudEvent.json())], to: stream, after: position - 1)
                _ = try await eventually("the visit is over") { () -> Bool? in
                    try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 0 ? true : nil
                }
            }
            let later = try await slot(10, rig)
            #expect(try await rig.book(later, phone: BookingRig.phone(1)).status == 201)
            let refused = try await rig.book(later, phone: BookingRig.phone(2))
            #expect(refused.status == 409)
            #expect(refused.string("type") == "https://onetrip.example/problems/no-show-block")
            #expect(refused.string("from") == "2027-07-03")
        }
    }
}
