import BookingService
import Domain
import EventContracts
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite("Bookings that share a commit")
struct GroupCommitWriterTests {
    /// A writer of its own, as another process has one.
    private func writer(_ rig: BookingRig) -> GroupCommitBookingWriter {
        GroupCommitBookingWriter(
            pool: rig.pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 4096,
            wake: { _ in })
    }

    private func slot(_ rig: BookingRig, number: Int = 0) async throws -> Slot {
        let rows = try await rig.pool.read(
            """
            SELECT id, hall, service, starts_at, ends_at, capacity, taken FROM slot
            WHERE service = 'passport' ORDER BY starts_at DESC, id OFFSET \(number) LIMIT 1
            """)
        let row = try #require(rows.first)
        let (id, hall, service, start, end, capacity, taken) = try row.decode(
            Int64.self, String.self, String.self, Timestamp.self, Timestamp.self, Int.self, Int.self)
        return Slot(
            id: SlotID(rawValue: id), hall: HallID(hall), service: ServiceID(service), start: start, end: end,
            capacity: capacity, taken: taken)
    }

    private func order(
        _ rig: BookingRig, _ slot: Slot, person: Int, key: String? = nil, version: Int = 1
    ) throws -> BookOrder {
        BookOrder(
            request: IdempotentRequest(scope: "test", key: key ?? "\(person)", fingerprint: "f"), place: .slot(slot.id),
            slot: slot, personKey: "person-\(person)", nameSealed: [1],
            phone: try #require(PhoneNumber(BookingRig.phone(person))), phoneSealed: [1],
            checklist: AcceptedChecklist(version: version), language: .zhHans, channel: .online, now: rig.clock.now,
            earliestStart: rig.clock.now,
            answer: { appointment, _ in StoredAnswer(status: 201, body: Array(appointment.reference.utf8)) })
    }

    private func bookAll(
        _ orders: [BookOrder], _ writers: [GroupCommitBookingWriter]
    ) async throws -> [Result<StoredAnswer, any Error>] {
        await withTaskGroup(of: (Int, Result<StoredAnswer, any Error>).self) { group in
            for (number, order) in orders.enumerated() {
                group.addTask {
                    do {
                        return (number, .success(try await writers[number % writers.count].book(order)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            let all = await group.reduce(into: []) { $0.append($1) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    @Test func `Hundreds share few commits, and each gets the answer that is kept for it`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 600)) { rig in
            let slot = try await slot(rig)
            let writer = writer(rig)
            let orders = try (0..<500).map { try order(rig, slot, person: $0) }
            let answers = try await bookAll(orders, [writer]).map { try $0.get() }
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 500)
            #expect(try await rig.scalar("SELECT count(DISTINCT xmin::text) FROM appointment") < 125)
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE action = 'booked'") == 500)
            let head = try await rig.scalar("SELECT head FROM event_stream WHERE stream LIKE '%:booking'")
            #expect(head == 500)
            #expect(try await rig.miscounted() == 0)
            let again = try await bookAll(orders, [writer]).map { try $0.get() }
            #expect(again == answers)
            #expect(Set(answers.map(\.body)).count == 500)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 500)
        }
    }

    @Test func `A request that the database refuses fails alone`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 600)) { rig in
            let slot = try await slot(rig)
            // No integer of four bytes.
            let orders = try (0..<120).map {
                try order(rig, slot, person: $0, version: $0 == 77 ? 5_000_000_000 : 1)
            }
            let answers = try await bookAll(orders, [writer(rig)])
            let failed = answers.indices.filter { if case .failure = answers[$0] { true } else { false } }
            #expect(failed == [77])
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 119)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `Two processes grant a slot's places once, a person one of them, and a key one answer`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 40)) { rig in
            let slots = [try await slot(rig), try await slot(rig, number: 1)]
            let writers = [writer(rig), writer(rig)]
            // Each person asks for both slots at both processes; every fifth sends the same request twice.
            var orders: [BookOrder] = []
            for person in 0..<60 {
                for (number, slot) in (person % 2 == 0 ? slots : slots.reversed()).enumerated() {
                    orders.append(try order(rig, slot, person: person, key: "\(person)-\(number)"))
                }
            }
            for person in stride(from: 0, to: 60, by: 5) {
                orders.append(try order(rig, slots[person % 2], person: person, key: "\(person)-0"))
                orders.append(try order(rig, slots[person % 2], person: person, key: "\(person)-0"))
            }
            let answers = try await bookAll(orders, writers)
            for answer in answers {
                if case .failure(let error) = answer {
                    let refusal = try #require(error as? BookingError, "\(error)")
                    switch refusal {
                    case .alreadyBooked, .slotFull: break
                    default: Issue.record("\(refusal)")
                    }
                }
            }
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 60)
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM (SELECT person_key FROM appointment GROUP BY 1 HAVING count(*) > 1) AS twice")
                    == 0)
            #expect(try await rig.scalar("SELECT max(taken) FROM slot") <= 40)
            #expect(try await rig.miscounted() == 0)
            var byKey: [String: Set<StoredAnswer>] = [:]
            for (order, answer) in zip(orders, answers) {
                if case .success(let answer) = answer { byKey[order.request.key, default: []].insert(answer) }
            }
            #expect(byKey.values.allSatisfy { $0.count == 1 })
        }
    }

    @Test func `The same request at two processes at once is one booking with one answer for both`() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 400)) { rig in
            let slot = try await slot(rig)
            let writers = [writer(rig), writer(rig)]
            for round in 0..<40 {
                let orders = try (0..<6).map { _ in try order(rig, slot, person: round, key: "round-\(round)") }
                let answers = try await bookAll(orders, writers).map { try $0.get() }
                #expect(Set(answers).count == 1)
            }
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 40)
            #expect(try await rig.miscounted() == 0)
        }
    }
}
