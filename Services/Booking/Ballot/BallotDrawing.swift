import Domain
package import EventContracts
package import Logging
import Messaging
import Postgres
internal import ServiceLifecycle
import Synchronization
import Web

/// Begins rounds, draws them after their deadline, and sees to what follows. Any number of processes may run it, and each may be
/// killed at any moment: the draw is one transaction, and what follows is done entry by entry, each once.
package struct BallotDrawing: ServiceLifecycle.Service {
    static let seedPurpose = "ballot-seed"
    static let interval = Duration.seconds(2)
    /// Entries settled at a time.
    static let batch = 100

    private let desk: BookingDesk
    private let streams: StreamNames
    private let logger: Logger
    /// Told the stream's name after a commit that appended to it.
    private let wake: @Sendable (String) -> Void
    /// Told of the slots whose places have changed, after the commit.
    private let changed: @Sendable ([SlotChange]) -> Void
    private let store = BallotStore()
    private let draws = BallotDrawStore()
    private let begun = Begun()

    /// Rounds that need not be begun again.
    private final class Begun: Sendable {
        private let rounds = Mutex<Set<String>>([])
        func contains(_ round: String) -> Bool { rounds.withLock { $0.contains(round) } }
        func insert(_ round: String) { rounds.withLock { _ = $0.insert(round) } }
    }

    package init(
        desk: BookingDesk, streams: StreamNames, logger: Logger, wake: @escaping @Sendable (String) -> Void,
        changed: @escaping @Sendable ([SlotChange]) -> Void
    ) {
        self.desk = desk
        self.streams = streams
        self.logger = logger
        self.wake = wake
        self.changed = changed
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.sweep()
                } catch {
                    self.logger.warning("A ballot could not go on; tried again", metadata: ["error": "\(error)"])
                }
                // A deadline passes without a word.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Does whatever is due. With no ballot due, a probe of a small index.
    package func sweep() async throws {
        try await begin()
        for round in try await store.due(at: desk.clock(), on: desk.pool) {
            if round.state == .open { try await draw(round.id) }
            try await settle(round.id)
        }
    }

    /// Begins the rounds for which people can enter now: draws the seed and publishes its hash.
    func begin() async throws {
        let city = desk.city
        for service in city.catalogue.orderedServices {
            guard let rule = service.release, rule.ballot != nil,
                let zone = city.catalogue.halls(offering: service.id).first.flatMap({ city.zone(of: $0.id) }),
                var round = BallotRound.due(for: service.id, rule: rule, zone: zone, at: desk.clock()),
                !begun.contains(round.round)
            else { continue }
            // 256 bits.
            let seed = desk.secrets.randomToken() + desk.secrets.randomToken()
            round.commitment = BallotDraw.commitment(to: seed, of: round.round)
            try await store.begin(
                round, seedSealed: try desk.secrets.seal(seed, for: Self.seedPurpose), on: desk.pool)
            begun.insert(round.round)
        }
    }

    /// Draws a round whose deadline has passed. Of several processes one draws it; the others find it done.
    ///
    /// - Returns: whether this call drew it.
    @discardableResult
    package func draw(_ id: String) async throws -> Bool {
        let now = desk.clock()
        let (isDrawn, told) = try await desk.pool.withTransaction { connection -> (Bool, [SlotChange]) in
            guard let round = try await store.lock(id, on: connection), round.state == .open, round.closes <= now else {
                return (false, [])
            }
            let (entries, left) = try await draws.entries(of: id, on: connection)
            let city = desk.city
            let zone = city.catalogue.halls(offering: round.service).first.flatMap { city.zone(of: $0.id) }
            var slots: [Slot] = []
            if let zone {
                slots = try await draws.slots(
                    of: round.service, from: zone.moment(of: round.period.first, minute: 0),
                    to: zone.moment(of: round.period.last, minute: 1440), on: connection)
            }
            let earliest = now.advanced(minutes: 1)
            let offered = slots.filter { $0.free > 0 && $0.start > earliest }.map { slot in
                BallotSlot(
                    id: slot.id.description, hall: slot.hall, date: zone?.date(at: slot.start) ?? round.period.first,
                    minute: zone?.minuteOfDay(at: slot.start) ?? 0, places: slot.free)
            }
            let seed = try desk.secrets.open(round.seedSealed, for: Self.seedPurpose)
            let record = round.record.drawn(seed: seed, slots: offered, entries: entries, left: left, at: now)
            let told = try await draws.write(
                record, slots: Dictionary(slots.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }), at: now,
                on: connection)
            return (true, told)
        }
        if !told.isEmpty { changed(told) }
        return isDrawn
    }

    /// Books the places that were drawn, and has the others told. Begins where whoever was at it before has stopped.
    ///
    /// - Parameter limit: how many entries at most.
    package func settle(_ round: String, limit: Int = .max) async throws {
        var left = limit
        while left > 0 {
            let tickets = try await draws.toSettle(round, limit: min(Self.batch, left), on: desk.pool)
            guard !tickets.isEmpty else { return try await draws.finish(round, on: desk.pool) }
            left -= tickets.count
            // One that cannot be booked now keeps nobody else from it; it is tried again.
            let failure = await withTaskGroup(of: (any Error)?.self) { group in
                for ticket in tickets where ticket.state == .won {
                    group.addTask {
                        do {
                            try await book(ticket)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                var first: (any Error)?
                for await error in group { first = first ?? error }
                return first
            }
            try await tell(tickets.filter { $0.state == .lost })
            if let failure { throw failure }
        }
    }

    /// Makes the place the person's appointment, through the writer like any other booking. The entry is the key: whoever comes
    /// second gets the same answer.
    private func book(_ ticket: BallotTicket) async throws {
        guard let token = ticket.holdToken, let hold = try await desk.holds.hold(tokenHash: token, on: desk.pool) else {
            // Used and removed long ago, or it ran out because nothing was at work until the visit.
            return try await draws.settle(ticket.id, as: .void, appointment: nil, on: desk.pool)
        }
        guard let draft = try HoldDraft(sealed: ticket.details, by: desk.secrets),
            let name = draft.name, let phone = draft.phone.flatMap({ PhoneNumber($0) })
        else { throw BookingError.unreadable("entry \(ticket.id)") }
        if let appointment = hold.appointment {
            return try await draws.settle(ticket.id, as: .booked, appointment: appointment, on: desk.pool)
        }
        let person = try NamedPerson(draft.identity, phone: phone, secrets: desk.secrets)
        let now = desk.clock()
        let order = BookOrder(
            request: IdempotentRequest(
                scope: "ballot", key: ticket.id, fingerprint: Secrets.sha256Hex(ticket.id)),
            place: .hold(tokenHash: token), slot: hold.slot, personKey: person.key,
            nameSealed: try desk.secrets.seal(name, for: "name"), phone: phone,
            phoneSealed: try desk.secrets.seal(phone.e164, for: "phone"), checklist: draft.checklist,
            language: ticket.language, channel: .online, now: now,
            earliestStart: desk.city.earliestStart(in: hold.slot.hall, at: now),
            identitySealed: person.identitySealed, phoneKey: person.phoneKey,
            phoneLimit: desk.city.hall(hold.slot.hall)?.bookingRules.phoneLimit ?? BookingRules.usualPhoneLimit,
            limited: desk.city.limitedVisit(of: hold.slot.service),
            answer: { appointment, _ in
                StoredAnswer(status: 201, headers: ["Appointment": appointment.id.rawValue])
            })
        do {
            let answer = try await desk.writer.book(order)
            try await draws.settle(
                ticket.id, as: .booked, appointment: answer.headers["Appointment"].map { AppointmentID($0) },
                on: desk.pool)
        } catch let error as BookingError {
            switch error {
            case .alreadyBooked, .phoneFull, .limited, .holdEnded, .holdUnknown:
                // The person has a place by other ways, or as many as they may have: this one opens to all.
                _ = try await desk.writer.release(holdTokenHash: token, at: now)
                try await draws.settle(ticket.id, as: .void, appointment: nil, on: desk.pool)
            default: throw error
            }
        }
    }

    /// Has those told who got nothing.
    private func tell(_ tickets: [BallotTicket]) async throws {
        guard !tickets.isEmpty else { return }
        let now = desk.clock()
        let written = try await desk.pool.withTransaction { connection -> Set<String> in
            let mine = try await draws.markTold(tickets.map(\.id), on: connection)
            let events = try tickets.filter { mine.contains($0.id) }.compactMap { ticket -> (String, NewEvent)? in
                guard let hall = ticket.preferences.first?.hall else { return nil }
                let lost = BallotLost(entry: ticket.id, hall: hall, service: ticket.round.service)
                return (streams.booking(hall), try NewEvent(.ballotLost(lost)))
            }.sorted { $0.0 < $1.0 }
            _ = try await EventLog(pool: desk.pool).append(
                events.map { (stream: $0.0, event: $0.1) }, at: now, on: connection)
            return Set(events.map(\.0))
        }
        for stream in written { wake(stream) }
    }
}
