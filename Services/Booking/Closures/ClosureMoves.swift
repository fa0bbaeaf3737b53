package import Domain
import EventContracts
package import Logging
package import Postgres
internal import ServiceLifecycle

/// Finds another place for everybody whose place is gone because a hall closes, and has them told.
///
/// Any number of processes may run it, and each may be killed at any moment: every step is a command of the writer, whose
/// transaction moves the appointment, writes the event and ends the row that says that it is still to be moved. Whoever is first
/// has decided, be it the person or another process.
///
/// Growth: two statements and one command for each person; a probe of a partial index each two seconds when there is nobody.
package struct ClosureMoves: ServiceLifecycle.Service {
    let pool: PostgresPool
    let writer: any BookingWriting
    let release: SlotRelease
    let city: @Sendable () -> City
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    private let store = ClosureMoveStore()
    static let interval = Duration.seconds(2)
    /// People whom a process takes in hand at a time.
    static let batch = 50
    /// After so long others go on with what a process that died had in hand.
    static let claimSeconds: Int64 = 30
    /// How many places are tried for one person before the others have their turn.
    private static let tries = 20

    package init(
        pool: PostgresPool, writer: any BookingWriting, release: SlotRelease, city: @escaping @Sendable () -> City,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.pool = pool
        self.writer = writer
        self.release = release
        self.city = city
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let settled = try await self.sweep()
                    if settled > 0 {
                        self.logger.info(
                            "Appointments of closed halls were moved", metadata: ["people": "\(settled)"])
                    }
                } catch {
                    self.logger.warning(
                        "Appointments could not be moved; tried again", metadata: ["error": "\(error)"])
                }
                // Another process may have left something undone, which nobody tells.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Moves whoever is to be moved, by the start of what they have lost.
    ///
    /// - Returns: how many people it took in hand.
    @discardableResult
    package func sweep() async throws -> Int {
        // Before the first import is known nothing is to be found.
        guard city().version > 0 else { return 0 }
        var settled = 0
        while !Task.isCancelled, try await store.isAnythingDue(at: clock(), on: pool) {
            let now = clock()
            let moves = try await store.claim(
                limit: Self.batch, at: now, until: now.advanced(seconds: Self.claimSeconds), on: pool)
            guard !moves.isEmpty else { break }
            try await settle(moves)
            settled += moves.count
        }
        return settled
    }

    /// One after the other, so that who comes first chooses first. One that fails keeps nobody else from it; it is tried again.
    private func settle(_ moves: [ClosureMove]) async throws {
        var failure: (any Error)?
        for move in moves {
            do {
                try await settle(move)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// The best place that can be had, or none.
    private func settle(_ move: ClosureMove) async throws {
        let now = clock()
        let lost = LostPlace(move: move.id, slot: move.slot)
        guard let appointment = try await AppointmentStore().appointment(id: move.appointment, on: pool),
            appointment.state == .booked, appointment.slot == move.slot
        else { return try await store.drop(move, on: pool) }
        do {
            let replacement = Replacement(hall: move.hall, start: move.start)
            let slots = try await pool.read(
                SlotStore().replacements(for: replacement, service: appointment.service, after: now)
            ).map { try Slot($0) }
            let choices = Self.choices(for: replacement, among: slots, city(), release, at: now)
            for slot in choices.prefix(Self.tries) {
                let order = RescheduleOrder(
                    appointment: move.appointment, version: nil, place: .slot(slot.id), now: now,
                    earliestStart: now, lost: lost)
                do {
                    _ = try await writer.reschedule(order)
                    return
                } catch BookingError.slotFull, BookingError.slotClosed {
                    // Somebody else was quicker.
                    continue
                }
            }
            // There are places, but all that were tried have gone: another look finds others.
            guard choices.isEmpty else { throw BookingError.busy(retryAfterSeconds: 1) }
            _ = try await writer.cancel(
                CancelOrder(appointment: move.appointment, version: nil, cause: .closure, now: now, lost: lost))
        } catch BookingError.appointmentStale, BookingError.appointmentEnded, BookingError.appointmentUnknown {
            try await store.drop(move, on: pool)
        }
    }

    /// The free places that will do for somebody, the best first.
    static func choices(
        for lost: Replacement, among slots: [Slot], _ city: City, _ release: SlotRelease, at now: Timestamp
    ) -> [Slot] {
        lost.choices(
            among: slots.filter { slot in
                slot.start >= city.earliestStart(in: slot.hall, at: now)
                    && release.opening(of: slot, in: city)?.isOpen(at: now) ?? true
            }, halls: city.catalogue.halls, at: now
        ) { ($0.hall, $0.start) }
    }
}
