import Domain
import Messaging
import Postgres
import Web

/// Waiting for a place.
extension BookingDesk {
    var waitlist: WaitlistStore { WaitlistStore() }

    func waitlistEntry(token: String) async throws -> WaitlistEntry {
        guard Secrets.isToken(token),
            let entry = try await waitlist.entry(tokenHash: Secrets.sha256Hex(token), on: pool)
        else { throw BookingError.waitlistUnknown }
        return entry
    }

    /// Joins at the end of the list.
    func join(
        _ wish: WaitlistWish, name: PersonName, phone: PhoneNumber, identity: IdentityDocument?,
        checklist: AcceptedChecklist, language: Language, once request: IdempotentRequest,
        answer: @escaping @Sendable (WaitlistEntry, _ token: String) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        let now = clock()
        let person = try NamedPerson(identity, phone: phone, secrets: secrets)
        let token = secrets.randomToken()
        var generator = SystemRandomNumberGenerator()
        var halls: [HallID] = []
        for hall in wish.halls where !halls.contains(hall) { halls.append(hall) }
        let entry = WaitlistEntry(
            position: 0, id: UUIDText.make(at: now, using: &generator), tokenHash: Secrets.sha256Hex(token),
            tokenSealed: try secrets.seal(token, for: "waitlist-token"), service: wish.service, personKey: person.key,
            nameSealed: try secrets.seal(name.text, for: "name"),
            phoneSealed: try secrets.seal(phone.e164, for: "phone"),
            identitySealed: person.identitySealed, phoneKey: person.phoneKey, checklist: checklist, language: language,
            halls: halls, firstDay: wish.firstDay, lastDay: wish.lastDay, isAutomatic: wish.isAutomatic,
            state: .waiting, offers: 0)
        let result = try await contact.gate.pass {
            try await self.insert(entry, wish, identity, once: request, at: now) { try answer($0, token) }
        }
        joined()
        return result
    }

    private func insert(
        _ entry: WaitlistEntry, _ wish: WaitlistWish, _ identity: IdentityDocument?, once request: IdempotentRequest,
        at now: Timestamp, answer: @escaping @Sendable (WaitlistEntry) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        do {
            return try await pool.withTransaction { connection in
                guard try await connection.query(idempotency.claim(request, at: now)).affected > 0 else {
                    return try await idempotency.answer(to: request, on: connection)
                }
                try check(entry, wish, identity, at: now)
                guard let ends = wish.end(in: city) else { throw BookingError.waitlistHall }
                let living = try await connection.query(
                    AppointmentStore.living([.init(key: entry.personKey, service: entry.service)]))
                guard living.isEmpty else { throw BookingError.alreadyBooked }
                if let phone = entry.phoneKey {
                    let limit = entry.halls.compactMap { city.hall($0)?.bookingRules.phoneLimit }.min() ?? 1
                    guard try await waitlist.waiting(phoneKey: phone, on: connection) < limit else {
                        throw BookingError.phoneFull(limit: limit)
                    }
                }
                var added = entry
                added.position = try await waitlist.insert(entry, ends: ends, at: now, on: connection)
                let result = try answer(added)
                _ = try await connection.query(idempotency.record(result, to: request))
                return result
            }
        } catch let error as PostgresError where error.constraint == "waitlist_one_live" {
            throw BookingError.alreadyWaiting
        }
    }

    /// What a booking would be refused for is refused before the person waits for it.
    private func check(
        _ entry: WaitlistEntry, _ wish: WaitlistWish, _ identity: IdentityDocument?, at now: Timestamp
    ) throws {
        if let refusal = wish.refusal(in: city, at: now) { throw refusal }
        guard let service = city.service(wish.service) else { throw BookingError.noWaitlist }
        guard service.checklist.version == entry.checklist.version else {
            throw BookingError.checklistChanged(current: service.checklist.version)
        }
        if let refusal = service.identity.refusal(of: identity?.kind) { throw BookingError.identityRefused(refusal) }
    }

    /// Books the place that is kept for an entry, with what the person gave when joining.
    ///
    /// - Parameter version: of the checklist that the person has accepted now.
    func accept(
        _ entry: WaitlistEntry, checklistVersion version: Int, language: Language, once request: IdempotentRequest,
        answer: @escaping @Sendable (Appointment, _ token: String) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        guard let name = PersonName(try secrets.open(entry.nameSealed, for: "name")),
            let phone = PhoneNumber(try secrets.open(entry.phoneSealed, for: "phone"))
        else { throw BookingError.unreadable("person of an entry of the waitlist") }
        guard entry.state == .offered, let offer = try await waitlist.offer(of: entry, on: pool) else {
            guard let answer = try await idempotency.answer(to: request, on: pool) else {
                throw BookingError.offerEnded
            }
            return answer
        }
        do {
            return try await book(
                .hold(tokenHash: offer.tokenHash), name: name, phone: phone, identity: try entry.identity(by: secrets),
                checklist: AcceptedChecklist(version: version, answers: entry.checklist.answers), language: language,
                channel: .online, once: request, answer: answer)
        } catch BookingError.holdEnded(_) {
            throw BookingError.offerEnded
        }
    }

    /// Lets the place that is kept for an entry go to the next, and waits on.
    func decline(_ entry: WaitlistEntry) async throws {
        guard entry.state == .offered, let offer = try await waitlist.offer(of: entry, on: pool),
            try await writer.decline(
                DeclineOrder(tokenHash: offer.tokenHash, position: entry.position, leaves: false, now: clock()))
        else { throw BookingError.offerEnded }
    }

    /// Ends the waiting; a place that is kept goes to the next. Doing it again changes nothing.
    func leave(_ entry: WaitlistEntry) async throws {
        var entry = entry
        // It may be offered a place, or lose one, between two looks.
        for _ in 0..<10 {
            guard entry.state.isLive else { return }
            if let offer = try await waitlist.offer(of: entry, on: pool) {
                let order = DeclineOrder(
                    tokenHash: offer.tokenHash, position: entry.position, leaves: true, now: clock())
                if try await writer.decline(order) { return }
            } else if try await waitlist.leave(entry.position, at: clock(), on: pool) {
                return
            }
            guard let next = try await waitlist.entry(tokenHash: entry.tokenHash, on: pool) else { return }
            entry = next
        }
        throw BookingError.busy(retryAfterSeconds: 1)
    }

    /// The address of the personal page of an entry.
    func waitlistPage(of token: String) -> String { "\(publicURL)/w/\(token)" }
}
