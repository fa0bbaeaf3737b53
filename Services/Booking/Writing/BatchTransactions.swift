import Domain
import EventContracts
import Messaging
import Postgres
import Web

/// Carries out a batch of commands as one transaction, or as several where one fails.
struct BatchTransactions: Sendable {
    let pool: PostgresPool
    let streams: StreamNames
    let secrets: Secrets
    let wake: @Sendable (String) -> Void
    private let holds = HoldStore()
    /// Told of the slots whose places have changed, after the commit.
    let changed: @Sendable ([SlotChange]) -> Void
    let freedPlaces: @Sendable () -> FreedPlaceRules
    /// Told after a commit that left a place to ``PlaceReturn``.
    let returned: @Sendable () -> Void

    init(
        pool: PostgresPool, streams: StreamNames, secrets: Secrets, wake: @escaping @Sendable (String) -> Void,
        changed: @escaping @Sendable ([SlotChange]) -> Void = { _ in },
        freedPlaces: @escaping @Sendable () -> FreedPlaceRules = { .none },
        returned: @escaping @Sendable () -> Void = {}
    ) {
        self.pool = pool
        self.streams = streams
        self.secrets = secrets
        self.wake = wake
        self.changed = changed
        self.freedPlaces = freedPlaces
        self.returned = returned
    }

    private typealias Asked = GroupCommitBookingWriter.Asked
    private typealias Outcomes = [Result<BookingOutcome, any Error>]

    /// How often a transaction is tried again after a conflict with another one.
    private static let attempts = 5

    func carryOut(_ batch: [GroupCommitBookingWriter.Asked]) async -> [Result<BookingOutcome, any Error>] {
        var attempt = 1
        while true {
            do {
                return try await transaction(batch)
            } catch let error as PostgresError where error.isConflict && attempt < Self.attempts {
                attempt += 1
            } catch let error where (error as? PostgresError)?.isOfAStatement ?? true {
                guard batch.count > 1 else { return [.failure(Self.meaning(of: error))] }
                // Halves, so that one bad command among n costs log n transactions more.
                let middle = batch.count / 2
                return await carryOut(Array(batch[..<middle])) + carryOut(Array(batch[middle...]))
            } catch {
                return batch.map { _ in .failure(error) }
            }
        }
    }

    /// Another process booked for the same person, or again and again with the same phone, at the same moment.
    private static func meaning(of error: any Error) -> any Error {
        switch (error as? PostgresError)?.constraint {
        case "appointment_one_live": BookingError.alreadyBooked
        case "appointment_phone_seat": BookingError.busy(retryAfterSeconds: 1)
        default: error
        }
    }

    private func transaction(_ batch: [Asked]) async throws -> Outcomes {
        let (outcomes, streams, told, leavesPlaces) = try await pool.withConnection { connection in
            do {
                var (state, freed) = try await state(for: batch, on: connection)
                let outcomes: Outcomes = batch.map { asked in
                    Result { try state.decide(asked.command, traceparent: asked.traceparent) }
                }
                let changes = state.changes
                let results = try await connection.pipeline(try BatchStore.writing(changes) + ["COMMIT"])
                return (
                    outcomes, Set(changes.events.map(\.stream)), freed + SlotStore.told(by: results),
                    changes.leavesPlaces
                )
            } catch {
                // Fails only when the connection has gone, and then the server rolls back by itself.
                _ = try? await connection.query("ROLLBACK")
                throw error
            }
        }
        for stream in streams { wake(stream) }
        if !told.isEmpty { changed(told) }
        if leavesPlaces { returned() }
        return outcomes
    }

    /// Begins the transaction, locks the rows that the commands name, and reads them, in one round trip; in another where
    /// a wanted slot is full, but for holds that ran out a moment ago.
    ///
    /// - Returns: also what it told others about slots whose places it freed.
    private func state(
        for batch: [Asked], on connection: PostgresConnection
    ) async throws -> (BookingBatch, [SlotChange]) {
        var state = BookingBatch(streams: streams, secrets: secrets, freedPlaces: freedPlaces())
        let commands = batch.map(\.command)
        try await BatchStore.load(commands, into: &state, on: connection)
        var wanted: [SlotID: Int] = [:]
        for command in commands { if let slot = command.openSlot { wanted[slot, default: 0] += 1 } }
        let full = Set(wanted.filter { slot, count in state.slots[slot].map { $0.free < count } ?? false }.keys)
        guard !full.isEmpty, let now = commands.map(\.now).max() else { return (state, []) }
        let freed = try await holds.expire(
            of: full, except: commands.compactMap(\.holdToken), at: now, on: connection)
        guard !freed.isEmpty else { return (state, []) }
        let results = try await connection.pipeline(SlotStore.changing(freed.mapValues { -$0 }))
        for (slot, places) in freed { state.slots[slot]?.take(-places) }
        return (state, SlotStore.told(by: results))
    }
}

extension PostgresError {
    /// With another transaction: all of it may be tried again. A key, or a place of a phone, that another process took is
    /// found on the next look.
    fileprivate var isConflict: Bool {
        isSerializationFailure
            || isUniqueViolation && ["idempotency_key", "appointment_phone_seat"].contains(constraint)
    }

    /// The fault of what was asked, not of the way there: others of the batch may do better alone.
    fileprivate var isOfAStatement: Bool { code == .encoding || code == .server && !isConnectionFailure }
}
