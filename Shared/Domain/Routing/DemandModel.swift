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
    /// Coefficient of variation of a day's number.
    package var dayVariation = 0.0
    /// The share of each service among walk-ins.
    package var mix: [Double] = []
    package var priorityShare = 0.0
    /// The share of walk-ins that takes a number before setting out, with their way [s].
    package var remoteShare = 0.0
    package var travel = ServiceTime(mean: 840, variation: 0.5)
    /// Odds that a booked person comes at all, and comes late.
    package var showOdds = 1.0
    package var lateOdds = 0.0
    /// Mean lateness and earliness [s]: late times are exponential, early times Gamma of shape 2.
    package var lateMean = 420.0
    package var earlyMean = 540.0

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

    /// Seconds from the booked time to the arrival, for somebody who has not come until `elapsed` seconds after it;
    /// `nil` for somebody who will not come.
    package func arrivalOffset(notBefore elapsed: Int, _ draw: inout RandomSequence) -> Int? {
        let open = 1 - distribution(Double(elapsed))
        let odds = showOdds * open / (showOdds * open + 1 - showOdds)
        guard open > 1e-9, draw.unit() < odds else { return nil }
        for _ in 0..<12 {
            let offset: Double
            if draw.unit() < lateOdds {
                offset = lateMean * draw.exponential()
            } else {
                offset = -earlyMean * (draw.exponential() + draw.exponential()) / 2
            }
            if offset > Double(elapsed) { return Int(offset) }
        }
        return elapsed + Int(lateMean * draw.exponential())
    }

    /// P(arrival offset <= x) of those who come.
    private func distribution(_ x: Double) -> Double {
        guard x < 0 else { return 1 - lateOdds * exp(-x / max(1, lateMean)) }
        let steps = -2 * x / max(1, earlyMean)
        return (1 - lateOdds) * (1 + steps) * exp(-steps)
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

    package init(
        person: Int, service: Int, standing: Standing, isBooked: Bool, isPriority: Bool, time: Int, hint: Double?
    ) {
        self.person = person
        self.service = service
        self.standing = standing
        self.isBooked = isBooked
        self.isPriority = isPriority
        self.time = time
        self.hint = hint
    }
}
