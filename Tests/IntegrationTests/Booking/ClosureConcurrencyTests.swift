import Domain
import Foundation
import Logging
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@testable import BookingService

@Suite("Closed halls, many at once")
struct ClosureConcurrencyTests {
    /// What another process has.
    private struct Process {
        let pool: PostgresPool
        let moves: ClosureMoves

        init(_ rig: BookingRig, name: String) {
            let logger = Logger(label: "test")
            let pool = PostgresPool(
                configuration: PostgresConfiguration(
                    uri: rig.runtime.configuration.postgres, searchPath: BookingSchema.name, applicationName: name),
                logger: logger)
            let catalogue = rig.parts.catalogue
            let writer = GroupCommitBookingWriter(
                pool: pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 4096,
                wake: { _ in }, freedPlaces: { catalogue.city.freedPlaces })
            self.pool = pool
            moves = ClosureMoves(
                pool: pool, writer: writer, release: SlotRelease(secrets: rig.runtime.secrets),
                city: { catalogue.city }, clock: { rig.clock.now }, logger: logger)
        }
    }

    private func withProcess(
        _ rig: BookingRig, name: String = "other", _ body: @Sendable (Process) async throws -> Void
    ) async throws {
        let process = Process(rig, name: name)
        let running = Task { try await process.pool.run() }
        defer { running.cancel() }
        try await body(process)
    }

    /// Books so many people in the north tomorrow.
    private func fill(_ rig: BookingRig, _ count: Int) async throws -> [String] {
        let slots = try await rig.tomorrowsSlots()
        return try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<count {
                group.addTask {
                    let answer = try await rig.book(slots[number % slots.count], phone: BookingRig.phone(number))
                    return (number, try #require(answer.string("token"), "\(answer.text)"))
                }
            }
            var tokens = [String](repeating: "", count: count)
            for try await (number, token) in group { tokens[number] = token }
            return tokens
        }
    }

    /// What must be so in the end, whatever has happened.
    private func check(_ rig: BookingRig, people: Int) async throws {
        #expect(try await rig.leftAtClosed() == 0)
        #expect(try await rig.miscounted() == 0)
        #expect(try await rig.overbooked() == 0)
        #expect(try await rig.scalar("SELECT count(*) FROM appointment") == people)
        #expect(try await rig.scalar("SELECT count(*) FROM slot WHERE is_closed AND (capacity > 0 OR taken > 0)") == 0)
        // Nobody was told twice, and everybody who was moved or cancelled by the hall was told.
        #expect(
            try await rig.scalar(
                """
                SELECT count(*) FROM (
                    SELECT subject FROM event_log WHERE payload LIKE '%"cause":"closure"%' GROUP BY subject HAVING count(*) > 1
                ) AS twice
                """) == 0)
        #expect(
            try await rig.scalar(
                """
                SELECT count(*) FROM closure_move m WHERE (m.state IN ('moved', 'cancelled')) <> EXISTS (
                    SELECT FROM event_log e
                    WHERE e.subject = m.appointment_id::text AND e.payload LIKE '%"cause":"closure"%')
                """) == 0)
    }

    @Test func `Two processes move everybody once, while people cancel and move at the same moment`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 10), poolSize: 12) { rig in
            try await withProcess(rig) { other in
                let people = 160
                let tokens = try await fill(rig, people)
                let later = try await rig.slots(hall: BookingCity.south)
                let outcome = try await rig.close()
                #expect(outcome.people == people)
                let counts = try await withThrowingTaskGroup(of: [String: Int].self) { group in
                    for moves in [rig.parts.moves, other.moves, rig.parts.moves, other.moves] {
                        group.addTask {
                            try await moves.sweep()
                            return [:]
                        }
                    }
                    for number in stride(from: 0, to: people, by: 4) {
                        group.addTask {
                            let answer = try await rig.client.send(
                                .DELETE, "/api/v1/appointments/\(tokens[number])", headers: ["If-Match": "\"1\""])
                            // The hall was first: the version is another one.
                            #expect([204, 412].contains(answer.status), "\(answer.text)")
                            return answer.status == 204 ? ["cancelled": 1] : [:]
                        }
                        group.addTask {
                            let token = tokens[number + 1]
                            let answer = try await rig.client.send(
                                .PATCH, "/api/v1/appointments/\(token)",
                                json: #"{"slot":"\#(later[later.count - 1 - number % 20])"}"#,
                                headers: ["If-Match": "\"1\""])
                            #expect([200, 409, 412].contains(answer.status), "\(answer.text)")
                            return answer.status == 200 ? ["moved": 1] : [:]
                        }
                    }
                    return try await group.reduce(into: [String: Int]()) { $0.merge($1, uniquingKeysWith: +) }
                }
                try await rig.allMoved()
                try await check(rig, people: people)
                let cancelled = counts["cancelled"] ?? 0
                #expect(
                    try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == people
                        - cancelled)
                #expect(
                    try await rig.scalar("SELECT count(*) FROM closure_move WHERE state = 'moved'")
                        == people - cancelled - (counts["moved"] ?? 0))
            }
        }
    }

    @Test func `A process that is killed at any moment loses nobody and moves nobody twice`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 6), poolSize: 12) { rig in
            try await withProcess(rig, name: "doomed") { doomed in
                let people = 100
                _ = try await fill(rig, people)
                #expect(try await rig.close().people == people)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for _ in 0..<12 {
                            try await rig.pool.execute(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'"
                            )
                            // Nothing waits for this: it parts the cuts, so that some work comes between them.
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                    group.addTask {
                        for _ in 0..<40 {
                            _ = try? await doomed.moves.sweep()
                            // What the dead had in hand is free again after a while.
                            rig.clock.advance(seconds: 1)
                            await Task.yield()
                        }
                    }
                    try await group.waitForAll()
                }
                rig.clock.advance(seconds: 60)
                try await rig.allMoved()
                try await check(rig, people: people)
                #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == people)
            }
        }
    }

    @Test func `Nobody gets into a hall while it closes`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 10), poolSize: 12, connections: 200) { rig in
            let slots = Array(try await rig.tomorrowsSlots().prefix(4))
            let booked = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<120 {
                    group.addTask {
                        if number % 2 == 0 {
                            let answer = try await rig.book(slots[number % 4], phone: BookingRig.phone(number))
                            #expect([201, 409].contains(answer.status), "\(answer.text)")
                            return answer.status == 201 ? 1 : 0
                        }
                        let hold = try await rig.hold(slots[number % 4])
                        guard let token = hold.string("token") else { return 0 }
                        let answer = try await rig.book(token, phone: BookingRig.phone(number), place: "hold")
                        #expect([201, 409].contains(answer.status), "\(answer.text)")
                        return answer.status == 201 ? 1 : 0
                    }
                }
                group.addTask {
                    try await rig.close()
                    return 0
                }
                return try await group.reduce(0, +)
            }
            try await rig.parts.holdExpiry.sweep()
            try await rig.allMoved()
            #expect(try await rig.leftAtClosed() == 0)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == booked)
            #expect(try await rig.overbooked() == 0)
            #expect(try await rig.miscounted() == 0)
        }
    }
}
