/// A bucket that fills steadily and from which each request takes one token.
///
/// Source: J. Turner, "New Directions in Communications (or Which Way to the Information Age?)", IEEE Communications Magazine 24(10), 1986:
/// the leaky bucket as a meter.
package struct TokenBucket: Hashable, Sendable {
    private var tokens: Double
    private var at: Timestamp

    /// A full one.
    package init(_ rate: RequestRate, at now: Timestamp) {
        tokens = Double(rate.burst)
        at = now
    }

    /// What is in it at a moment. Clocks of processes differ a little; time never runs backwards here.
    package func level(_ rate: RequestRate, at now: Timestamp) -> Double {
        let passed = Double(max(0, now.milliseconds - at.milliseconds))
        return min(Double(rate.burst), tokens + passed * rate.perMillisecond)
    }

    package mutating func take(_ rate: RequestRate, at now: Timestamp) {
        tokens = max(0, level(rate, at: now) - 1)
        at = max(at, now)
    }
}
