package import Domain
package import Logging
import ServiceLifecycle
import Synchronization

/// Lets time pass in the halls: opens the local day, brings in who is expected on it, and ends what time ends.
///
/// Every process does this for every hall; the optimistic append makes a second tick harmless, and a hall where nothing is due costs
/// one cheap look at the log's head. The processes are spread by a phase of their own. A hall in which nobody is left rests until its
/// midnight, unless somebody uses it.
package final class HallTicker: ServiceLifecycle.Service {
    private let halls: HallRegistry
    private let catalogue: CatalogueHolder
    private let store: ExpectedStore
    private let logger: Logger
    private let interval: Duration
    /// The day, and when its appointments were last compared with the hall's log.
    private let compared = Mutex<[HallID: (day: LocalDate, at: Timestamp)]>([:])
    /// Until when nothing can become due in a hall that is not in memory.
    private let resting = Mutex<[HallID: Timestamp]>([:])

    package init(
        halls: HallRegistry, catalogue: CatalogueHolder, store: ExpectedStore, logger: Logger,
        interval: Duration = .seconds(2)
    ) {
        self.halls = halls
        self.catalogue = catalogue
        self.store = store
        self.logger = logger
        self.interval = interval
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            try? await Task.sleep(for: interval * Double.random(in: 0..<1))
            while !Task.isCancelled {
                for hall in catalogue.city.configurations.keys.sorted() where !Task.isCancelled && !isResting(hall) {
                    do {
                        try await pass(hall)
                    } catch {
                        if !Task.isCancelled {
                            logger.warning(
                                "a hall's time stands still", metadata: ["hall": "\(hall)", "error": "\(error)"])
                        }
                    }
                }
                await halls.evict(unusedSince: halls.clock().advanced(minutes: -30))
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Lets time pass in one hall.
    package func pass(_ hall: HallID) async throws {
        let writer = try halls.writer(hall)
        let now = halls.clock()
        var reading = try await writer.tick(
            HallRequest(.tick, key: CommandKey(key: "tick:\(now.milliseconds)", fingerprint: "tick")))
        guard let today = reading.configuration.civilTime?.date(at: now) else { return }
        if reading.queue.day != today {
            reading = try await writer.tick(
                HallRequest(.openDay, key: CommandKey(key: "open:\(today)", fingerprint: "open")))
        }
        guard reading.queue.day == today else { return }
        try await bringIn(hall, day: today, at: now, writer: writer, reading: reading)
        noteRest(of: hall, at: now, reading)
    }

    private func isResting(_ hall: HallID) -> Bool {
        guard !halls.isLive(hall), let until = resting.withLock({ $0[hall] }) else { return false }
        return halls.clock() < until
    }

    /// Not in the first minutes of a day, when an appointment may still be on its way into the table.
    private func noteRest(of hall: HallID, at now: Timestamp, _ reading: HallReading) {
        let isQuiet = reading.queue.windows.isEmpty && reading.queue.tickets.values.allSatisfy(\.state.isEnded)
        guard let zone = reading.configuration.civilTime, isQuiet, zone.minuteOfDay(at: now) >= 5 else {
            resting.withLock { $0[hall] = nil }
            return
        }
        let midnight = zone.moment(of: zone.date(at: now).advanced(days: 1), minute: 0)
        resting.withLock { $0[hall] = midnight }
    }

    /// Tells the hall of the day's appointments that it does not know: all of them when the day opens; again every minute, for one
    /// that was being stored while the day opened.
    private func bringIn(
        _ hall: HallID, day: LocalDate, at now: Timestamp, writer: HallWriter, reading: HallReading
    ) async throws {
        let last = compared.withLock { $0[hall] }
        if let last, last.day == day, now.seconds(since: last.at) < 60 { return }
        for expected in try await store.expected(in: hall, on: day) {
            let ticket = TicketID(expected.appointment.rawValue)
            if let known = reading.queue.tickets[ticket], known.state != .withdrawn,
                known.state != .expected || (known.slot == expected.slot && known.service == expected.service)
            {
                continue
            }
            let key = CommandKey(
                key: "expected:\(day)/\(expected.appointment)/\(expected.sequence)", fingerprint: "expected")
            do {
                _ = try await writer.submit(HallRequest(.expect(expected.ticket), key: key))
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                logger.warning(
                    "an expected person is not let into the queue",
                    metadata: [
                        "hall": "\(hall)", "ticket": "\(ticket)", "reason": "\(refusal.code)",
                    ])
            }
        }
        compared.withLock { $0[hall] = (day, now) }
    }
}
