/// Mean and standard error of paired differences.
struct PairedGain: Sendable {
    private(set) var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    var mean: Double { count > 0 ? sum / count : 0 }

    /// Infinite for fewer than two.
    var error: Double {
        guard count > 1 else { return .infinity }
        return (max(0, squares / count - mean * mean) / (count - 1)).squareRoot()
    }
}
