/// Widens or narrows intervals so that they cover what they claim: split-conformal quantile regression (Romano,
/// Patterson & Candès 2019) on the hall's own past, class by class.
package struct ConformalCorrection: Sendable, Hashable {
    /// How far outside the interval (negative: inside) the waits of the past lay, relative to the interval's median
    /// wait plus a minute, sorted; for each class.
    private var scores: [Int: [Double]] = [:]
    /// With fewer, the interval stays as it was rolled.
    private static let least = 100

    package init() {}

    /// A forecast of the past, and what came of it, all in seconds of wait.
    package mutating func learn(class key: Int, low: Double, median: Double, high: Double, actual: Double) {
        scores[key, default: []].append(max(low - actual, actual - high) / (median + 60))
    }

    /// By how much an interval with these odds has to be widened on both sides, by its median wait plus a minute.
    package func margin(class key: Int, odds: Double) -> Double {
        guard let known = scores[key], known.count >= Self.least else { return 0 }
        let place = Int((odds * Double(known.count + 1)).rounded(.up)) - 1
        return known.sorted()[min(known.count - 1, max(0, place))]
    }
}
