#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes sampled waits hold what they claim, by what became of earlier statements of the same hall.
///
/// Adaptive conformal inference (Gibbs & Candès 2021) on the levels of the sampled distribution (Chernozhukov, Wüthrich &
/// Zhu 2021): the odds at which the ends of an interval are read move a step outwards after a miss and a little inwards
/// after a hit. A level is moved by its class of people, its hour and its service together, each with a number of its
/// own; so the misses of every one of these groups come to what was stated (Angelopoulos, Jordan & Tibshirani 2025,
/// gradient equilibrium), whatever the hall does and however it drifts. The middle starts at the median and is moved by its
/// error, since waits are skewed: a little above the median there is no bias, at hardly any cost in absolute error.
///
/// It holds seven numbers for each group and nothing of the past: about 1 kB of JSON for a hall of six services, and at
/// most 4 kB, since no more than `mostGroups` are kept. The same statements in the same order (that of the calls) give the
/// same state. Learning costs O(1), stating O(log n) for n samples.
package struct WaitCalibration: Sendable, Hashable {
    /// Whom a statement is for.
    package struct Case: Sendable, Hashable {
        package var standing: Standing
        /// Of the arrival, from midnight.
        package var hour: Int
        package var service: String

        package init(standing: Standing, hour: Int, service: String) {
            self.standing = standing
            self.hour = hour
            self.service = service
        }

        fileprivate var keys: [String] { ["c\(standing.rawValue)", "h\(hour)", "s\(service)"] }
    }

    /// How often an interval should hold.
    package enum Odds: Int, Sendable, CaseIterable {
        case eighty, ninety

        /// What is to be missed, on both sides together.
        package var missed: Double { self == .eighty ? 0.2 : 0.1 }
        fileprivate var lower: Int { rawValue * 2 }
        fileprivate var upper: Int { rawValue * 2 + 1 }
    }

    /// What a group has taught.
    private struct Group: Sendable, Hashable {
        /// By how much the logarithm of the odds of missing is moved: below and above, for each `Odds`; and that of the
        /// middle.
        var moves = Array(repeating: 0.0, count: WaitCalibration.parts)
        /// From how many statements, for each `Odds`, up to `mostCounted`.
        var counts = Odds.allCases.map { _ in 0 }

        mutating func move(_ part: Int, by step: Double) {
            moves[part] = WaitCalibration.rounded(
                min(WaitCalibration.mostMoved, max(-WaitCalibration.mostMoved, moves[part] + step)))
        }
    }

    private static let parts = 5
    /// No level is moved further: odds of one in ten become one in five hundred, or six in seven.
    private static let mostMoved = 4.0
    private static let middle = 4
    private static let mostGroups = 64
    /// The first step, and how many statements halve it. Steps of the ends stay after `endsSettle` statements, so that a
    /// group forgets over some hundred; those of the middle after `mostCounted`, because a bad day makes many errors in a
    /// row, which must not throw it about.
    private static let firstStep = 0.2
    private static let halving = 50.0
    private static let endsSettle = 200
    private static let mostCounted = 950
    /// Errors of the middle count in units of this [s], and no more than one.
    private static let errorUnit = 1200.0

    private static func step(after count: Int) -> Double { firstStep / (1 + Double(count) / halving) }

    private var groups: [String: Group] = [:]

    package init() {}

    // MARK: Stating

    /// What to say of a sampled wait from `now` on, to whole seconds.
    package func state(_ wait: WaitDistribution, at now: Int, to person: Case, odds: Odds = .eighty) -> StatedWait {
        let keys = person.keys
        let down = move(odds.lower, keys)
        let up = move(odds.upper, keys)
        var (low, below) = lowEnd(wait, odds.missed / 2, down)
        let (high, above) = highEnd(wait, odds.missed - below, up)
        // What the upper side does not use up, because many waits end at the same second, the lower may.
        if odds.missed - above > below { (low, below) = lowEnd(wait, odds.missed - above, down) }
        let middle = wait.quantile(Self.moved(0.5, by: move(Self.middle, keys)))
        let start = Double(now)
        let first = max(0, low - start)
        let last = max(first, high - start)
        return StatedWait(
            low: first, expected: min(last, max(first, middle - start)), high: last, below: Self.rounded(below),
            above: Self.rounded(above))
    }

    /// The moment before which the call comes with the odds `missed`, as moved, and the odds that it truly does.
    private func lowEnd(_ wait: WaitDistribution, _ missed: Double, _ move: Double) -> (Double, Double) {
        let low = wait.quantile(Self.moved(missed, by: move)).rounded(.down)
        let before = wait.share(before: low)
        guard wait.share(before: low + 1) - before > Self.pointMass else { return (low, missed) }
        return (low, before > 0 ? min(missed, Self.moved(before, by: -move)) : 0)
    }

    private func highEnd(_ wait: WaitDistribution, _ missed: Double, _ move: Double) -> (Double, Double) {
        let high = wait.quantile(1 - Self.moved(missed, by: move)).rounded(.up)
        let after = 1 - wait.share(before: high + 1)
        guard 1 - after - wait.share(before: high) > Self.pointMass else { return (high, missed) }
        return (high, after > 0 ? min(missed, Self.moved(after, by: -move)) : 0)
    }

    /// A share of the samples at the same second that is no chance.
    private static let pointMass = 0.045

    /// Odds moved on the logistic scale.
    private static func moved(_ odds: Double, by move: Double) -> Double {
        let odds = min(max(odds, 1e-4), 1 - 1e-4)
        return 1 / (1 + (1 - odds) / odds * exp(-move))
    }

    private func move(_ part: Int, _ keys: [String]) -> Double {
        keys.reduce(0) { $0 + (groups[$1]?.moves[part] ?? 0) }
    }

    // MARK: Learning

    /// What became of a statement, at the call.
    ///
    /// - Parameter actual: the wait [s].
    package mutating func learn(_ stated: StatedWait, for person: Case, odds: Odds = .eighty, actual: Double) {
        let keys = person.keys.filter { groups[$0] != nil || groups.count < Self.mostGroups }
        let share = 1 / Double(max(1, keys.count)).squareRoot()
        for key in keys {
            var group = groups[key] ?? Group()
            let count = group.counts[odds.rawValue]
            let step = share * Self.step(after: min(count, Self.endsSettle))
            group.move(odds.lower, by: step * (stated.below - (actual < stated.low ? 1 : 0)))
            group.move(odds.upper, by: step * (stated.above - (actual > stated.high ? 1 : 0)))
            // Where all samples agree there is nothing to move the middle in.
            if odds == .eighty, stated.high > stated.low {
                let error = min(1, max(-1, (actual - stated.expected) / Self.errorUnit))
                group.move(Self.middle, by: share * Self.step(after: count) * error)
            }
            group.counts[odds.rawValue] = min(count + 1, Self.mostCounted)
            groups[key] = group
        }
    }

    /// The same of a statement of which only these were kept. The odds of its sides are then those of an interval whose
    /// one point mass is at zero; where it is a single point nothing can be learned. Coverage differs by half a per cent
    /// from that with the odds stated, and as little when a day is learned at its end instead of call by call.
    package mutating func learn(
        low: Double, expected: Double, high: Double, for person: Case, odds: Odds = .eighty, actual: Double
    ) {
        guard high > low else { return }
        let below = low > 0 ? odds.missed / 2 : 0
        let stated = StatedWait(low: low, expected: expected, high: high, below: below, above: odds.missed - below)
        learn(stated, for: person, odds: odds, actual: actual)
    }

    /// Four places are kept, so that a state read back is the same state.
    private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}

/// An object of the groups, each an array of its moves and its counts.
extension WaitCalibration: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        groups = try container.decode([String: [Double]].self).mapValues { numbers in
            let counts = Odds.allCases.count
            guard numbers.count == Self.parts + counts else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a group has \(Self.parts + counts) numbers")
            }
            return Group(
                moves: Array(numbers.prefix(Self.parts)),
                counts: numbers.suffix(counts).map { Int(min(Double(Self.mostCounted), max(0, $0))) })
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(groups.mapValues { $0.moves + $0.counts.map(Double.init) })
    }
}
