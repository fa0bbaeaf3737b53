#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Random numbers without a state: the number depends on the seed and on what it is for, and on nothing else.
///
/// So sample i of a future is the same for every candidate that is compared on it, whatever else was drawn before
/// (common random numbers), and a replay draws the same. SplitMix64 (Steele, Lea & Flood 2014) as the mixing function.
package struct CounterRandom: Sendable, Hashable {
    private let seed: UInt64

    package init(_ seed: UInt64) {
        self.seed = seed
    }

    /// A generator of its own for a part of the seed's future.
    @inline(__always)
    package func branch(_ key: Int) -> CounterRandom {
        CounterRandom(bits(key))
    }

    /// 64 random bits for `key`.
    @inline(__always)
    package func bits(_ key: Int) -> UInt64 {
        var mixed = seed &+ UInt64(truncatingIfNeeded: key) &* 0x9E37_79B9_7F4A_7C15 &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in (0, 1), never 0 or 1.
    @inline(__always)
    package func unit(_ key: Int) -> Double {
        (Double(bits(key) >> 11) + 0.5) * 0x1p-53
    }
}

/// A sequence of random numbers: for what is drawn in order, such as the arrivals of a sampled future.
package struct RandomSequence: Sendable, RandomNumberGenerator {
    private let random: CounterRandom
    private var drawn = 0

    package init(_ random: CounterRandom) {
        self.random = random
    }

    package init(seed: UInt64) {
        self.init(CounterRandom(seed))
    }

    package mutating func next() -> UInt64 {
        drawn += 1
        return random.bits(drawn)
    }

    /// Uniform in (0, 1).
    package mutating func unit() -> Double {
        drawn += 1
        return random.unit(drawn)
    }

    /// Exponential with mean 1.
    package mutating func exponential() -> Double {
        -log(unit())
    }

    /// Standard normal.
    package mutating func normal() -> Double {
        Normal.quantile(unit())
    }

    /// Gamma with the shape given and scale 1 (Marsaglia & Tsang 2000).
    package mutating func gamma(shape: Double) -> Double {
        guard shape >= 1 else { return gamma(shape: shape + 1) * pow(unit(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// The index that odds choose; `nil` for what is left to 1.
    package mutating func choice(_ odds: [Double]) -> Int? {
        var rest = unit()
        for (index, share) in odds.enumerated() {
            rest -= share
            if rest < 0 { return index }
        }
        return nil
    }
}

/// The normal distribution.
package enum Normal {
    /// P(Z <= x).
    package static func distribution(_ x: Double) -> Double {
        0.5 * erfc(-x * 0.5.squareRoot())
    }

    /// The x with P(Z <= x) = p, for p in (0, 1); relative error below 1.15e-9 (Acklam's rational approximation).
    package static func quantile(_ p: Double) -> Double {
        if p > 0.5 { return -lower(1 - p) }
        return lower(p)
    }

    private static func lower(_ p: Double) -> Double {
        guard p >= 0.02425 else {
            let q = (-2 * log(max(p, .leastNormalMagnitude))).squareRoot()
            let top =
                ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
                    - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783
            let bottom =
                (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
                    + 3.754408661907416) * q + 1
            return top / bottom
        }
        let q = p - 0.5
        let r = q * q
        let top =
            (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
                + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
        let bottom =
            ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
                + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1
        return top / bottom
    }
}
