import Domain
import EventContracts
import Messaging
import OrderedCollections
import Web

/// What a batch of commands finds, decides and changes. Pure: the rows are locked before and written after.
///
/// Commands are decided one after the other, in the order in which they came, each on what those before it have left. A
/// refused command changes nothing. O(1) for each command.
struct BookingBatch: Sendable {
    /// Somebody, and what for: there is at most one living appointment.
    struct Person: Hashable, Sendable {
        var key: String
        var service: ServiceID
    }

    // What is known of the rows that the commands name.
    var given: [IdempotentRequest.Name: IdempotencyStore.Given] = [:]
    var holds: [String: Hold] = [:]
    var slots: [SlotID: Slot] = [:]
    var appointments: [AppointmentID: Appointment] = [:]
    var living: Set<Person> = []
    /// The places of each phone that living appointments take.
    var seats: [String: Set<Int>] = [:]
    /// What counts towards the limits of persons, of services that have limits.
    var visits: [Person: [AppointmentID: CountedVisit]] = [:]
    /// Slots of which somebody waits for a place.
    var waited: Set<SlotID> = []
    /// The moves among those asked for that are still to be made, each locked.
    var dueMoves: Set<Int64> = []
    /// What the people have on the waitlist, each locked.
    var waiting: [Person: LiveWaiting] = [:]

    private(set) var changes = Changes()
    /// Of the request that the command under way came with.
    private var traceparent: String?

    let streams: StreamNames
    let secrets: Secrets
    let idempotency: IdempotencyStore

    let freedPlaces: FreedPlaceRules

    init(streams: StreamNames, secrets: Secrets, freedPlaces: FreedPlaceRules = .none) {
        self.freedPlaces = freedPlaces
        self.streams = streams
        self.secrets = secrets
        idempotency = IdempotencyStore(secrets: secrets)
    }

    // MARK: Deciding

    mutating func decide(_ command: BookingCommand, traceparent: String? = nil) throws -> BookingOutcome {
        self.traceparent = traceparent
        if let request = command.request, let given = given[request.name] {
            return .answered(try given.answer(to: request))
        }
        switch command {
        case .hold(let order): return .answered(try hold(order))
        case .release(let tokenHash, let now): return .released(release(tokenHash, at: now))
        case .book(let booking): return .answered(try book(booking))
        case .reschedule(let order): return try reschedule(order)
        case .cancel(let order): return try cancel(order)
        case .decline(let order): return .released(decline(order))
        }
    }

    private mutating func hold(_ order: HoldOrder) throws -> StoredAnswer {
        var slot = try openSlot(order.slot, earliest: order.earliestStart, order.opening, at: order.now)
        slot.taken += 1
        let answer = try order.answer(slot)
        let sealed = try idempotency.sealed(answer)
        take(slot.id, 1)
        changes.held.append(Changes.NewHold(order: order, slot: slot.id))
        keep(answer, sealed, to: order.request, at: order.now)
        return answer
    }

    private mutating func release(_ tokenHash: String, at now: Timestamp) -> Bool {
        guard let hold = holds[tokenHash], hold.state == .held, hold.kind == .hold else { return false }
        giveBack(hold.slot.id, isGivenUp: false, at: now)
        end(tokenHash, as: .released)
        return hold.isGood(at: now)
    }

    /// The place goes to the next of the list, in whatever way the offer ends.
    private mutating func decline(_ order: DeclineOrder) -> Bool {
        guard let hold = holds[order.tokenHash], hold.state == .held, hold.kind == .offer else { return false }
        changes.returning.append(Changes.Returning(slot: hold.slot.id, expires: order.now, now: order.now))
        end(order.tokenHash, as: .released)
        changes.waitlist.append(
            WaitlistChange(
                position: order.position, what: order.leaves ? .left : .passed(hold.slot.id), now: order.now))
        return true
    }

    private mutating func book(_ booking: PreparedBooking) throws -> StoredAnswer {
        let order = booking.order
        var appointment = booking.appointment
        let person = Person(key: order.personKey, service: appointment.service)
        guard !living.contains(person) else { throw BookingError.alreadyBooked }
        appointment.visitDate = try countedDate(order, person)
        if let phone = appointment.phoneKey {
            appointment.phoneSeat = try freeSeat(of: phone, limit: order.phoneLimit)
        }
        switch order.place {
        case .slot(let id):
            _ = try openSlot(id, earliest: order.earliestStart, order.opening, at: order.now)
            take(id, 1)
        case .hold(let tokenHash):
            _ = try goodHold(tokenHash, at: order.now)
            end(tokenHash, as: .used, for: appointment.id)
        }
        living.insert(person)
        if let date = appointment.visitDate { visits[person, default: [:]][appointment.id] = CountedVisit(date: date) }
        if let entry = waiting.removeValue(forKey: person) {
            changes.waitlist.append(
                WaitlistChange(
                    position: entry.position, what: .taken(appointment.id, offer: entry.offerHold), now: order.now))
        }
        if let phone = appointment.phoneKey, let seat = appointment.phoneSeat {
            seats[phone, default: []].insert(seat)
        }
        changes.booked.append((appointment, order.now))
        keep(booking.answer, booking.sealedAnswer, to: order.request, at: order.now)
        note("citizen", "booked", appointment.id, at: order.now)
        append(booking.event, of: appointment.hall, at: order.now)
        return booking.answer
    }

    private mutating func reschedule(_ order: RescheduleOrder) throws -> BookingOutcome {
        if let done = done(order) { return .changed(before: done, after: done) }
        try checkDue(order.lost, of: order.appointment)
        let slot: Slot
        switch order.place {
        case .slot(let id):
            guard let known = slots[id] else { throw BookingError.slotUnknown }
            slot = known
        case .hold(let tokenHash): slot = try goodHold(tokenHash, at: order.now).slot
        }
        guard let before = try changeable(order.appointment, version: order.version) else { return .movedMeanwhile }
        guard slot.id != before.slot else {
            if case .hold = order.place { throw BookingError.alreadyBooked }
            return .changed(before: before, after: before)
        }
        guard slot.service == before.service else { throw BookingError.slotOfOtherService }
        if case .slot(let id) = order.place {
            _ = try openSlot(id, earliest: order.earliestStart, order.opening, at: order.now)
        }

        var after = before
        after.slot = slot.id
        after.hall = slot.hall
        after.start = slot.start
        after.end = slot.end
        after.version += 1
        after.sequence += 1
        after.closureMove = order.lost?.move
        after.visitDate = try order.limited.map { limited throws(BookingError) in
            try countedDate(limited.visit, of: before, at: slot)
        }
        let events = try movedEvents(from: before, to: after, isClosure: order.lost != nil)
        switch order.place {
        case .slot(let id): take(id, 1)
        case .hold(let tokenHash): end(tokenHash, as: .used, for: after.id)
        }
        giveBack(before.slot, isGivenUp: order.lost == nil, at: order.now)
        settle(order.lost, as: .moved)
        visits[Person(before)]?[after.id] = after.visitDate.map { CountedVisit(date: $0) }
        change(after, at: order.now)
        note(order.lost == nil ? "citizen" : "hall", "rescheduled", after.id, at: order.now)
        for (hall, event) in events { append(event, of: hall, at: order.now) }
        return .changed(before: before, after: after)
    }

    /// The appointment where an earlier attempt, whose answer got lost, has moved it with the same hold.
    private func done(_ order: RescheduleOrder) -> Appointment? {
        guard case .hold(let tokenHash) = order.place, let hold = holds[tokenHash], hold.state == .used,
            hold.appointment == order.appointment, let appointment = appointments[order.appointment],
            appointment.slot == hold.slot.id, appointment.state == .booked
        else { return nil }
        return appointment
    }

    private func movedEvents(
        from before: Appointment, to after: Appointment, isClosure: Bool
    ) throws -> [(HallID, NewEvent)] {
        guard let phone = PhoneNumber(try secrets.open(after.phoneSealed, for: "phone")) else {
            throw BookingError.unreadable("phone of appointment \(after.id)")
        }
        var booked = AppointmentBooked(after, phone: phone, secrets: secrets)
        if isClosure { booked.closed = AppointmentBooked.Closed(hall: before.hall, slot: before.start) }
        let moved = (after.hall, try NewEvent(.appointmentRescheduled(booked)))
        guard before.hall != after.hall else { return [moved] }
        let gone = AppointmentCancelled(
            appointment: before.id, hall: before.hall, cause: .rescheduled, sequence: after.sequence)
        return [(before.hall, try NewEvent(.appointmentCancelled(gone))), moved]
    }

    private mutating func cancel(_ order: CancelOrder) throws -> BookingOutcome {
        try checkDue(order.lost, of: order.appointment)
        guard let before = try changeable(order.appointment, version: order.version) else { return .movedMeanwhile }
        var after = before
        after.state = .cancelled
        after.version += 1
        after.sequence += 1
        after.closureMove = order.lost?.move
        let event = try NewEvent(
            .appointmentCancelled(
                AppointmentCancelled(
                    appointment: after.id, hall: after.hall, cause: order.cause, sequence: after.sequence,
                    canWait: order.lost != nil && freedPlaces.waitlisted.contains(after.service))))
        settle(order.lost, as: .cancelled)
        giveBack(before.slot, isGivenUp: order.cause != .closure, at: order.now)
        living.remove(Person(before))
        visits[Person(before)]?.removeValue(forKey: before.id)
        if let phone = before.phoneKey, let seat = before.phoneSeat { seats[phone]?.remove(seat) }
        change(after, at: order.now)
        note(order.cause == .person ? "citizen" : "hall", "cancelled", after.id, at: order.now)
        append(event, of: after.hall, at: order.now)
        return .changed(before: before, after: after)
    }

    // MARK: Rules

    private func openSlot(
        _ id: SlotID, earliest: Timestamp, _ opening: SlotOpening?, at now: Timestamp
    ) throws(BookingError) -> Slot {
        guard let slot = slots[id] else { throw .slotUnknown }
        guard slot.start >= earliest, !slot.isClosed else { throw .slotClosed(slot) }
        if let opening, !opening.isOpen(at: now) { throw .slotNotOpen(slot, opening) }
        guard slot.free > 0 else { throw .slotFull(slot) }
        return slot
    }

    /// The lowest place of a phone that none of its living appointments takes. Two processes may find the same; the index of
    /// the database lets one of them have it.
    private func freeSeat(of phone: String, limit: Int) throws(BookingError) -> Int {
        let taken = seats[phone] ?? []
        // Appointments taken under a higher limit count as well.
        guard taken.count < limit, let free = (1...limit).first(where: { !taken.contains($0) }) else {
            throw .phoneFull(limit: limit)
        }
        return free
    }

    /// The day of a visit that counts; `nil` where the service has no limits.
    private func countedDate(_ order: BookOrder, _ person: Person) throws(BookingError) -> LocalDate? {
        guard let limited = order.limited else { return nil }
        let date = limited.date(of: order.slot)
        let today = limited.day(order.slot.hall, order.now)
        let counted = (visits[person] ?? [:]).values
        if let refusal = limited.limits.refusal(of: date, today: today, visits: Array(counted)) {
            throw .limited(refusal)
        }
        return date
    }

    /// The same for a visit that moves to a slot: it does not count against itself.
    private func countedDate(
        _ limited: LimitedVisit, of appointment: Appointment, at slot: Slot
    ) throws(BookingError) -> LocalDate {
        let date = limited.date(of: slot)
        let others = (visits[Person(appointment)] ?? [:]).filter { $0.key != appointment.id }
        if let refusal = limited.limits.quotaRefusal(of: date, visits: others.map(\.value.date)) {
            throw .limited(refusal)
        }
        return date
    }

    private func goodHold(_ tokenHash: String, at now: Timestamp) throws(BookingError) -> Hold {
        guard let hold = holds[tokenHash] else { throw .holdUnknown }
        guard hold.isGood(at: now), slots[hold.slot.id]?.isClosed != true else { throw .holdEnded(hold.slot) }
        return hold
    }

    /// Whoever was first has decided: the person who cancelled or moved, another process, or the hall that opened again.
    private func checkDue(_ lost: LostPlace?, of id: AppointmentID) throws(BookingError) {
        guard let lost else { return }
        guard let appointment = appointments[id] else { throw .appointmentUnknown }
        guard dueMoves.contains(lost.move), appointment.slot == lost.slot else {
            throw .appointmentStale(version: appointment.version)
        }
    }

    private mutating func settle(_ lost: LostPlace?, as state: ClosureMove.State) {
        guard let lost else { return }
        dueMoves.remove(lost.move)
        changes.moves.append((lost.move, state))
    }

    /// `nil` when it is at another slot than those locked, because another process moved it in between.
    private func changeable(_ id: AppointmentID, version: Int?) throws(BookingError) -> Appointment? {
        guard let appointment = appointments[id] else { throw .appointmentUnknown }
        if let version, appointment.version != version { throw .appointmentStale(version: appointment.version) }
        guard appointment.state == .booked else { throw .appointmentEnded }
        return slots[appointment.slot] == nil ? nil : appointment
    }

    // MARK: Changing

    private mutating func take(_ id: SlotID, _ places: Int) {
        slots[id]?.take(places)
        changes.taken[id, default: 0] += places
    }

    /// Frees a place: into the open only when nobody waits for it, and no rule keeps it closed for a while.
    private mutating func giveBack(_ id: SlotID, isGivenUp: Bool, at now: Timestamp) {
        // What comes free in a closed slot, or beyond what is planned, is gone.
        guard let slot = slots[id], !slot.isShrinking else { return take(id, -1) }
        if let expires = freedPlaces.keptUntil(
            slot, isWaitedFor: waited.contains(id), isGivenUp: isGivenUp, at: now)
        {
            changes.returning.append(Changes.Returning(slot: id, expires: expires, now: now))
        } else {
            take(id, -1)
        }
    }

    private mutating func end(_ tokenHash: String, as state: Hold.State, for appointment: AppointmentID? = nil) {
        guard let hold = holds[tokenHash] else { return }
        holds[tokenHash]?.state = state
        holds[tokenHash]?.appointment = appointment
        changes.endedHolds.append(Changes.EndedHold(id: hold.id, state: state, appointment: appointment))
    }

    private mutating func change(_ appointment: Appointment, at now: Timestamp) {
        appointments[appointment.id] = appointment
        changes.changed[appointment.id] = (appointment, now)
    }

    private mutating func keep(
        _ answer: StoredAnswer, _ sealed: [UInt8], to request: IdempotentRequest, at now: Timestamp
    ) {
        given[request.name] = IdempotencyStore.Given(fingerprint: request.fingerprint, answer: answer)
        changes.answers.append((request, sealed, now))
    }

    private mutating func note(_ actor: String, _ action: String, _ subject: AppointmentID, at now: Timestamp) {
        changes.notes.append(Changes.Note(time: now, actor: actor, action: action, subject: subject.rawValue))
    }

    private mutating func append(_ event: NewEvent, of hall: HallID, at now: Timestamp) {
        changes.events.append(
            Changes.Event(stream: streams.booking(hall), event: event, time: now, traceparent: traceparent))
    }
}

extension BookingBatch.Person {
    init(_ appointment: Appointment) {
        self.init(key: appointment.personKey, service: appointment.service)
    }
}
