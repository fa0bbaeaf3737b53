import Domain
import EventContracts
import Postgres
import ServiceBootstrap
import TestSupport
import Web

@testable import BookingService

/// A few slots, a few people who do things at random through two writers, and connections that break meanwhile. What they do follows from the seed;
/// how it overlaps does not.
struct HistoryRun: Sendable {
    private static let people = 10
    private static let steps = 8
    /// What a step cuts the connections of a writer in the middle of, of a hundred.
    private static let cuts = 4

    let history = BookingHistory()
    let capacity: [Int64: Int]
    private let slots: [Slot]
    private let rig: BookingRig
    /// The names of the applications whose connections the writers use.
    private let pools: [String]
    private let writers: [GroupCommitBookingWriter]
    private let seed: UInt64

    init(_ rig: BookingRig, _ pools: [String], _ writers: [GroupCommitBookingWriter], seed: UInt64) async throws {
        self.rig = rig
        self.pools = pools
        self.writers = writers
        self.seed = seed
        var random = RandomSequence(seed: seed)
        var slots: [Slot] = []
        for number in 0..<3 {
            let places = Int.random(in: 1...3, using: &random)
            let start = rig.clock.now.advanced(minutes: 100_000 + Int(seed) * 10 + number)
            let rows = try await rig.pool.execute(
                """
                INSERT INTO slot (hall, service, starts_at, ends_at, capacity)
                VALUES ('history', 'passport', \(start), \(start.advanced(minutes: 15)), \(places)) RETURNING id
                """)
            guard let id: Int64 = try rows.first?.decode("id") else { throw BookingError.slotUnknown }
            slots.append(
                Slot(
                    id: SlotID(rawValue: id), hall: "history", service: "passport", start: start,
                    end: start.advanced(minutes: 15), capacity: places, taken: 0))
        }
        self.slots = slots
        capacity = Dictionary(uniqueKeysWithValues: slots.map { ($0.id.rawValue, $0.capacity) })
    }
}

extension HistoryRun {
    /// A person, who does one thing after the other.
    private struct Person {
        var name: String
        var random: RandomSequence
        var appointment: (call: Int, id: AppointmentID)?
        var hold: (call: Int, token: String, slot: Slot)?
        /// Has an attempt behind them of which they do not know what became, so that nothing they are told can be told wrong.
        var hasGone = false
        var requests = 0
    }

    /// Everybody at once.
    ///
    /// - Returns: what is wrong.
    func faults() async throws -> [String] {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.people {
                group.addTask {
                    var person = Person(
                        name: "\(seed)-\(number)", random: RandomSequence(seed: seed &* 1000 &+ UInt64(number)))
                    for _ in 0..<Self.steps where !person.hasGone { try await step(&person) }
                }
            }
            try await group.waitForAll()
        }
        let kept = try await rig.pool.read(
            """
            SELECT id::text, person_key, slot_id, state = 'booked' FROM appointment
            WHERE slot_id = ANY(\(list: slots.map(\.id.rawValue)))
            """
        ).map { row in
            let (reference, person, slot, isLive) = try row.decode(String.self, String.self, Int64.self, Bool.self)
            return HistoryChecker.Kept(reference: reference, person: person, slot: slot, isLive: isLive)
        }
        return HistoryChecker(history.calls, capacity: capacity).faults(kept: kept)
    }

    private func step(_ person: inout Person) async throws {
        if Int.random(in: 0..<100, using: &person.random) < Self.cuts { try await cut(&person) }
        guard let slot = slots.randomElement(using: &person.random) else { return }
        switch Int.random(in: 0..<12, using: &person.random) {
        case 0..<3 where person.hold == nil: try await hold(slot, &person)
        case 3: try await release(&person)
        case 4, 5: try await change(to: slot, &person)
        case 6: try await cancel(&person)
        case 7: try await pass()
        case 8: try await sweep()
        default: try await book(slot, &person)
        }
    }

    // MARK: What people do

    private func hold(_ slot: Slot, _ person: inout Person) async throws {
        person.requests += 1
        let token = "\(person.name)-\(person.requests)"
        let now = rig.clock.now
        let expires = now.advanced(minutes: 10)
        let order = HoldOrder(
            request: request(person), slot: slot.id, tokenHash: Secrets.sha256Hex(token),
            id: UUIDText.make(at: now, using: &person.random), expires: expires, draft: nil, now: now,
            earliestStart: now, answer: { _ in StoredAnswer(status: 201, body: Array(token.utf8)) })
        let (call, answer) = try await attempt(
            .hold(slot: slot.id.rawValue, expires: expires.milliseconds), &person
        ) { try await $0.hold(order) }
        if answer != nil { person.hold = (call, token, slot) }
    }

    private func release(_ person: inout Person) async throws {
        guard let hold = person.hold else { return }
        person.hold = nil
        let now = rig.clock.now
        // A second attempt finds the hold gone, whoever ended it.
        _ = try await attempt(.release(hold: hold.call), &person) { writer in
            _ = try await writer.release(holdTokenHash: Secrets.sha256Hex(hold.token), at: now)
        }
    }

    private func book(_ slot: Slot, _ person: inout Person) async throws {
        person.requests += 1
        let (place, wanted, at) = place(slot, &person)
        let order = BookOrder(
            request: request(person), place: wanted, slot: at, personKey: person.name, nameSealed: [1],
            phone: try phone(), phoneSealed: try rig.runtime.secrets.seal(try phone().e164, for: "phone"),
            checklist: AcceptedChecklist(version: 1), language: .zhHans, channel: .online, now: rig.clock.now,
            earliestStart: rig.clock.now,
            answer: { appointment, _ in StoredAnswer(status: 201, body: Array(appointment.id.rawValue.utf8)) })
        let (call, answer) = try await attempt(.book(person: person.name, place: place), &person) {
            try await $0.book(order)
        }
        if let answer { person.appointment = (call, AppointmentID(String(decoding: answer.body, as: UTF8.self))) }
    }

    private func change(to slot: Slot, _ person: inout Person) async throws {
        guard let appointment = person.appointment else { return }
        let (place, wanted, _) = place(slot, &person)
        let order = RescheduleOrder(
            appointment: appointment.id, version: nil, place: wanted, now: rig.clock.now, earliestStart: rig.clock.now)
        _ = try await attempt(.move(appointment: appointment.call, place: place), &person) { writer in
            _ = try await writer.reschedule(order)
        }
    }

    private func cancel(_ person: inout Person) async throws {
        guard let appointment = person.appointment else { return }
        let order = CancelOrder(appointment: appointment.id, version: nil, cause: .person, now: rig.clock.now)
        _ = try await attempt(.cancel(appointment: appointment.call), &person) { writer in
            do {
                _ = try await writer.cancel(order)
            } catch BookingError.appointmentEnded {
                // An attempt before this one did it.
            }
        }
        person.appointment = nil
    }

    private func pass() async throws {
        let call = history.begin(.pass(to: rig.clock.now.milliseconds + 240_000))
        rig.clock.advance(seconds: 240)
        history.end(call, .done("clock"))
    }

    private func sweep() async throws {
        let call = history.begin(.sweep)
        let expiry = HoldExpiry(
            pool: rig.pool, clock: { rig.clock.now }, logger: rig.runtime.logger, changed: { _ in })
        do {
            try await expiry.sweep()
            // Skips what another is at.
            history.end(call, .unknown)
        } catch let error as PostgresError where Self.isUnclear(error) {
            history.end(call, .unknown)
        }
    }

    // MARK: How

    private func phone() throws -> PhoneNumber {
        guard let phone = PhoneNumber(BookingRig.phone(1)) else { throw BookingError.unreadable("phone") }
        return phone
    }

    private func request(_ person: Person) -> IdempotentRequest {
        IdempotentRequest(scope: "history", key: "\(person.name)-\(person.requests)", fingerprint: "f")
    }

    /// The place that the person holds, or an open one.
    private func place(_ slot: Slot, _ person: inout Person) -> (BookingHistory.Place, BookingService.Place, Slot) {
        guard let hold = person.hold, Bool.random(using: &person.random) else {
            return (.slot(slot.id.rawValue), .slot(slot.id), slot)
        }
        person.hold = nil
        return (
            .hold(hold.call, slot: hold.slot.id.rawValue), .hold(tokenHash: Secrets.sha256Hex(hold.token)), hold.slot
        )
    }

    /// Does something until the answer is clear, or gives up at the first unclear one, as people do.
    private func attempt<Answer: Sendable>(
        _ action: BookingHistory.Action, _ person: inout Person,
        _ body: (GroupCommitBookingWriter) async throws -> Answer
    ) async throws -> (call: Int, answer: Answer?) {
        let call = history.begin(action)
        for _ in 0..<200 {
            do {
                let answer = try await body(writers[Int.random(in: writers.indices, using: &person.random)])
                let name = (answer as? StoredAnswer).map { String(decoding: $0.body, as: UTF8.self) } ?? ""
                history.end(call, .done(name))
                return (call, answer)
            } catch let error where Self.isUnclear(error) {
                guard Int.random(in: 0..<5, using: &person.random) > 0 else {
                    history.end(call, .unknown)
                    person.hasGone = true
                    return (call, nil)
                }
            } catch let error as BookingError {
                history.end(call, .refused(Self.refusal(error)))
                return (call, nil)
            }
        }
        throw DeadlinePassed(description: "no clear answer to \(action)")
    }

    private static func refusal(_ error: BookingError) -> BookingHistory.Refusal {
        switch error {
        case .slotFull: .full
        case .alreadyBooked: .alreadyBooked
        case .holdEnded, .holdUnknown: .holdEnded
        default: .other
        }
    }

    private static func isUnclear(_ error: any Error) -> Bool {
        if case .busy = error as? BookingError { return true }
        guard let error = error as? PostgresError else { return false }
        return error.isConnectionFailure || error.isSerializationFailure || [.closed, .timeout].contains(error.code)
    }

    /// Breaks every connection of one of the writers, as if its machine or the network had gone.
    private func cut(_ person: inout Person) async throws {
        guard let name = pools.randomElement(using: &person.random) else { return }
        _ = try await rig.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \(name)")
    }
}
