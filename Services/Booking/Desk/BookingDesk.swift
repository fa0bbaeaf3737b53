package import Domain
import EventContracts
package import Postgres
package import Web

/// What a citizen can do, alike through pages and API: looks things up, checks the rules of the hall, and has the
/// writer do it.
package struct BookingDesk: Sendable {
    let pool: PostgresPool
    let writer: any BookingWriting
    let catalogue: LiveCatalogue
    let availability: Availability
    let contact: ContactProof
    let secrets: Secrets
    let requestGuard: RequestGuard
    let clock: @Sendable () -> Timestamp
    /// Without a slash at the end.
    let publicURL: String
    let idempotency: IdempotencyStore
    /// Told when somebody has joined the waitlist.
    let joined: @Sendable () -> Void
    let release: SlotRelease
    let slots = SlotStore()
    let holds = HoldStore()
    let appointments = AppointmentStore()

    package init(
        pool: PostgresPool, writer: any BookingWriting, catalogue: LiveCatalogue, availability: Availability,
        contact: ContactProof, secrets: Secrets, publicURL: String, requestGuard: RequestGuard? = nil,
        clock: @escaping @Sendable () -> Timestamp, joined: @escaping @Sendable () -> Void = {}
    ) {
        self.pool = pool
        self.writer = writer
        self.catalogue = catalogue
        self.availability = availability
        self.contact = contact
        self.secrets = secrets
        self.publicURL = publicURL
        self.requestGuard = requestGuard ?? RequestGuard(secrets: secrets, shared: nil)
        self.clock = clock
        self.joined = joined
        idempotency = IdempotencyStore(secrets: secrets)
        release = SlotRelease(secrets: secrets)
    }

    var city: City { catalogue.city }

    /// The date in China, which has one time zone and no summer time: numbers of documents carry dates of its calendar.
    var today: LocalDate {
        let (days, _) = clock().advanced(seconds: 8 * 3600).milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return LocalDate(daysSinceEpoch: Int(days))
    }

    /// Names the caller and the route that a key belongs to. The body may name a person, so its hash is a keyed one.
    func request(_ route: String, caller: String, key: IdempotencyKey, body: String) -> IdempotentRequest {
        IdempotentRequest(
            scope: route + " " + secrets.lookupHash(caller, for: "idempotency-caller"), key: key.value,
            fingerprint: secrets.lookupHash(body, for: "idempotent-body"))
    }

    // MARK: Slots and holds

    /// The slots of a service in a hall that can still be booked, now or once they open.
    ///
    /// - Returns: also as of when, if something may have changed since.
    func shownSlots(hall: HallID, service: ServiceID) async throws -> (slots: [ShownSlot], asOf: Timestamp?) {
        try await availability.slots(.init(hall: hall, service: service), in: city)
    }

    /// Keeps a place.
    func hold(
        _ id: SlotID, once request: IdempotentRequest, draft: HoldDraft?,
        answer: @escaping @Sendable (_ slot: Slot, _ token: String, _ expires: Timestamp) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        let now = clock()
        let slot: Slot
        do {
            slot = try await openSlot(id, at: now)
        } catch let refusal as BookingError {
            return try await earlierAnswer(to: request, or: refusal)
        }
        let token = secrets.randomToken()
        let expires = now.advanced(minutes: city.hall(slot.hall)?.bookingRules.holdMinutes ?? 10)
        var generator = SystemRandomNumberGenerator()
        let order = HoldOrder(
            request: request, slot: id, tokenHash: Secrets.sha256Hex(token),
            id: UUIDText.make(at: now, using: &generator),
            expires: expires, draft: try draft?.sealed(by: secrets), now: now,
            earliestStart: city.earliestStart(in: slot.hall, at: now), opening: release.opening(of: slot, in: city),
            answer: { try answer($0, token, expires) })
        return try await writer.hold(order)
    }

    /// The answer that was given to the same request, which may have taken the last place. Only who is refused is looked
    /// up: others are by the writer, with all of a batch at once.
    private func earlierAnswer(
        to request: IdempotentRequest, or refusal: BookingError
    ) async throws -> StoredAnswer {
        guard let answer = try await idempotency.answer(to: request, on: pool) else { throw refusal }
        return answer
    }

    /// The slot, if it looks as if a place could be had. Saves a transaction for each of the many who come too late.
    ///
    /// Whom the board lets pass the writer looks at. Nobody is refused before the database was asked: a place may have come free that the
    /// board has not heard of.
    private func openSlot(_ id: SlotID, at now: Timestamp) async throws -> Slot {
        if let slot = availability.board.slot(id, cityVersion: city.version), slot.free > 0,
            slot.start >= city.earliestStart(in: slot.hall, at: now)
        {
            try checkOpen(slot, at: now)
            return slot
        }
        guard let slot = try await slots.slot(id, at: now, on: pool) else { throw BookingError.slotUnknown }
        guard slot.start >= city.earliestStart(in: slot.hall, at: now) else { throw BookingError.slotClosed(slot) }
        try checkOpen(slot, at: now)
        guard slot.free > 0 else { throw BookingError.slotFull(slot) }
        return slot
    }

    private func checkOpen(_ slot: Slot, at now: Timestamp) throws(BookingError) {
        guard let opening = release.opening(of: slot, in: city), !opening.isOpen(at: now) else { return }
        throw .slotNotOpen(slot, opening)
    }

    /// A hold in whatever state.
    func hold(token: String) async throws -> Hold {
        guard Secrets.isToken(token),
            let hold = try await holds.hold(tokenHash: Secrets.sha256Hex(token), on: pool)
        else { throw BookingError.holdUnknown }
        return hold
    }

    // MARK: Appointments

    func appointment(token: String) async throws -> Appointment {
        guard Secrets.isToken(token),
            let appointment = try await appointments.appointment(tokenHash: Secrets.sha256Hex(token), on: pool)
        else { throw BookingError.appointmentUnknown }
        return appointment
    }

    func book(
        _ place: Place, name: PersonName, phone: PhoneNumber, identity: IdentityDocument?,
        checklist: AcceptedChecklist, language: Language, channel: Channel, once request: IdempotentRequest,
        answer: @escaping @Sendable (Appointment, _ token: String) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        let now = clock()
        let slot: Slot
        do {
            switch place {
            case .slot(let id): slot = try await openSlot(id, at: now)
            case .hold(let tokenHash):
                guard let hold = try await holds.hold(tokenHash: tokenHash, on: pool) else {
                    throw BookingError.holdUnknown
                }
                slot = hold.slot
            }
            if let service = city.service(slot.service), service.checklist.version != checklist.version {
                throw BookingError.checklistChanged(current: service.checklist.version)
            }
            if let refusal = (city.service(slot.service)?.identity ?? .notAsked).refusal(of: identity?.kind) {
                throw BookingError.identityRefused(refusal)
            }
        } catch let refusal as BookingError {
            return try await earlierAnswer(to: request, or: refusal)
        }
        let person = try NamedPerson(identity, phone: phone, secrets: secrets)
        let order = BookOrder(
            request: request, place: place, slot: slot, personKey: person.key,
            nameSealed: try secrets.seal(name.text, for: "name"), phone: phone,
            phoneSealed: try secrets.seal(phone.e164, for: "phone"), checklist: checklist, language: language,
            channel: channel, now: now, earliestStart: city.earliestStart(in: slot.hall, at: now),
            identitySealed: person.identitySealed, phoneKey: person.phoneKey,
            phoneLimit: city.hall(slot.hall)?.bookingRules.phoneLimit ?? BookingRules.usualPhoneLimit,
            limited: city.limitedVisit(of: slot.service), opening: release.opening(of: slot, in: city), answer: answer)
        return try await writer.book(order)
    }

    func cancel(_ appointment: Appointment, version: Int?) async throws -> Appointment {
        let now = clock()
        try check(appointment, version: version, at: now)
        return try await writer.cancel(
            CancelOrder(appointment: appointment.id, version: version, cause: .person, now: now))
    }

    func reschedule(_ appointment: Appointment, to place: Place, version: Int?) async throws -> Appointment {
        let now = clock()
        try check(appointment, version: version, at: now)
        var earliest = city.earliestStart(in: appointment.hall, at: now)
        var opening: SlotOpening?
        if case .slot(let id) = place {
            guard let slot = try await slots.slot(id, at: now, on: pool) else { throw BookingError.slotUnknown }
            earliest = city.earliestStart(in: slot.hall, at: now)
            guard slot.service == appointment.service else { throw BookingError.slotOfOtherService }
            opening = release.opening(of: slot, in: city)
        }
        return try await writer.reschedule(
            RescheduleOrder(
                appointment: appointment.id, version: version, place: place, now: now, earliestStart: earliest,
                limited: city.limitedVisit(of: appointment.service).map {
                    (appointment.personKey, appointment.service, $0)
                }, opening: opening))
    }

    private func check(_ appointment: Appointment, version: Int?, at now: Timestamp) throws {
        if let version, version != appointment.version {
            throw BookingError.appointmentStale(version: appointment.version)
        }
        guard appointment.state == .booked else { throw BookingError.appointmentEnded }
        guard city.mayChange(appointment, at: now) else {
            throw BookingError.tooLate(minutes: city.hall(appointment.hall)?.bookingRules.cancelLeadMinutes ?? 0)
        }
    }
}
