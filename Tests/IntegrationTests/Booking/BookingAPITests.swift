import BookingService
import Domain
import Foundation
import HTTPTypes
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct BookingAPITests {
    @Test func appointment_isReadMovedAndCancelled_underItsVersion() async throws {
        try await withBooking { rig in
            let slots = try await rig.slots()
            let booked = try await rig.book(slots[0], phone: "13800138000")
            #expect(booked.status == 201)
            #expect(booked.headers.first(name: "etag") == "\"1\"")
            #expect(booked.string("phone") == "138****8000")
            #expect(booked.string("name") == "王*")
            let path = try #require(booked.headers.first(name: "location"))
            let read = try await rig.client.get(path)
            #expect(read.text == booked.text)
            #expect(try await rig.client.get(path, headers: ["If-None-Match": "\"1\""]).status == 304)

            let move = #"{"slot":"\#(slots[1])"}"#
            #expect(try await rig.client.send(.PATCH, path, json: move).status == 428)
            #expect(try await rig.client.send(.PATCH, path, json: move, headers: ["If-Match": "\"9\""]).status == 412)
            let moved = try await rig.client.send(.PATCH, path, json: move, headers: ["If-Match": "\"1\""])
            #expect(moved.status == 200)
            #expect(moved.string("start") != booked.string("start"))
            #expect(try await rig.taken(slots[0]) == 0)

            #expect(try await rig.client.send(.DELETE, path).status == 428)
            #expect(try await rig.client.send(.DELETE, path, headers: ["If-Match": "\"1\""]).status == 412)
            #expect(try await rig.client.send(.DELETE, path, headers: ["If-Match": "\"2\""]).status == 204)
            #expect(try await rig.client.send(.DELETE, path, headers: ["If-Match": "\"3\""]).status == 409)
            #expect(try await rig.client.get(path).string("state") == "cancelled")
            #expect(try await rig.taken(slots[1]) == 0)
            #expect(try await rig.book(slots[1], phone: "13800138000").status == 201)
            #expect(try await rig.miscounted() == 0)
            let calendar = try await rig.client.get(path + "/calendar.ics")
            #expect(calendar.status == 200)
            #expect(calendar.text.contains("\r\nSEQUENCE:2\r\n"))
        }
    }

    @Test func moveToAnotherHall_tellsBothHalls() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let south = try #require(try await rig.slots(hall: BookingCity.south).first)
            let path = try #require(
                try await rig.book(slot, phone: BookingRig.phone(1)).headers.first(name: "location"))
            let moved = try await rig.client.send(
                .PATCH, path, json: #"{"slot":"\#(south)"}"#, headers: ["If-Match": "\"1\""])
            #expect(moved.string("hall") == "south")
            let rows = try await rig.pool.execute("SELECT stream, type FROM event_log ORDER BY stream, position")
            let events = try rows.decode(String.self, String.self).map {
                $0.0.contains("north") ? "north \($0.1)" : "south \($0.1)"
            }
            #expect(events.count == 3)
            #expect(events[0].hasPrefix("north") && events[0].contains("appointment-booked"))
            #expect(events[1].hasPrefix("north") && events[1].contains("appointment-cancelled"))
            #expect(events[2].hasPrefix("south") && events[2].contains("appointment-rescheduled"))
            let idCard = try #require(try await rig.slots(service: BookingCity.idCard).first)
            let wrong = try await rig.client.send(
                .PATCH, path, json: #"{"slot":"\#(idCard)"}"#, headers: ["If-Match": "\"2\""])
            #expect(wrong.status == 409)
        }
    }

    @Test func rulesOfTheHall_boundBookingAndCancelling() async throws {
        let rules = BookingRules(minLeadMinutes: 120, cancelLeadMinutes: 180, holdMinutes: 5)
        try await withBooking(catalogue: BookingCity.catalogue(rules: rules)) { rig in
            let slot = try #require(try await rig.slots().first)  // begins at 12:00, two hours ahead
            let path = try #require(
                try await rig.book(slot, phone: BookingRig.phone(1)).headers.first(name: "location"))
            let answer = try await rig.client.send(.DELETE, path, headers: ["If-Match": "\"1\""])
            #expect(answer.status == 409)
            #expect(answer.string("type") == "https://onetrip.example/problems/too-late")
            rig.clock.advance(seconds: 1)
            let closed = try await rig.book(slot, phone: BookingRig.phone(2))
            #expect(closed.string("type") == "https://onetrip.example/problems/slot-closed")
            #expect((closed["alternatives"] as? [Any])?.isEmpty == false)
        }
    }

    struct BadRequest: Sendable, CustomTestStringConvertible {
        let name: String
        var method: HTTPMethod = .POST
        var path = "/api/v1/appointments"
        var body: String? = nil
        var headers: [String: String] = ["Idempotency-Key": "k"]
        let status: Int
        var testDescription: String { name }
    }

    @Test func badInput_isRefused_andChangesNothing() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let token = try rig.contactToken(BookingRig.phone(1))
            let key = ["Idempotency-Key": "k", "Authorization": "Bearer \(token)"]
            let good = #"{"name":"王","slot":"\#(slot)","checklist":{"version":1}}"#
            let long = String(repeating: "长", count: 61)
            let cases: [BadRequest] = [
                .init(name: "no contact token", body: good, status: 401),
                .init(
                    name: "bad contact token", body: good,
                    headers: ["Idempotency-Key": "k", "Authorization": "Bearer x"],
                    status: 401),
                .init(name: "no key", body: good, headers: ["Authorization": "Bearer \(token)"], status: 400),
                .init(
                    name: "long key", body: good,
                    headers: [
                        "Authorization": "Bearer \(token)", "Idempotency-Key": String(repeating: "k", count: 129),
                    ],
                    status: 400),
                .init(name: "broken JSON", body: "{", headers: key, status: 400),
                .init(name: "not an object", body: "[]", headers: key, status: 400),
                .init(
                    name: "a form", body: good,
                    headers: key.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 }, status: 415),
                .init(name: "empty", body: "{}", headers: key, status: 422),
                .init(name: "unknown member", body: good.dropLast() + #","x":1}"#, headers: key, status: 422),
                .init(
                    name: "long name", body: #"{"name":"\#(long)","slot":"\#(slot)","checklist":{"version":1}}"#,
                    headers: key, status: 422),
                .init(
                    name: "control character",
                    body: #"{"name":"a\u0000b","slot":"\#(slot)","checklist":{"version":1}}"#, headers: key, status: 422
                ),
                .init(
                    name: "slot as a number", body: #"{"name":"王","slot":\#(slot),"checklist":{"version":1}}"#,
                    headers: key, status: 422),
                .init(
                    name: "slot and hold",
                    body: #"{"name":"王","slot":"\#(slot)","hold":"AAAAAAAAAAAAAAAAAAAAAA","checklist":{"version":1}}"#,
                    headers: key, status: 422),
                .init(
                    name: "unknown slot", body: #"{"name":"王","slot":"999999","checklist":{"version":1}}"#,
                    headers: key,
                    status: 404),
                .init(
                    name: "unknown hold",
                    body: #"{"name":"王","hold":"AAAAAAAAAAAAAAAAAAAAAA","checklist":{"version":1}}"#, headers: key,
                    status: 404),
                .init(
                    name: "old checklist", body: #"{"name":"王","slot":"\#(slot)","checklist":{"version":7}}"#,
                    headers: key, status: 409),
                .init(
                    name: "large body", body: #"{"name":"\#(String(repeating: "x", count: 70_000))"}"#, headers: key,
                    status: 413),
                .init(name: "hold without body", path: "/api/v1/holds", body: "{}", status: 422),
                .init(name: "hold of a word", path: "/api/v1/holds", body: #"{"slot":"x"}"#, status: 422),
                .init(
                    name: "hold without key", path: "/api/v1/holds", body: #"{"slot":"\#(slot)"}"#, headers: [:],
                    status: 400),
                .init(name: "short phone", path: "/api/v1/verifications", body: #"{"phone":"138"}"#, status: 422),
                .init(
                    name: "unknown verification",
                    path: "/api/v1/verifications/00000000-0000-4000-8000-000000000000/confirmation",
                    body: #"{"code":"123456"}"#, status: 404),
                .init(name: "wrong method", method: .PUT, path: "/api/v1/holds", body: "{}", status: 405),
                .init(name: "no such path", method: .GET, path: "/api/v1/nothing", status: 404),
                .init(name: "slots without hall", method: .GET, path: "/api/v1/slots?service=passport", status: 422),
                .init(
                    name: "impossible day", method: .GET,
                    path: "/api/v1/slots?hall=north&service=passport&from=2027-02-30", status: 422),
                .init(
                    name: "unknown parameter", method: .GET, path: "/api/v1/slots?hall=north&service=passport&x=1",
                    status: 422),
                .init(
                    name: "unknown hall", method: .GET, path: "/api/v1/slots?hall=west&service=passport", status: 404),
                .init(name: "limit", method: .GET, path: "/api/v1/services?limit=0", status: 422),
            ]
            for bad in cases {
                let answer = try await rig.client.send(bad.method, bad.path, json: bad.body, headers: bad.headers)
                #expect(answer.status == bad.status, "\(bad.name): \(answer.text)")
                #expect(answer.headers.first(name: "content-type") == "application/problem+json", "\(bad.name)")
                if bad.status == 405 { #expect(answer.headers.first(name: "allow")?.contains("POST") == true) }
            }
            for table in ["appointment", "hold", "idempotency", "verification", "event_log"] {
                #expect(try await rig.scalar("SELECT count(*) FROM \(identifier: table)") == 0, "\(table)")
            }
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 0)
        }
    }

    @Test func foreignAndAbsentThings_lookAlike() async throws {
        try await withBooking { rig in
            var bodies: Set<String> = []
            for token in ["AAAAAAAAAAAAAAAAAAAAAA", "nonsense", "AAAAAAAAAAAAAAAAAAAAAB", "%00"] {
                let answer = try await rig.client.get("/api/v1/appointments/\(token)")
                #expect(answer.status == 404)
                bodies.insert(answer.string("type") ?? "")
            }
            #expect(bodies == ["https://onetrip.example/problems/not-found"])
        }
    }

    @Test func everyRoute_isClosedToThoseItIsNotFor() async throws {
        try await withBooking { rig in
            for route in rig.parts.assembly.routes {
                let path = route.path.replacing("{token}", with: "AAAAAAAAAAAAAAAAAAAAAA")
                    .replacing("{verification}", with: "x").replacing("{hall}", with: "north")
                    .replacing("{service}", with: "passport")
                let method = HTTPMethod(rawValue: route.method.rawValue)
                let status = try await rig.client.send(method, path).status
                switch route.access {
                case .link:
                    #expect(status == 404, "\(route)")
                case .service:
                    #expect(status == 401, "\(route)")
                    for (token, expected) in [("wrong", 401), (rig.runtime.secrets.serviceToken, 415)] {
                        let answer = try await rig.client.send(
                            method, path, headers: ["Authorization": "Bearer \(token)"])
                        #expect(answer.status == expected, "\(route)")
                    }
                case .everyone, .probe:
                    let provesContact = [
                        "/api/v1/appointments", "/api/v1/ballots/{round}/entries", "/api/v1/waitlist",
                    ].contains(path)
                    #expect(provesContact && status == 401 || ![401, 403, 500].contains(status), "\(route)")
                case .staff, .kiosk, .kioskOrStaff:
                    Issue.record("the booking service has no such routes: \(route)")
                }
            }
        }
    }

    @Test func slots_carryAnEntityTag_thatChangesWithThem() async throws {
        try await withBooking { rig in
            let path = "/api/v1/slots?hall=north&service=passport"
            let first = try await rig.client.get(path)
            let tag = try #require(first.headers.first(name: "etag"))
            #expect(try await rig.client.get(path, headers: ["If-None-Match": tag]).status == 304)
            let slot = try #require(first.string("items", "0", "id"))
            #expect(first.string("items", "0", "start")?.hasSuffix("+08:00") == true)
            _ = try await rig.book(slot, phone: BookingRig.phone(1))
            let second = try await rig.client.get(path, headers: ["If-None-Match": tag])
            #expect(second.status == 200)
            let none = try await rig.client.get(path + "&from=2027-06-05&to=2027-06-01")
            #expect((none["items"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func services_comeInPages() async throws {
        try await withBooking { rig in
            let first = try await rig.client.get("/api/v1/services?limit=1")
            #expect(first.string("items", "0", "id") == "id-card")
            let link = try #require(first.headers.first(name: "link"))
            #expect(link.hasSuffix("; rel=\"next\""))
            let next = String(link.dropFirst().prefix { $0 != ">" })
            let second = try await rig.client.get(next)
            #expect(second.string("items", "0", "id") == "passport")
            #expect(second.headers.first(name: "link") == nil)
            #expect(try await rig.client.get("/api/v1/services/id-card")["checklist", "version"] as? Int == 2)
        }
    }

    @Test func importAgain_neverTakesAPlaceAway() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 5)) { rig in
            let slots = try await rig.slots()
            for number in 0..<3 { _ = try await rig.book(slots[0], phone: BookingRig.phone(number)) }
            let smaller = BookingCity.catalogue(places: 2)
            try await rig.pool.withTransaction {
                try await BookingCatalogueImport.run(smaller, on: $0, now: rig.clock.now)
            }
            // Who is too many is moved afterwards, and not before there is another place.
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM slot WHERE id = \(Int64(slots[0]) ?? 0) AND capacity = greatest(2, taken)")
                    == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 3)
            #expect(try await rig.scalar("SELECT capacity FROM slot WHERE id = \(Int64(slots[1]) ?? 0)") == 2)
            let closed = BookingCity.catalogue(places: 2, horizonDays: 0)
            try await rig.pool.withTransaction {
                try await BookingCatalogueImport.run(closed, on: $0, now: rig.clock.now)
            }
            let tomorrow = rig.clock.now.advanced(seconds: 86_400)
            #expect(
                try await rig.scalar(
                    "SELECT sum(capacity) FROM slot WHERE starts_at > \(tomorrow.rfc3339())::timestamptz") == 0)
            let larger = BookingCity.catalogue(places: 9)
            try await rig.pool.withTransaction {
                try await BookingCatalogueImport.run(larger, on: $0, now: rig.clock.now)
            }
            #expect(try await rig.scalar("SELECT min(capacity) FROM slot") == 9)
            try await rig.parts.catalogue.refresh()
            #expect(rig.parts.catalogue.city.version == 4)
        }
    }
}
