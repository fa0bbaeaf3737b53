package import Domain
import Foundation
import Messaging
import Postgres
import Synchronization
import Web

/// What a person can do about a ballot, alike through pages and API.
package struct BallotDesk: Sendable {
    let desk: BookingDesk
    let store = BallotStore()
    private let records = DrawnRecords()

    package init(desk: BookingDesk) {
        self.desk = desk
    }

    /// Somebody and what they would like, before the entry counts.
    struct Wish: Sendable {
        var round: BallotRound
        var draft: HoldDraft
        var preferences: [BallotPreference]
        var language: Language
    }

    // MARK: Rounds

    func rounds(of service: ServiceID) async throws -> [BallotRound] {
        guard desk.city.service(service)?.release?.ballot != nil else { return [] }
        return try await store.rounds(of: service, on: desk.pool)
    }

    func round(_ id: String) async throws -> BallotRound {
        guard id.utf8.count <= 60, let round = try await store.round(id, on: desk.pool) else {
            throw BookingError.ballotUnknown
        }
        return round
    }

    /// What is published of a round: with the draw once it has been made, which never changes again.
    package func record(_ id: String) async throws -> BallotRecord {
        if let record = records.record(id) { return record }
        let round = try await round(id)
        var record = round.record
        guard round.state != .open else { return record }
        let seed = try desk.secrets.open(round.seedSealed, for: BallotDrawing.seedPurpose)
        record.draw = try await store.draw(of: round, seed: seed, on: desk.pool)
        records.keep(record)
        return record
    }

    /// The halls and days that can be wished for.
    func days(of round: BallotRound) -> (halls: [Hall], dates: [LocalDate]) {
        let catalogue = desk.city.catalogue
        let halls = catalogue.halls(offering: round.service)
        let count = min(max(0, round.period.last.daysSinceEpoch - round.period.first.daysSinceEpoch), 61)
        let dates = (0...count).map { round.period.first.advanced(days: $0) }.filter { date in
            halls.contains { !SlotCalendar.hours(of: $0, on: date, catalogue: catalogue).isEmpty }
        }
        return (halls, dates)
    }

    /// Whether each preference names a hall and a day of the round, each once and not too many.
    func areSound(_ preferences: [BallotPreference], for round: BallotRound) -> Bool {
        let limit = desk.city.service(round.service)?.release?.ballot?.preferences ?? 0
        let (halls, dates) = days(of: round)
        return (1...max(1, limit)).contains(preferences.count) && Set(preferences).count == preferences.count
            && preferences.allSatisfy { preference in
                halls.contains { $0.id == preference.hall } && dates.contains(preference.date)
            }
    }

    // MARK: Entries

    func ticket(token: String) async throws -> BallotTicket {
        guard Secrets.isToken(token),
            let ticket = try await store.ticket(tokenHash: Secrets.sha256Hex(token), on: desk.pool)
        else { throw BookingError.ballotUnknown }
        return ticket
    }

    func draft(of ticket: BallotTicket) throws -> HoldDraft? {
        try HoldDraft(sealed: ticket.details, by: desk.secrets)
    }

    /// Keeps what somebody has entered until the phone is proven.
    ///
    /// - Returns: the token of the entry.
    func keepDraft(_ wish: Wish) async throws -> String {
        let now = desk.clock()
        guard wish.round.takesEntries(at: now) else { throw BookingError.ballotClosed(wish.round.record) }
        let (ticket, token) = try make(wish)
        _ = try await desk.pool.withTransaction { connection in
            try await store.keep(ticket, tokenHash: Secrets.sha256Hex(token), at: now, on: connection)
        }
        return token
    }

    /// Keeps a draft with changed details.
    func save(_ draft: HoldDraft, of ticket: BallotTicket, token: String) async throws {
        var ticket = ticket
        ticket.details = try draft.sealed(by: desk.secrets)
        let changed = ticket
        _ = try await desk.pool.withTransaction { connection in
            try await store.keep(changed, tokenHash: Secrets.sha256Hex(token), at: desk.clock(), on: connection)
        }
    }

    /// Lets a draft take part, whose phone is proven.
    func enter(_ ticket: BallotTicket, draft: HoldDraft, token: String) async throws {
        var ticket = ticket
        ticket.details = try draft.sealed(by: desk.secrets)
        _ = try await enter(ticket, draft: draft, token: token, once: nil) { _ in StoredAnswer(status: 201) }
    }

    /// Enters at once, for programs: the phone is proven already.
    func enter(
        _ wish: Wish, once request: IdempotentRequest,
        answer: @escaping @Sendable (BallotTicket, _ token: String) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        let (ticket, token) = try make(wish)
        return try await enter(ticket, draft: wish.draft, token: token, once: request) { try answer($0, token) }
    }

    private func make(_ wish: Wish) throws -> (BallotTicket, token: String) {
        var generator = SystemRandomNumberGenerator()
        let token = desk.secrets.randomToken()
        let ticket = BallotTicket(
            id: UUIDText.make(at: desk.clock(), using: &generator), round: wish.round,
            tokenSealed: try desk.secrets.seal(token, for: "ballot-token"),
            details: try wish.draft.sealed(by: desk.secrets), salt: desk.secrets.randomToken(),
            preferences: wish.preferences, language: wish.language, state: .draft)
        return (ticket, token)
    }

    /// One transaction: the number is given under the lock of the round, so numbers have no gaps, and the draw comes after all of
    /// them. Some thousand entries a second; nobody gains by being early.
    private func enter(
        _ ticket: BallotTicket, draft: HoldDraft, token: String, once request: IdempotentRequest?,
        answer: @escaping @Sendable (BallotTicket) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        guard let phone = draft.phone.flatMap({ PhoneNumber($0) }) else { throw BookingError.ballotUnknown }
        let service = ticket.round.service
        if let refusal = (desk.city.service(service)?.identity ?? .notAsked).refusal(of: draft.identity?.kind) {
            throw BookingError.identityRefused(refusal)
        }
        let person = try NamedPerson(draft.identity, phone: phone, secrets: desk.secrets).key
        let now = desk.clock()
        do {
            return try await desk.contact.gate.pass { () async throws -> StoredAnswer in
                try await desk.pool.withTransaction { connection -> StoredAnswer in
                    if let request {
                        let claimed = try await connection.query(desk.idempotency.claim(request, at: now))
                        guard claimed.affected > 0 else {
                            return try await desk.idempotency.answer(to: request, on: connection)
                        }
                    }
                    guard let number = try await store.nextNumber(of: ticket.round.id, at: now, on: connection) else {
                        throw BookingError.ballotClosed(ticket.round.record)
                    }
                    let living = try await connection.query(
                        AppointmentStore.living([BookingBatch.Person(key: person, service: service)]))
                    guard living.isEmpty else { throw BookingError.alreadyBooked }
                    var entered = ticket
                    entered.number = number
                    entered.personKey = person
                    entered.state = .entered
                    guard
                        try await store.keep(entered, tokenHash: Secrets.sha256Hex(token), at: now, on: connection)
                    else { throw BookingError.alreadyEntered }
                    let result = try answer(entered)
                    if let request { _ = try await connection.query(desk.idempotency.record(result, to: request)) }
                    return result
                }
            }
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "ballot_entry_one" {
            throw BookingError.alreadyEntered
        }
    }

    /// Takes an entry back, up to the deadline; once it has gone, again does nothing.
    func leave(_ ticket: BallotTicket) async throws {
        guard ticket.state == .entered || ticket.state == .draft else {
            if ticket.state == .left { return }
            throw BookingError.ballotClosed(ticket.round.record)
        }
        let now = desk.clock()
        try await desk.pool.withTransaction { connection in
            guard let round = try await store.lock(ticket.round.id, on: connection), round.takesEntries(at: now) else {
                throw BookingError.ballotClosed(ticket.round.record)
            }
            try await store.leave(ticket.id, on: connection)
        }
    }
}

/// Records of draws that have been made, a few of them: each is some megabytes for ten thousands of entries.
private final class DrawnRecords: Sendable {
    private static let limit = 4
    private let records = Mutex<[BallotRecord]>([])

    func record(_ id: String) -> BallotRecord? {
        records.withLock { $0.first { $0.round == id } }
    }

    func keep(_ record: BallotRecord) {
        records.withLock { records in
            records.removeAll { $0.round == record.round }
            records = records.suffix(Self.limit - 1) + [record]
        }
    }
}
