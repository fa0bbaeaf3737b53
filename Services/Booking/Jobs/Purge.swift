package import Domain
package import Logging
package import Postgres
internal import ServiceLifecycle
package import Web

/// Removes what is not needed any more: answers to keys after 48 hours, codes and ended holds after a day, the numbers of
/// documents 30 days after the visit was to end, entries of the waitlist a week after they ended.
package struct Purge: ServiceLifecycle.Service {
    let pool: PostgresPool
    let secrets: Secrets
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    static let interval = Duration.seconds(3600)
    /// Days for which a complaint about the visit may need the document.
    static let identityDays: Int64 = 30
    /// Days for which the page of an ended entry says how it ended.
    static let waitlistDays: Int64 = 7

    package init(pool: PostgresPool, secrets: Secrets, clock: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.pool = pool
        self.secrets = secrets
        self.clock = clock
        self.logger = logger
    }

    /// - Returns: rows removed, by kind.
    @discardableResult
    package func run(at now: Timestamp) async throws -> (answers: Int, codes: Int, holds: Int, documents: Int) {
        let day: Int64 = 86_400
        let answers = try await IdempotencyStore(secrets: secrets).purge(
            before: now.advanced(seconds: -Int64(IdempotencyStore.keptHours) * 3600), on: pool)
        let codes = try await VerificationStore().purge(before: now.advanced(seconds: -day), on: pool)
        let holds = try await HoldStore().purge(before: now.advanced(seconds: -day), on: pool)
        // Names and phones of entries serve no purpose a month after the visits.
        _ = try await BallotStore().purge(
            draftsBefore: now.advanced(seconds: -day),
            detailsBefore: LocalDate(
                daysSinceEpoch: Int(now.advanced(seconds: -Self.identityDays * day).milliseconds / 86_400_000)),
            on: pool)
        let documents = try await AppointmentStore().forgetIdentities(
            endedBefore: now.advanced(seconds: -Self.identityDays * day), on: pool)
        let waitlist = WaitlistStore()
        _ = try await waitlist.endOver(at: now, on: pool)
        _ = try await waitlist.purge(before: now.advanced(seconds: -Self.waitlistDays * day), on: pool)
        _ = try await ClosureMoveStore().purge(before: now.advanced(seconds: -Self.identityDays * day), on: pool)
        return (answers, codes, holds, documents)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let removed = try await self.run(at: self.clock())
                    self.logger.info(
                        "Old rows were removed",
                        metadata: [
                            "answers": "\(removed.answers)", "codes": "\(removed.codes)", "holds": "\(removed.holds)",
                            "documents": "\(removed.documents)",
                        ])
                } catch {
                    self.logger.warning("Old rows could not be removed; tried again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
