package import Domain

/// When a message that could not be delivered is tried again, and when no more.
package struct RetryRule: Sendable, Hashable {
    package var firstDelaySeconds: Double
    package var longestDelaySeconds: Double
    /// How many attempts are made in all.
    package var attemptLimit: Int

    package init(firstDelaySeconds: Double = 0.5, longestDelaySeconds: Double = 120, attemptLimit: Int = 20) {
        self.firstDelaySeconds = firstDelaySeconds
        self.longestDelaySeconds = longestDelaySeconds
        self.attemptLimit = attemptLimit
    }

    package enum Decision: Hashable, Sendable {
        case retry(at: Timestamp)
        case giveUp(Reason)
    }

    package enum Reason: String, Hashable, Sendable {
        case tooManyAttempts
        case expired
    }

    /// Exponential back-off with equal jitter: half of the delay is fixed, half is drawn, so that many messages that failed together
    /// are not tried again together.
    ///
    /// - Parameters:
    ///   - attempts: the attempts made, this failed one included.
    ///   - jitter: drawn from 0 to 1.
    package func decide(attempts: Int, expires: Timestamp, now: Timestamp, jitter: Double) -> Decision {
        guard attempts < attemptLimit else { return .giveUp(.tooManyAttempts) }
        var delay = firstDelaySeconds
        for _ in 1..<max(1, attempts) where delay < longestDelaySeconds { delay *= 2 }
        delay = min(delay, longestDelaySeconds)
        let drawn = delay / 2 + delay / 2 * min(max(jitter, 0), 1)
        let next = Timestamp(milliseconds: now.milliseconds + Int64(drawn * 1000))
        return next < expires ? .retry(at: next) : .giveUp(.expired)
    }
}
