/// Waits that double from attempt to attempt, with jitter so that many processes do not come back in one moment.
///
/// "Equal jitter" of M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015: half of the wait is
/// fixed, the other half is drawn.
package struct Backoff: Hashable, Sendable {
    package var first: Duration
    package var longest: Duration

    package init(first: Duration = .milliseconds(50), longest: Duration = .seconds(2)) {
        self.first = first
        self.longest = longest
    }

    /// The wait after the given number of failures in a row.
    ///
    /// - Parameters:
    ///   - failures: 1 for the first failure.
    ///   - random: the draw, 0 to 1.
    package func delay(failures: Int, random: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 30)
        let full = min(first * (1 << doublings), longest)
        return full / 2 + full / 2 * min(max(random, 0), 1)
    }

    package func delay(failures: Int) -> Duration {
        delay(failures: failures, random: .random(in: 0...1))
    }
}
