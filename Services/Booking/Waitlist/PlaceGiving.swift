import Domain
import EventContracts
import Messaging
import Postgres
import Web

/// Gives places of one locked slot to the heads of its waitlist, one after the other, inside a transaction.
struct PlaceGiving {
    let slot: Slot
    /// To give: those that came free, and those that are open.
    let places: Int
    let city: City
    let streams: StreamNames
    let secrets: Secrets
    let now: Timestamp
    /// Booked or offered.
    private(set) var given = 0
    var told: [SlotChange] = []
    private var booked: [Appointment] = []
    private var events: [NewEvent] = []

    init(slot: Slot, places: Int, city: City, streams: StreamNames, secrets: Secrets, now: Timestamp) {
        self.slot = slot
        self.places = places
        self.city = city
        self.streams = streams
        self.secrets = secrets
        self.now = now
    }

    var hasTold: Bool { !events.isEmpty }

    mutating func run(on connection: PostgresConnection) async throws {
        guard !slot.isClosed, let service = city.service(slot.service), let rule = service.waitlist,
            let hall = city.hall(slot.hall), let zone = city.zone(of: slot.hall),
            slot.start >= city.earliestStart(in: slot.hall, at: now)
        else { return }
        let offerEnd = rule.offerEnd(at: now, start: slot.start, leadMinutes: hall.bookingRules.minLeadMinutes)
        // Each round changes what it has found, so the next finds others.
        while given < places {
            let rows = try await connection.query(
                WaitlistStore.heads(
                    for: slot, on: zone.date(at: slot.start), limit: places - given, mayAsk: offerEnd != nil))
            let heads = try rows.map { try WaitlistEntry($0) }
            guard !heads.isEmpty else { return }
            let living = Set(
                try await connection.query(
                    AppointmentStore.living(heads.map { .init(key: $0.personKey, service: $0.service) })
                ).map { try $0.decode("person_key", as: String.self) })
            for head in heads {
                if living.contains(head.personKey) {
                    // Booked elsewhere while joining.
                    try await connection.pipeline(WaitlistStore.ending([head.position], as: .left, at: now))
                } else if head.isAutomatic, try await book(for: head, service, hall, on: connection) {
                    given += 1
                } else if let offerEnd {
                    try await offer(to: head, until: offerEnd, on: connection)
                    given += 1
                } else {
                    try await connection.pipeline([WaitlistStore.passing(head.position, slot.id, at: now)])
                }
            }
        }
    }

    /// Notes and events, which come last in a transaction.
    func ending() -> [PostgresQuery] {
        var queries: [PostgresQuery] = []
        if !booked.isEmpty {
            queries.append(
                AuditStore.insertion(
                    booked.map { .init(time: now, actor: "waitlist", action: "booked", subject: $0.id.rawValue) }))
        }
        if !events.isEmpty {
            queries.append(
                EventLog.appending(
                    events.map {
                        EventLog.Entry(stream: streams.booking(slot.hall), event: $0, time: now, traceparent: nil)
                    }))
        }
        return queries
    }

    private mutating func offer(
        to head: WaitlistEntry, until end: Timestamp, on connection: PostgresConnection
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        let hold = UUIDText.make(at: now, using: &generator)
        try await connection.pipeline([
            """
            INSERT INTO hold (id, token_hash, slot_id, expires_at, state, kind, waitlist_position, created_at)
            VALUES (\(hold)::uuid, \(Secrets.sha256Hex(secrets.randomToken())), \(slot.id.rawValue), \(end), 'held', 'offer',
                \(head.position), \(now))
            """, WaitlistStore.offering(head.position, hold, at: now),
        ])
        events.append(
            try NewEvent(
                .waitlistOffered(
                    WaitlistOffered(
                        entry: head.id, hall: slot.hall, service: slot.service, slot: slot.start, slotEnd: slot.end,
                        expires: end, sequence: head.offers + 1))))
    }

    /// Books without asking, as long as what the person agreed to still holds.
    ///
    /// - Returns: `false` when the person has to be asked after all: the list of papers or the document asked for has changed, the
    ///   phone has no booking left, or the person has as many visits as the service allows.
    private mutating func book(
        for head: WaitlistEntry, _ service: Service, _ hall: Hall, on connection: PostgresConnection
    ) async throws -> Bool {
        guard service.checklist.version == head.checklist.version,
            service.identity.refusal(of: try head.identity(by: secrets)?.kind) == nil,
            let phone = PhoneNumber(try secrets.open(head.phoneSealed, for: "phone"))
        else { return false }
        var seat: Int?
        if let key = head.phoneKey {
            let taken = Set(
                try await connection.query(AppointmentStore.seats([key])).map {
                    try $0.decode("phone_seat", as: Int.self)
                })
            let limit = max(1, hall.bookingRules.phoneLimit)
            guard taken.count < limit, let free = (1...limit).first(where: { !taken.contains($0) }) else {
                return false
            }
            seat = free
        }
        var visitDate: LocalDate?
        if let limited = city.limitedVisit(of: slot.service) {
            guard try await isWithin(limited, head, on: connection) else { return false }
            visitDate = limited.date(of: slot)
        }
        var generator = SystemRandomNumberGenerator()
        let token = secrets.randomToken()
        let appointment = Appointment(
            id: AppointmentID(UUIDText.make(at: now, using: &generator)),
            reference: AppointmentReference.make(using: &generator), tokenHash: Secrets.sha256Hex(token),
            tokenSealed: try secrets.seal(token, for: "appointment-token"), slot: slot.id, hall: slot.hall,
            service: slot.service, start: slot.start, end: slot.end, personKey: head.personKey,
            nameSealed: head.nameSealed, phoneSealed: head.phoneSealed, checklist: head.checklist, state: .booked,
            version: 1, sequence: 0, language: head.language, channel: .online, identitySealed: head.identitySealed,
            phoneKey: head.phoneKey, phoneSeat: seat, visitDate: visitDate)
        try await connection.pipeline(
            WaitlistStore.ending([head.position], as: .taken, appointment: appointment.id, at: now)
                + [try AppointmentStore.insertion([(appointment, now)])])
        booked.append(appointment)
        events.append(
            try NewEvent(.appointmentBooked(AppointmentBooked(appointment, phone: phone, secrets: secrets))))
        return true
    }

    /// Whether the person may have one more visit.
    private func isWithin(
        _ limited: LimitedVisit, _ head: WaitlistEntry, on connection: PostgresConnection
    ) async throws -> Bool {
        let person = BookingBatch.Person(key: head.personKey, service: head.service)
        let rows = try await connection.pipeline([
            PersonVisitStore.locking([person]), PersonVisitStore.visits([(person, limited.firstDay(at: now))]),
        ])
        let counted = try PersonVisitStore.decode(rows[1])[person] ?? [:]
        return limited.limits.refusal(
            of: limited.date(of: slot), today: limited.day(slot.hall, now), visits: Array(counted.values)) == nil
    }
}

extension WaitlistEntry {
    /// The document of who comes, unsealed; `nil` where none was asked for.
    func identity(by secrets: Secrets) throws -> IdentityDocument? {
        guard let sealed = identitySealed else { return nil }
        guard let document = IdentityDocument(storedText: try secrets.open(sealed, for: "identity")) else {
            throw BookingError.unreadable("document of an entry of the waitlist")
        }
        return document
    }
}
