import Domain
import EventContracts
import Messaging
import OrderedCollections
import Testing
import Web

@testable import BookingService

/// What a batch decides, command by command, on rows that are locked.
@Suite("A batch of bookings")
struct BookingBatchTests {
    private typealias Place = BookingService.Place
    private static let now = Timestamp(seconds: 1_811_815_200)
    private let secrets: Secrets
    private var batch: BookingBatch

    init() throws {
        secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
        batch = BookingBatch(streams: StreamNames(), secrets: secrets)
        batch.slots = [Self.one.id: Self.one, Self.two.id: Self.two, Self.other.id: Self.other]
    }

    private static func slot(
        _ id: Int64, hall: HallID = "north", service: ServiceID = "passport", capacity: Int = 2, taken: Int = 0
    ) -> Slot {
        let start = now.advanced(minutes: 60 * Int(id))
        return Slot(
            id: SlotID(rawValue: id), hall: hall, service: service, start: start, end: start.advanced(minutes: 15),
            capacity: capacity, taken: taken)
    }

    private static let one = slot(1)
    private static let two = slot(2, hall: "south")
    private static let other = slot(3, service: "residence")

    private func request(_ key: String, body: String = "body") -> IdempotentRequest {
        IdempotentRequest(scope: "scope", key: key, fingerprint: Secrets.sha256Hex(body))
    }

    private func booking(
        _ person: String, _ place: Place = .slot(one.id), in slot: Slot = one, key: String? = nil,
        body: String = "body",
        earliest: Timestamp = now, phoneKey: String? = nil, limits: PersonLimits? = nil, opening: SlotOpening? = nil
    ) throws -> BookingCommand {
        let token = "token-\(person)"
        let order = BookOrder(
            request: request(key ?? person, body: body), place: place, slot: slot, personKey: person, nameSealed: [1],
            phone: try #require(PhoneNumber("13900000000")),
            phoneSealed: try secrets.seal("+8613900000000", for: "phone"),
            checklist: AcceptedChecklist(version: 1), language: .zhHans, channel: .online, now: Self.now,
            earliestStart: earliest, phoneKey: phoneKey, phoneLimit: 2,
            limited: limits.map { Self.limited($0) }, opening: opening, answer: { _, _ in StoredAnswer(status: 201) })
        let appointment = Appointment(
            id: AppointmentID("a-\(person)"), reference: "K7M3-9QXT", tokenHash: Secrets.sha256Hex(token),
            tokenSealed: [1], slot: slot.id, hall: slot.hall, service: slot.service, start: slot.start, end: slot.end,
            personKey: person, nameSealed: [1], phoneSealed: order.phoneSealed, checklist: order.checklist,
            state: .booked, version: 1, sequence: 0, language: .zhHans, channel: .online,
            phoneKey: phoneKey)
        return .book(
            PreparedBooking(
                order: order, appointment: appointment, answer: StoredAnswer(status: 201, body: Array(person.utf8)),
                sealedAnswer: [7], event: NewEvent(type: "booked", subject: "a-\(person)", payload: "{}")))
    }

    /// Limits of a person in Shanghai.
    private static func limited(_ limits: PersonLimits) -> LimitedVisit {
        LimitedVisit(limits: limits) { _, moment in
            LocalDate(daysSinceEpoch: Int((moment.milliseconds + 28_800_000) / 86_400_000))
        }
    }

    private func body(_ outcome: BookingOutcome) throws -> String {
        guard case .answered(let answer) = outcome else {
            Issue.record("no answer: \(outcome)")
            return ""
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    @Test mutating func `A slot that is not open yet is refused, and says when it opens`() throws {
        let late = Self.now.advanced(milliseconds: 1)
        let opening = SlotOpening(from: Self.now, by: Self.now.advanced(minutes: 20), moment: late)
        #expect(throws: BookingError.slotNotOpen(Self.one, opening)) {
            try batch.decide(try booking("a", opening: opening))
        }
        #expect(batch.changes.isEmpty)
        let open = SlotOpening(from: Self.now, by: Self.now, moment: Self.now)
        #expect(try body(batch.decide(try booking("a", opening: open))) == "a")
    }

    @Test mutating func `Places go in the order of coming, and when there is none left the rest are told so`() throws {
        #expect(try body(batch.decide(try booking("a"))) == "a")
        #expect(try body(batch.decide(try booking("b"))) == "b")
        #expect {
            try batch.decide(try booking("c"))
        } throws: { error in
            guard case .slotFull(let slot)? = error as? BookingError else { return false }
            return slot.taken == 2
        }
        // Who was refused may have another slot.
        #expect(try body(batch.decide(try booking("c", .slot(Self.two.id), in: Self.two, key: "c2"))) == "c")
        #expect(batch.changes.taken == [Self.one.id: 2, Self.two.id: 1])
        #expect(batch.changes.booked.map(\.appointment.personKey) == ["a", "b", "c"])
        #expect(batch.changes.answers.map(\.request.key) == ["a", "b", "c2"])
        #expect(batch.changes.notes.map(\.subject) == ["a-a", "a-b", "a-c"])
        #expect(batch.changes.events.map(\.stream) == ["north", "north", "south"].map { StreamNames().booking($0) })
    }

    @Test mutating func `A person gets one place of a service, also of two requests in one batch`() throws {
        batch.living = [BookingBatch.Person(key: "old", service: "passport")]
        #expect(throws: BookingError.alreadyBooked) { try batch.decide(try booking("old")) }
        _ = try batch.decide(try booking("new"))
        #expect(throws: BookingError.alreadyBooked) {
            try batch.decide(try booking("new", .slot(Self.two.id), in: Self.two, key: "again"))
        }
        // Another service is another matter.
        _ = try batch.decide(try booking("old", .slot(Self.other.id), in: Self.other, key: "other"))
        #expect(batch.changes.booked.count == 2)
    }

    @Test mutating func `A phone has so many places for persons with a document, and the lowest free one is taken`()
        throws
    {
        batch.seats = ["phone": [2]]
        _ = try batch.decide(try booking("a", phoneKey: "phone"))
        #expect(batch.changes.booked.map(\.appointment.phoneSeat) == [1])
        #expect(throws: BookingError.phoneFull(limit: 2)) { try batch.decide(try booking("b", phoneKey: "phone")) }
        #expect(batch.changes.taken == [Self.one.id: 1])
        // Others have their own, and who is known by the phone alone needs none.
        _ = try batch.decide(try booking("b", .slot(Self.two.id), in: Self.two, key: "b2", phoneKey: "other"))
        _ = try batch.decide(try booking("c"))
        #expect(batch.changes.booked.map(\.appointment.phoneSeat) == [1, 1, nil])
    }

    @Test mutating func `A person's quota counts what was there and what the batch books, moves and cancels`() throws {
        let person = BookingBatch.Person(key: "a", service: "passport")
        let today = LocalDate(daysSinceEpoch: Int(Self.now.milliseconds / 86_400_000))
        let limits = PersonLimits(perWeek: 2)
        batch.visits = [person: ["old": CountedVisit(date: today), "older": CountedVisit(date: today)]]
        let next = today.weekStart.advanced(days: 7)
        #expect(throws: BookingError.limited(.week(limit: 2, next: next))) {
            try batch.decide(try booking("a", limits: limits))
        }
        #expect(batch.changes.isEmpty)
        // Others, and services without limits, are not counted.
        _ = try batch.decide(try booking("b", limits: limits))
        #expect(batch.changes.booked.map(\.appointment.visitDate) == [today])
        batch.visits[person] = ["old": CountedVisit(date: today)]
        _ = try batch.decide(try booking("a", limits: limits))
        #expect(batch.visits[person]?["a-a"] == CountedVisit(date: today))
    }

    @Test mutating func `A visit that moves does not count against itself, and one that is cancelled not at all`()
        throws
    {
        let day = LocalDate(daysSinceEpoch: Int(Self.now.milliseconds / 86_400_000))
        let limits = PersonLimits(perWeek: 1, noShows: NoShowRule(count: 1, withinDays: 90, blockDays: 90, forgiven: 0))
        guard case .book(let prepared) = try booking("a", limits: limits) else { return }
        var mine = prepared.appointment
        mine.visitDate = day
        let person = BookingBatch.Person(mine)
        batch.appointments = [mine.id: mine]
        batch.living = [person]
        // A no-show of some weeks ago keeps nobody from moving.
        batch.visits = [
            person: [
                mine.id: CountedVisit(date: day),
                "missed": CountedVisit(date: day.advanced(days: -21), isNoShow: true),
            ]
        ]
        var order = RescheduleOrder(
            appointment: mine.id, version: nil, place: .slot(Self.two.id), now: Self.now, earliestStart: Self.now)
        order.limited = (mine.personKey, mine.service, Self.limited(limits))
        guard case .changed(_, let after) = try batch.decide(.reschedule(order)) else {
            Issue.record("not moved")
            return
        }
        #expect(after.visitDate == day)
        _ = try batch.decide(.cancel(CancelOrder(appointment: mine.id, version: nil, cause: .person, now: Self.now)))
        #expect(batch.visits[person]?[mine.id] == nil)
        #expect(throws: BookingError.limited(.noShows(until: day.advanced(days: 69)))) {
            try batch.decide(try booking("a", key: "again", limits: limits))
        }
    }

    @Test mutating func `The same key gets the same answer, also within a batch, and with another body none`() throws {
        batch.given = [
            request("earlier").name: IdempotencyStore.Given(
                fingerprint: Secrets.sha256Hex("body"), answer: StoredAnswer(status: 201, body: Array("kept".utf8)))
        ]
        #expect(try body(batch.decide(try booking("x", key: "earlier"))) == "kept")
        #expect(throws: BookingError.keyReused) { try batch.decide(try booking("x", key: "earlier", body: "changed")) }
        #expect(try body(batch.decide(try booking("a", key: "twice"))) == "a")
        #expect(try body(batch.decide(try booking("b", key: "twice"))) == "a")
        #expect(throws: BookingError.keyReused) { try batch.decide(try booking("b", key: "twice", body: "changed")) }
        #expect(batch.changes.booked.count == 1)
        #expect(batch.changes.taken == [Self.one.id: 1])
    }

    @Test mutating func `Slots that nobody knows, that began, or of which one place is left`() throws {
        #expect(throws: BookingError.slotUnknown) {
            try batch.decide(try booking("a", .slot(SlotID(rawValue: 9))))
        }
        #expect(throws: BookingError.slotClosed(Self.one)) {
            try batch.decide(try booking("a", earliest: Self.one.start.advanced(seconds: 1)))
        }
        #expect(batch.changes.isEmpty)
    }

    private func hold(_ token: String, expires: Timestamp = now.advanced(minutes: 1)) -> Hold {
        Hold(id: "h-\(token)", slot: Self.one, expires: expires, state: .held, draft: nil, appointment: nil)
    }

    @Test mutating func `A hold is used once or given back once, to the last millisecond and no longer`() throws {
        let due = Timestamp(milliseconds: Self.now.milliseconds + 1)
        batch.holds = [
            "good": hold("good", expires: due), "over": hold("over", expires: Self.now), "back": hold("back"),
        ]
        #expect(try body(batch.decide(try booking("a", .hold(tokenHash: "good")))) == "a")
        #expect(throws: BookingError.holdEnded(Self.one)) {
            try batch.decide(try booking("b", .hold(tokenHash: "good")))
        }
        #expect(throws: BookingError.holdEnded(Self.one)) {
            try batch.decide(try booking("b", .hold(tokenHash: "over")))
        }
        #expect(throws: BookingError.holdUnknown) { try batch.decide(try booking("b", .hold(tokenHash: "none"))) }
        for isFirst in [true, false] {
            guard case .released(isFirst) = try batch.decide(.release(tokenHash: "back", now: Self.now)) else {
                Issue.record("given back: not \(isFirst)")
                return
            }
        }
        // The place of the used hold was taken before; that of the other is free again.
        #expect(batch.changes.taken == [Self.one.id: -1])
        #expect(batch.changes.endedHolds.map(\.state) == [.used, .released])
        #expect(batch.changes.endedHolds.first?.appointment == "a-a")
    }

    private mutating func keepAppointment(of person: String, at slot: Slot) throws {
        guard case .book(let booking) = try booking(person, .slot(slot.id), in: slot) else { return }
        batch.appointments[booking.appointment.id] = booking.appointment
        batch.slots[slot.id]?.taken += 1
        batch.living.insert(BookingBatch.Person(key: person, service: slot.service))
    }

    private func moved(_ person: String, to slot: Slot, version: Int? = nil) -> BookingCommand {
        .reschedule(
            RescheduleOrder(
                appointment: AppointmentID("a-\(person)"), version: version, place: .slot(slot.id), now: Self.now,
                earliestStart: Self.now))
    }

    private func cancelled(_ person: String, version: Int? = nil) -> BookingCommand {
        .cancel(
            CancelOrder(appointment: AppointmentID("a-\(person)"), version: version, cause: .person, now: Self.now))
    }

    @Test mutating func `A place that is cancelled or left goes to the next who asks in the same batch`() throws {
        for person in ["a", "b"] { try keepAppointment(of: person, at: Self.one) }
        #expect(throws: BookingError.self) { try batch.decide(try booking("c")) }
        _ = try batch.decide(cancelled("a"))
        _ = try batch.decide(try booking("c", key: "c2"))
        _ = try batch.decide(moved("b", to: Self.two))
        _ = try batch.decide(try booking("d"))
        #expect(batch.changes.taken[Self.one.id] == 0)
        #expect(batch.changes.taken[Self.two.id] == 1)
        #expect(batch.changes.changed["a-a"]?.appointment.state == .cancelled)
        #expect(batch.changes.changed["a-b"]?.appointment.hall == "south")
        #expect(
            batch.changes.events.map(\.event.type).suffix(3).contains { $0.hasSuffix("appointment-rescheduled.v1") })
    }

    @Test mutating func `Who moves with a hold and asks again, since the answer got lost, is told that it is done`()
        throws
    {
        for person in ["a", "b"] { try keepAppointment(of: person, at: Self.two) }
        batch.holds = ["good": hold("good")]
        func move(_ person: String) -> BookingCommand {
            .reschedule(
                RescheduleOrder(
                    appointment: AppointmentID("a-\(person)"), version: nil, place: .hold(tokenHash: "good"),
                    now: Self.now, earliestStart: Self.now))
        }
        for _ in 1...2 {
            guard case .changed(_, let after) = try batch.decide(move("a")) else {
                Issue.record("not moved")
                return
            }
            #expect(after.slot == Self.one.id)
            #expect(after.version == 2)
        }
        #expect(batch.changes.endedHolds.count == 1)
        // Nobody else has it.
        #expect(throws: BookingError.holdEnded(Self.one)) { try batch.decide(move("b")) }
    }

    @Test
    mutating func `An appointment changed twice in a batch is written once, and a version seen before is refused`()
        throws
    {
        try keepAppointment(of: "a", at: Self.one)
        _ = try batch.decide(moved("a", to: Self.two, version: 1))
        #expect(throws: BookingError.appointmentStale(version: 2)) { try batch.decide(cancelled("a", version: 1)) }
        _ = try batch.decide(cancelled("a", version: 2))
        #expect(throws: BookingError.appointmentEnded) { try batch.decide(cancelled("a")) }
        #expect(throws: BookingError.appointmentUnknown) { try batch.decide(cancelled("nobody")) }
        #expect(batch.changes.changed.count == 1)
        #expect(batch.changes.changed["a-a"]?.appointment.version == 3)
        #expect(batch.changes.taken == [Self.one.id: -1, Self.two.id: 0])
        // Who has cancelled may book again.
        _ = try batch.decide(try booking("a", key: "anew"))
    }

    @Test mutating func `An appointment that another process moved meanwhile is asked for again`() throws {
        try keepAppointment(of: "a", at: Self.one)
        batch.appointments["a-a"]?.slot = SlotID(rawValue: 77)
        guard case .movedMeanwhile = try batch.decide(cancelled("a")) else {
            Issue.record("decided on a slot that is not locked")
            return
        }
        #expect(batch.changes.isEmpty)
    }

    @Test func `An answer is kept to the letter`() throws {
        let answer = StoredAnswer(
            status: 201, headers: ["Location": "/a/b", "Content-Type": "application/json"],
            body: Array(#"{"a":"二\n\n3: 4"}"#.utf8))
        #expect(StoredAnswer(text: answer.text) == answer)
        let bare = StoredAnswer(status: 303, headers: ["Location": "/holds/x"])
        #expect(StoredAnswer(text: bare.text) == bare)
        #expect(StoredAnswer(text: "{}") == nil)
    }
}
