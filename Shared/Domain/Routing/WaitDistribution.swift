#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
    /// type 6, whose expected coverage is the nominal one), and beyond the last as the last tenth would go on if it fell
    /// exponentially. O(1).
    package func quantile(_ odds: Double) -> Double {
        guard let first = calls.first, let last = calls.last else { return 0 }
        let place = odds * Double(calls.count + 1) - 1
        guard place > 0 else { return Double(first) }
        guard place < Double(calls.count - 1) else {
            let tenth = Double(last - calls[calls.count * 9 / 10])
            let room = (1 - min(odds, 0.9999)) * Double(calls.count + 1)
            guard calls.count >= 20, room < 1 else { return Double(last) }
            return Double(last) - tenth / log(0.1 * Double(calls.count + 1)) * log(room)
        }
        let low = Int(place)
        return Double(calls[low]) + (place - Double(low)) * Double(calls[low + 1] - calls[low])
    }

    package var median: Double { quantile(0.5) }

    /// Mean distance of the samples from their median [s]: the error to be expected of the median if the samples are right.
    package var spread: Double {
        let median = median
        return calls.reduce(0) { $0 + abs(Double($1) - median) } / Double(max(1, calls.count))
    }

    /// The share of samples before a moment. O(log n).
    package func share(before moment: Double) -> Double {
        var low = 0
        var high = calls.count
        while low < high {
            let middle = (low + high) / 2
            if Double(calls[middle]) < moment { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(max(1, calls.count))
    }
}
