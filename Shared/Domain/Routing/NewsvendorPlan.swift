#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many bookings each slot should take, before any search: the same odds in every slot that the work brought is done
/// by the windows on duty in it (the critical ratio of the newsvendor, Arrow, Harris & Marschak 1951).
///
/// Work of a slot is what walk-ins bring (Poisson, with the variation of the day) and the booked people who come
/// (binomial); its sum is taken as normal.
package struct NewsvendorPlan: Sendable, Hashable {
    /// What is known of one slot.
    package struct Slot: Sendable, Hashable {
        /// Seconds of service that the windows on duty can give, at speed 1.
        package var capacity: Double
        /// Expected walk-ins.
        package var walkIns: Double
        /// At most this share of what can be started is booked.
        package var share: Double

        package init(capacity: Double, walkIns: Double, share: Double = 1.1) {
            self.capacity = capacity
            self.walkIns = walkIns
            self.share = share
        }
    }

    /// Mean and mean square of the work of one person [s, s²].
    package struct Work: Sendable, Hashable {
        package var mean: Double
        package var square: Double

        package init(mean: Double, square: Double) {
            self.mean = mean
            self.square = square
        }
    }

    /// Places for each slot; their sum is the number asked for, or less when the slots cannot hold so many.
    package let places: [Int]

    /// O(slots · log²(1/precision)).
    package init(
        _ slots: [Slot], bookings: Int, walkIn: Work, booked: Work, showOdds: Double, dayVariation: Double
    ) {
        let most = slots.map { slot in booked.mean > 0 ? slot.share * slot.capacity / (booked.mean * showOdds) : 0 }
        /// Real-valued places of a slot such that the odds are met: decreasing in the odds' quantile z.
        func places(_ z: Double, _ index: Int) -> Double {
            let slot = slots[index]
            var low = 0.0
            var high = most[index]
            for _ in 0..<40 {
                let n = (low + high) / 2
                let mean = slot.walkIns * walkIn.mean + n * showOdds * booked.mean
                let daily = dayVariation * slot.walkIns * walkIn.mean
                let variance =
                    slot.walkIns * walkIn.square + daily * daily
                    + n * (showOdds * booked.square - showOdds * showOdds * booked.mean * booked.mean)
                if slot.capacity - mean >= z * variance.squareRoot() { low = n } else { high = n }
            }
            return low
        }
        var low = -8.0
        var high = 8.0
        for _ in 0..<50 {
            let z = (low + high) / 2
            let sum = slots.indices.reduce(0) { $0 + places(z, $1) }
            if sum >= Double(bookings) { low = z } else { high = z }
        }
        let real = slots.indices.map { places(low, $0) }
        self.places = Self.rounded(real, to: min(bookings, Int(real.reduce(0, +).rounded())))
    }

    /// Whole numbers with the sum given, by the largest remainders.
    private static func rounded(_ real: [Double], to sum: Int) -> [Int] {
        var whole = real.map { Int($0) }
        let order = real.indices.sorted {
            let one = real[$0] - real[$0].rounded(.down)
            let other = real[$1] - real[$1].rounded(.down)
            return one != other ? one > other : $0 < $1
        }
        var missing = sum - whole.reduce(0, +)
        for index in order where missing > 0 {
            whole[index] += 1
            missing -= 1
        }
        for index in order.reversed() where missing < 0 && whole[index] > 0 {
            whole[index] -= 1
            missing += 1
        }
        return whole
    }
}
