import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct BookingConcurrencyTests {
    @Test func manyForOneSlot_exactlyItsCapacityIsGranted() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 20), connections: 300) { rig in
            let slot = try #require(try await rig.slots().first)
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for number in 0..<300 {
                    group.addTask { try await rig.book(slot, phone: BookingRig.phone(number)) }
                }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 20)
            let refused = answers.filter { $0.status == 409 }
            #expect(refused.count == answers.count - 20)
            for answer in refused {
                #expect(answer.string("type") == "https://onetrip.example/problems/slot-full")
                #expect((answer["alternatives"] as? [Any])?.isEmpty == false)
            }
            #expect(try await rig.taken(slot) == 20)
            #expect(try await rig.miscounted() == 0)
            let references = Set(answers.compactMap { $0.string("reference") })
            #expect(references.count == 20)
            #expect(try await rig.scalar("SELECT head FROM event_stream WHERE stream LIKE '%north}:booking'") == 20)
        }
    }

    @Test func sameKeyAtOnce_makesOneAppointment_andOneAnswer() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await rig.book(slot, phone: BookingRig.phone(1), key: "same-key") }
                }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(Set(answers.compactMap { $0.headers.first(name: "location") }).count == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 1)
            #expect(try await rig.taken(slot) == 1)

            let other = try #require(try await rig.slots().last)
            let reused = try await rig.book(other, phone: BookingRig.phone(1), key: "same-key")
            #expect(reused.status == 422)
            #expect(reused.string("type") == "https://onetrip.example/problems/idempotency-key-reused")
            // A key is the caller's own.
            #expect(try await rig.book(slot, phone: BookingRig.phone(2), key: "same-key").status == 201)
        }
    }

    @Test func onePersonManySlotsAtOnce_getsOneLivingAppointment() async throws {
        try await withBooking { rig in
            let slots = try await rig.slots().prefix(20)
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for slot in slots { group.addTask { try await rig.book(slot, phone: BookingRig.phone(1)) } }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            #expect(
                answers.filter { $0.string("type") == "https://onetrip.example/problems/already-booked" }.count == 19)
            #expect(try await rig.miscounted() == 0)
            // Another service is another matter.
            let idCard = try #require(try await rig.slots(service: BookingCity.idCard).first)
            #expect(try await rig.book(idCard, phone: BookingRig.phone(1), version: 2).status == 201)
        }
    }

    @Test func swapStorm_losesAndDoublesNoPlace() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 8)) { rig in
            let north = try #require(try await rig.slots().first)
            let south = try #require(try await rig.slots(hall: BookingCity.south).first)
            let other = try await rig.slots()[1]
            var tokens: [String] = []
            for number in 0..<14 {
                let answer = try await rig.book(number % 2 == 0 ? north : south, phone: BookingRig.phone(number))
                tokens.append(try #require(answer.string("token")))
            }
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for (index, token) in tokens.enumerated() {
                    group.addTask {
                        var statuses: [Int] = []
                        for round in 0..<12 {
                            let seen = try await rig.client.get("/api/v1/appointments/\(token)")
                            let tag = seen.headers.first(name: "etag") ?? ""
                            let goal = [north, south, other][(index + round) % 3]
                            let answer = try await rig.client.send(
                                .PATCH, "/api/v1/appointments/\(token)", json: #"{"slot":"\#(goal)"}"#,
                                headers: ["If-Match": tag])
                            statuses.append(answer.status)
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            #expect(statuses.allSatisfy { [200, 409].contains($0) }, "\(statuses)")
            #expect(statuses.contains(200))
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 14)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 14)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func moveCancelAndBookAtOnce_keepEveryCount() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 4)) { rig in
            let slots = Array(try await rig.slots().prefix(3))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for person in 0..<12 {
                    group.addTask {
                        for round in 0..<8 {
                            let answer = try await rig.book(
                                slots[(person + round) % 3], phone: BookingRig.phone(person))
                            guard let token = answer.string("token") else { continue }
                            async let moved = rig.client.send(
                                .PATCH, "/api/v1/appointments/\(token)",
                                json: #"{"slot":"\#(slots[(person + round + 1) % 3])"}"#, headers: ["If-Match": "\"1\""]
                            )
                            async let cancelled = rig.client.send(
                                .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""])
                            let (first, second) = try await (moved.status, cancelled.status)
                            // Two changes of one version: one of them at most is made.
                            #expect([first, second].filter { $0 < 300 }.count <= 1)
                            #expect([200, 409, 412].contains(first) && [204, 409, 412].contains(second))
                            let now = try await rig.client.get("/api/v1/appointments/\(token)")
                            if now.string("state") == "booked" {
                                let tag = now.headers.first(name: "etag") ?? ""
                                _ = try await rig.client.send(
                                    .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": tag])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 0)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 0)
        }
    }
}
