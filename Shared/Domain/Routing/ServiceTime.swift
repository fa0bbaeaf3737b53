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
    private let factors: [Double]
    private let hintedFactors: [Double]

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

    /// A sampled rest in seconds for somebody who has been served for `elapsed` seconds at a window of that pace
    /// (time there by time at speed 1), given that it is not over.
    package func sampleRest(hint: Double?, pace: Double, elapsed: Double, unit: Double) -> Double {
        let spread = hint == nil ? sigma : hintedSigma
        let center = (hint ?? mean) * pace
        guard elapsed > 0, spread > 0 else {
            return max(1, center * exp(spread * Normal.quantile(unit) - spread * spread / 2) - elapsed)
        }
        let mu = log(center) - spread * spread / 2
        // Survival beyond the elapsed time, from the upper tail, so that long services keep their precision.
        let survival = Normal.distribution(-(log(elapsed) - mu) / spread)
        guard survival > 1e-12 else { return max(1, elapsed * 0.1) }
        let x = -Normal.quantile(min(max(survival * (1 - unit), 1e-15), 1 - 1e-15))
        return max(1, exp(mu + spread * x) - elapsed)
    }
}
