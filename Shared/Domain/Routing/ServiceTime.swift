#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How long serving one person takes, at a window of speed 1: log-normal.
///
/// What intake knows of the case (persons, sub-type, papers complete) narrows it: with a hint h the time is
/// log-normal around h with the part of the variance that the hint leaves.
package struct ServiceTime: Sendable, Hashable {
    /// Mean in seconds.
    package let mean: Double
    /// Standard deviation by mean.
    package let variation: Double
    /// The share of the variance of the logarithm that a hint explains (R²), in 0..<1.
    package let hintShare: Double
    /// Standard deviation of the logarithm, without and with a hint.
    package let sigma: Double
    package let hintedSigma: Double
    /// Factors to the mean, by equal steps of probability, without and with a hint.
    let factors: [Double]
    let hintedFactors: [Double]
    /// Hints by the mean, by equal steps of probability: what intake will say of people who have not come yet.
    let hintFactors: [Double]

    static let steps = 1024

    package init(mean: Double, variation: Double, hintShare: Double = 0.35) {
        self.mean = mean
        self.variation = variation
        self.hintShare = hintShare
        let variance = log(1 + variation * variation)
        sigma = variance.squareRoot()
        hintedSigma = (variance * (1 - hintShare)).squareRoot()
        factors = Self.table(sigma)
        hintedFactors = Self.table(hintedSigma)
        hintFactors = Self.table((variance * hintShare).squareRoot())
    }

    /// Of equal probability, with mean 1 exactly.
    private static func table(_ sigma: Double) -> [Double] {
        let raw = (0..<steps).map { exp(sigma * Normal.quantile((Double($0) + 0.5) / Double(steps))) }
        let mean = raw.reduce(0, +) / Double(steps)
        return raw.map { $0 / mean }
    }

    /// A sampled time in seconds around `hint` (`nil`: unknown), from random bits.
    @inline(__always)
    package func sample(hint: Double?, bits: UInt64) -> Double {
        let step = Int(bits & UInt64(Self.steps - 1))
        if let hint { return hint * hintedFactors[step] }
        return mean * factors[step]
    }

    /// A hint in seconds as intake might give it, from random bits.
    @inline(__always)
    package func hint(bits: UInt64) -> Double {
        mean * hintFactors[Int(bits & UInt64(Self.steps - 1))]
    }

    /// A rest in seconds for somebody who has been served for `elapsed` seconds at a window of that pace (time there by
    /// time at speed 1), given that it is not over: the quantile `unit` of what is left.
    package func rest(hint: Double?, pace: Double, elapsed: Double, unit: Double) -> Double {
        let center = (hint ?? mean) * pace
        let table = hint == nil ? factors : hintedFactors
        let from = elapsed > 0 ? Self.count(in: table, notAbove: elapsed / center) : 0
        if from < Self.steps * 15 / 16 {
            let step = from + Int(unit * Double(Self.steps - from))
            return max(1, center * table[step] - elapsed)
        }
        // The table is too coarse for the upper tail.
        let spread = hint == nil ? sigma : hintedSigma
        let mu = log(center) - spread * spread / 2
        guard spread > 0 else { return max(1, elapsed * 0.1) }
        let survival = Normal.distribution(-(log(elapsed) - mu) / spread)
        guard survival > 1e-12 else { return max(1, elapsed * 0.1) }
        let x = -Normal.quantile(min(max(survival * (1 - unit), 1e-15), 1 - 1e-15))
        return max(1, exp(mu + spread * x) - elapsed)
    }

    /// How many of the sorted table are at most `value`: O(log steps).
    private static func count(in table: [Double], notAbove value: Double) -> Int {
        var low = 0
        var high = table.count
        while low < high {
            let middle = (low + high) / 2
            if table[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
