import Logging
import Postgres
import ServiceBootstrap
import TestSupport
import Testing

@testable import BookingService

@Suite("Histories of bookings")
struct HistoryTests {
    /// A hundred in all. Two writers on connections of their own, as two processes have them.
    @Test(arguments: [1, 26, 51, 76])
    func `Whatever people do and whatever breaks, no place is given twice, none lost and nobody refused wrongly`(
        first: UInt64
    ) async throws {
        try await withBooking { rig in
            let names = ["history-1", "history-2"]
            let pools = names.map { name in
                var logger = Logger(label: name)
                logger.logLevel = .critical
                return PostgresPool(
                    configuration: PostgresConfiguration(
                        uri: rig.runtime.configuration.postgres, searchPath: BookingSchema.name, applicationName: name,
                        poolSize: 4), logger: logger)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for pool in pools { group.addTask { try await pool.run() } }
                defer { group.cancelAll() }
                let writers = pools.map { pool in
                    GroupCommitBookingWriter(
                        pool: pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 4096,
                        wake: { _ in })
                }
                var outcomes: [BookingHistory.Outcome: Int] = [:]
                for seed in first..<first + 25 {
                    let run = try await HistoryRun(rig, names, writers, seed: seed)
                    let faults = try await run.faults()
                    #expect(faults.isEmpty, "seed \(seed)")
                    for call in run.history.calls { outcomes[call.outcome, default: 0] += 1 }
                }
                // It was no quiet day.
                #expect(outcomes[.refused(.full), default: 0] > 50)
                #expect(outcomes[.refused(.alreadyBooked), default: 0] > 50)
                #expect(outcomes[.refused(.holdEnded), default: 0] > 0)
                #expect(outcomes[.unknown, default: 0] > 10)
                #expect(try await rig.miscounted() == 0)
            }
        }
    }
}
