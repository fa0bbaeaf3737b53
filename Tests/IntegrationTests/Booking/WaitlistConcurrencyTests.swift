import Domain
import EventContracts
import Foundation
import Logging
import Postgres
import ServiceBootstrap
import Synchronization
import TestSupport
import Testing
import Web

@testable import BookingService

@Suite("The waitlist, many at once")
struct WaitlistConcurrencyTests {
    /// Set once.
    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isSet: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    /// What another process has: connections, a writer, and the job that gives places away.
    private struct Process {
        let pool: PostgresPool
        let writer: GroupCommitBookingWriter
        let job: HoldExpiry

        init(_ rig: BookingRig, name: String) {
            let logger = Logger(label: "test")
            pool = PostgresPool(
                configuration: PostgresConfiguration(
                    uri: rig.runtime.configuration.postgres, searchPath: BookingSchema.name, applicationName: name),
                logger: logger)
            let catalogue = rig.parts.catalogue
            job = HoldExpiry(
                pool: pool, clock: { rig.clock.now }, logger: logger, changed: { _ in },
                returns: PlaceReturn(
                    pool: pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, city: { catalogue.city },
                    wake: { _ in }, changed: { _ in }))
            writer = GroupCommitBookingWriter(
                pool: pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 4096,
                wake: { _ in }, freedPlaces: { catalogue.city.freedPlaces })
        }
    }

    /// Runs the body beside the pool of another process.
    private func withProcess(
        _ rig: BookingRig, name: String = "other", _ body: @Sendable (Process) async throws -> Void
    ) async throws {
        let process = Process(rig, name: name)
        let running = Task { try await process.pool.run() }
        defer { running.cancel() }
        try await body(process)
    }

    private func appointments(_ rig: BookingRig) async throws -> [AppointmentID] {
        try await rig.pool.execute("SELECT id FROM appointment ORDER BY created_at, id").map {
            AppointmentID(try $0.decode("id", as: String.self))
        }
    }

    /// Cancels as often as it takes, as a person would whose connection broke.
    private func cancel(_ id: AppointmentID, by writer: GroupCommitBookingWriter, _ rig: BookingRig) async throws {
        for _ in 0..<200 {
            do {
                _ = try await writer.cancel(
                    CancelOrder(appointment: id, version: nil, cause: .person, now: rig.clock.now))
                return
            } catch BookingError.appointmentEnded {
                return
            } catch is PostgresError {
                // As a client does that tries again; there is no signal for a connection that will come back.
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        Issue.record("the cancellation came never through")
    }

    @Test func `Two processes free places at once: the first of the list get them, each one, and nobody else`()
        async throws
    {
        let places = 10
        try await withBooking(catalogue: BookingRig.waitlistCity(places: places), poolSize: 12) { rig in
            try await withProcess(rig) { other in
                let slots = try await rig.tomorrowsSlots()
                _ = try await rig.fill(slots, places: places)
                var people: [String] = []
                for person in 0..<30 { people.append(try await rig.join(100 + person)) }
                try await rig.watchOpenPlaces()
                let booked = try await appointments(rig)
                let stop = Flag()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for snatcher in 0..<4 {
                        group.addTask {
                            var number = 0
                            while !stop.isSet {
                                number += 1
                                let answer = try await rig.book(
                                    slots[number % 2], phone: BookingRig.phone(10_000 + snatcher))
                                #expect(answer.status == 409)
                            }
                        }
                    }
                    group.addTask {
                        while !stop.isSet { try await other.job.sweep() }
                    }
                    try await withThrowingTaskGroup(of: Void.self) { cancelling in
                        for (number, id) in booked.enumerated() {
                            let writer = number % 2 == 0 ? other.writer : rig.parts.writer
                            cancelling.addTask { try await cancel(id, by: writer, rig) }
                        }
                        try await cancelling.waitForAll()
                    }
                    _ = try await eventually("all places are offered") { () -> Bool? in
                        try await rig.scalar("SELECT count(*) FROM hold WHERE kind = 'offer' AND state = 'held'") == 20
                            ? true : nil
                    }
                    stop.set()
                    try await group.waitForAll()
                }
                // The first twenty, and each with one offer.
                #expect(
                    try await rig.scalar(
                        """
                        SELECT count(*) FROM (
                            SELECT state, offers, row_number() OVER (ORDER BY position) AS number FROM waitlist_entry
                        ) AS e WHERE (number <= 20) <> (state = 'offered') OR (number <= 20) <> (offers = 1)
                        """) == 0)
                #expect(try await rig.scalar("SELECT count(*) FROM opened") == 0)
                #expect(
                    try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%waitlist-offered%'") == 20)
                #expect(try await rig.miscounted() == 0)
                let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
                    for token in people.prefix(20) { group.addTask { try await rig.accept(token).status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(accepted.allSatisfy { $0 == 201 }, "\(accepted)")
                #expect(try await rig.miscounted() == 0)
            }
        }
    }

    @Test func `A process that is killed at any moment loses no place and gives none twice`() async throws {
        let places = 10
        try await withBooking(catalogue: BookingRig.waitlistCity(places: places), poolSize: 12) { rig in
            try await withProcess(rig, name: "doomed") { doomed in
                let slots = try await rig.tomorrowsSlots()
                _ = try await rig.fill(slots, places: places)
                for person in 0..<25 { _ = try await rig.join(100 + person, automatic: person % 2 == 0) }
                try await rig.watchOpenPlaces()
                let booked = try await appointments(rig)
                let stop = Flag()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for _ in 0..<15 {
                            try await rig.pool.execute(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'"
                            )
                            // Nothing waits for this: it parts the cuts, so that some work comes between them.
                            try await Task.sleep(for: .milliseconds(30))
                        }
                    }
                    group.addTask {
                        while !stop.isSet {
                            _ = try? await doomed.job.sweep()
                            await Task.yield()
                        }
                    }
                    try await withThrowingTaskGroup(of: Void.self) { cancelling in
                        for id in booked { cancelling.addTask { try await cancel(id, by: doomed.writer, rig) } }
                        try await cancelling.waitForAll()
                    }
                    _ = try await eventually("all places are given") { () -> Bool? in
                        try await rig.scalar("SELECT count(*) FROM waitlist_entry WHERE state IN ('offered', 'taken')")
                            == 20
                            ? true : nil
                    }
                    stop.set()
                    try await group.waitForAll()
                }
                #expect(
                    try await rig.scalar(
                        """
                        SELECT count(*) FROM (
                            SELECT state, auto, row_number() OVER (ORDER BY position) AS number FROM waitlist_entry
                        ) AS e WHERE state <> CASE WHEN number > 20 THEN 'waiting' WHEN auto THEN 'taken' ELSE 'offered' END
                        """) == 0)
                #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 10)
                #expect(
                    try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%waitlist-offered%'") == 10)
                #expect(try await rig.scalar("SELECT count(*) FROM opened") == 0)
                #expect(try await rig.miscounted() == 0)
            }
        }
    }

    @Test func `Who joins while places come free gets one, whichever is first`() async throws {
        try await withBooking(catalogue: BookingRig.waitlistCity(places: 8), poolSize: 12) { rig in
            let slots = try await rig.tomorrowsSlots()
            let booked = try await rig.fill(slots, places: 8)
            let people = try await withThrowingTaskGroup(of: String?.self) { group in
                for (number, token) in booked.enumerated() {
                    group.addTask {
                        try await rig.cancel(token)
                        return nil
                    }
                    group.addTask { try await rig.join(100 + number) }
                }
                return try await group.reduce(into: [String]()) { list, token in if let token { list.append(token) } }
            }
            #expect(people.count == 16)
            for token in people { _ = try await rig.offer(token) }
            #expect(try await rig.miscounted() == 0)
        }
    }
}
