import Domain
import Logging
import ServiceLifecycle

/// Removes what nobody needs any more: ended sessions, old guesses, keys that will not be repeated, appointments of past days.
package struct Housekeeping: ServiceLifecycle.Service {
    /// Idempotency keys are kept for two days: a caller that was cut off for a whole day may still repeat a request safely.
    private static let keyMinutes = 48 * 60

    let sessions: SessionStore
    let guesses: SignInGuardStore
    let halls: HallStore
    let expected: ExpectedStore
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    /// Every ten minutes until the service shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(600))
                if Task.isCancelled { return }
                do {
                    try await tidy()
                } catch {
                    logger.warning("housekeeping failed; it is tried again", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    func tidy() async throws {
        let now = clock()
        try await sessions.forgetEnded(at: now)
        try await guesses.forget(before: now.advanced(minutes: -2 * SignInGuardStore.lockMinutes))
        try await halls.forgetKeys(before: now.advanced(minutes: -Housekeeping.keyMinutes))
        // Two days back, because the hall's date may be behind or before that of UTC.
        try await expected.forget(before: LocalDate(daysSinceEpoch: Int(now.milliseconds / 86_400_000) - 2))
    }
}
