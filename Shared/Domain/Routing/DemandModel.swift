#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is known of the people who will come: the arrival profile of walk-ins, and how booked people keep their times.
package struct DemandModel: Sendable {
    /// Expected walk-ins per second, in bins of equal length from `start`.
    package var rates: [Double] = []
    package var start = 0
    package var bin = 1800
    /// From when on nobody comes any more [s]: who is there by then is still served.
    package var closes = Int.max
    /// Coefficient of variation of a day's number.
    package var dayVariation = 0.0
    /// The share of each service among walk-ins.
    package var mix: [Double] = []
    package var priorityShare = 0.0
    /// The share of walk-ins that takes a number before setting out, with their way [s].
    package var remoteShare = 0.0
    package var travel = ServiceTime(mean: 840, variation: 0.5)
    /// Whether intake says of each case how long it should take. Then it will say so of people who have not come yet.
    package var isHinted = false
    /// How long a window stays away that was not to be away [s].
    package var outage = ServiceTime(mean: 3600, variation: 0.5)
    /// How long people wait before they leave; `nil`: they stay.
    package var patience: Patience?
    /// Odds that a booked person comes at all.
    package var showOdds = 1.0
    /// Seconds from the booked time to the arrival of those who come, by equal steps of probability.
    package private(set) var offsets: [Int] = Self.offsets(lateOdds: 0.1, lateMean: 420, earlyMean: 540)

    /// Weibull, from the arrival to the first call.
    package struct Patience: Sendable, Hashable {
        /// Whose it is; `nil`: everybody's.
        private let isBooked: Bool?
        private let scale: Double
        private let shape: Double

        /// - Parameter mean: seconds.
        package init(mean: Double, shape: Double, isBooked: Bool? = nil) {
            self.isBooked = isBooked
            self.shape = shape
            scale = mean / tgamma(1 + 1 / shape)
        }

        /// Seconds from the arrival on until somebody leaves who has stayed for `elapsed` seconds; the quantile `unit`.
        func sample(isBooked: Bool, elapsed: Double, unit: Double) -> Double? {
            guard self.isBooked == nil || self.isBooked == isBooked else { return nil }
            return scale * pow(pow(max(0, elapsed) / scale, shape) - log(unit), 1 / shape)
        }
    }

    package init() {}

    /// Walk-ins expected until `time`, by the profile.
    package func expected(until time: Int) -> Double {
        var sum = 0.0
        for (index, rate) in rates.enumerated() {
            let from = start + index * bin
            guard from < time else { break }
            sum += rate * Double(min(bin, time - from))
        }
        return sum
    }

    /// The day's factor on the profile, drawn from what is believed after `count` walk-ins until `time` (Gamma-Poisson).
    package func dayFactor(count: Int, until time: Int, _ draw: inout RandomSequence) -> Double {
        guard dayVariation > 0 else { return 1 }
        let shape = 1 / (dayVariation * dayVariation)
        return draw.gamma(shape: shape + Double(count)) / (shape + expected(until: time))
    }

    /// Late times exponential, early times Gamma of shape 2, both at most `most` [s].
    package mutating func setPunctuality(lateOdds: Double, lateMean: Double, earlyMean: Double, most: Double = 2400) {
        offsets = Self.offsets(lateOdds: lateOdds, lateMean: lateMean, earlyMean: earlyMean, most: most)
    }

    private static let steps = 512

    private static func offsets(lateOdds: Double, lateMean: Double, earlyMean: Double, most: Double = 2400) -> [Int] {
        /// P(offset <= x).
        func distribution(_ x: Double) -> Double {
            if x >= most { return 1 }
            if x < -most { return 0 }
            guard x < 0 else { return 1 - lateOdds * exp(-x / max(1, lateMean)) }
            let scaled = -2 * x / max(1, earlyMean)
            return (1 - lateOdds) * (1 + scaled) * exp(-scaled)
        }
        return (0..<steps).map { step in
            let share = (Double(step) + 0.5) / Double(steps)
            var low = -most
            var high = most
            while high - low > 0.5 {
                let middle = (low + high) / 2
                if distribution(middle) < share { low = middle } else { high = middle }
            }
            return Int(high.rounded())
        }
    }

    /// Odds that somebody comes who has not come until `elapsed` seconds after the booked time, and the first of the
    /// `offsets` that are still possible.
    package func outstanding(after elapsed: Int) -> (odds: Double, from: Int) {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] <= elapsed { low = middle + 1 } else { high = middle }
        }
        let open = Double(offsets.count - low) / Double(offsets.count)
        let coming = showOdds * open
        return (coming > 0 ? coming / (coming + 1 - showOdds) : 0, low)
    }
}

/// Somebody who is known to be coming: booked, or with a number taken on the way.
package struct Announced: Sendable, Hashable {
    package var person: Int
    package var service: Int
    package var standing: Standing
    package var isBooked: Bool
    package var isPriority: Bool
    /// The booked time; of remote people the moment when the number was taken.
    package var time: Int
    package var hint: Double?
    /// When somebody under way will be there, where the way is known.
    package var arrives: Int?
    /// From when the waiting of somebody under way counts; `nil`: from the arrival.
    package var due: Int?
    /// What somebody under way was promised with the number.
    package var promisedBy: Int?

    package init(
        person: Int, service: Int, standing: Standing, isBooked: Bool, isPriority: Bool, time: Int, hint: Double?,
        arrives: Int? = nil, due: Int? = nil, promisedBy: Int? = nil
    ) {
        self.person = person
        self.service = service
        self.standing = standing
        self.isBooked = isBooked
        self.isPriority = isPriority
        self.time = time
        self.hint = hint
        self.arrives = arrives
        self.due = due
        self.promisedBy = promisedBy
    }
}
