/// The random numbers of one sampled future, keyed by person: each candidate that is compared meets the same.
///
/// Of several samples, eight in a row spread the numbers of each person over the eight octants of (0, 1), in an order of
/// the person's own (Latin hypercube sampling; McKay, Beckman & Conover 1979): differences that one person's luck would
/// make cancel out, so fewer samples tell as much.
struct SampledFuture {
    static let block = 8

    let random: CounterRandom
    private let strata: CounterRandom
    private let place: UInt64
    private let isStratified: Bool

    init(_ random: CounterRandom) {
        self.random = random
        strata = random
        place = 0
        isStratified = false
    }

    init(sample: Int, of all: CounterRandom) {
        random = all.branch(sample)
        strata = all.branch(-1 - sample / Self.block)
        place = UInt64(sample % Self.block)
        isStratified = true
    }

    /// One of `ServiceTime.steps`, all equally likely.
    @inline(__always)
    func step(_ key: Int) -> Int {
        let own = random.bits(key) & UInt64(ServiceTime.steps - 1)
        guard isStratified else { return Int(own) }
        return Int(octant(key) << 7 | own >> 3)
    }

    /// Uniform in (0, 1).
    @inline(__always)
    func unit(_ key: Int) -> Double {
        let own = random.unit(key)
        guard isStratified else { return own }
        return (Double(octant(key)) + own) / Double(Self.block)
    }

    @inline(__always)
    private func octant(_ key: Int) -> UInt64 {
        let order = strata.bits(key)
        return ((place ^ (order & 7)) &* (order >> 3 | 1) &+ order >> 32) & 7
    }
}
