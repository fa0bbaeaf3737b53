/// When somebody will be called, as sampled.
package struct WaitDistribution: Sendable, Hashable {
    /// Moments of the call, sorted.
    private let calls: [Int32]

    package init(calls: [Int32]) {
        self.calls = calls.sorted()
    }

    /// The expected moment of the call.
    package var mean: Double {
        calls.isEmpty ? 0 : Double(calls.reduce(0) { $0 + Int($1) }) / Double(calls.count)
    }

    /// The moment before which the call comes with the odds given: linear between the samples (Hyndman & Fan 1996,
    /// type 6, whose expected coverage is the nominal one).
    package func quantile(_ odds: Double) -> Double {
        guard let first = calls.first, let last = calls.last else { return 0 }
        let place = odds * Double(calls.count + 1) - 1
        guard place > 0 else { return Double(first) }
        guard place < Double(calls.count - 1) else { return Double(last) }
        let low = Int(place)
        return Double(calls[low]) + (place - Double(low)) * Double(calls[low + 1] - calls[low])
    }

    package var median: Double { quantile(0.5) }
}
