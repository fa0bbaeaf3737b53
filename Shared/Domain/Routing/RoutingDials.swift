/// What the engine weighs, per hall. The defaults come from simulated days (`onetrip simulate`); what of it an operator
/// may set is an `OperatorDial`.
package struct RoutingDials: Sendable, Hashable {
    /// How a class of people is weighed.
    package struct Weight: Sendable, Hashable {
        /// Cost of the first minute of waiting, relative to an ordinary walk-in.
        package var alpha: Double
        /// Minutes after which the cost of a further minute has doubled.
        package var theta: Double
        /// Minutes after the due time beyond which nobody passes: the least promise.
        package var promise: Double
        /// How steeply the index grows beyond the promise.
        package var beyond: Double

        package init(alpha: Double, theta: Double, promise: Double, beyond: Double) {
            self.alpha = alpha
            self.theta = theta
            self.promise = promise
            self.beyond = beyond
        }
    }

    package var walkIn = Weight(alpha: 1, theta: 20, promise: 30, beyond: 1.7)
    package var appointment = Weight(alpha: 6.5, theta: 7, promise: 0, beyond: 6.7)
    package var priority = Weight(alpha: 14, theta: 3, promise: 2, beyond: 5)
    /// What somebody who is not yet due weighs, at the due moment, by what the same person weighs then: booked people who
    /// came early may be taken when nobody presses. Falls to half of it within an hour before.
    package var early = 0.17
    /// How much short services go first: 0 not at all, 1 as the c-mu rule does.
    package var gamma = 0.75
    /// How much windows of many skills are spared for those whom only they can serve, in 0...1.
    package var flexibility = 0.2
    /// A walk-in's promise: `max(walkIn.promise, guardFactor · roll + guardMinutes)` minutes, where `roll` is the wait that
    /// first-due-first-served would give.
    package var guardFactor = 1.0
    package var guardMinutes = 19.0
    /// What booked people and priority groups weigh, as multiples of the defaults: in the index and in the look-ahead.
    package var appointmentStrictness = 1.0
    package var priorityStrictness = 1.0
    /// How long after the slot a booked person is still due at the slot [min].
    package var punctualMinutes = 10.0
    /// What the look-ahead adds to the cost of each booked person whose first call comes more than `punctualMinutes` after
    /// the slot, or after the arrival where that is later: an unpunctual call counts as much as that cost of waiting. 0
    /// minds the waiting alone; above 300 hardly any more calls came in time on simulated days.
    package var punctuality = 300.0
    /// From `pressingMinutes` after the slot (or the arrival) until `punctualMinutes` the index of somebody booked who
    /// waits for the first call is `pressing` times as large: who can still be called in time, and soon cannot, goes
    /// before who no longer can, and long services are not put off for short ones.
    package var pressing = 3.5
    package var pressingMinutes = 3.5
    /// What the look-ahead adds to the cost of every minute that anybody waits: the mean wait's own weight beside costs
    /// that grow with the wait.
    package var minuteCost = 3.0
    /// What the look-ahead adds to the cost of a walk-in's wait, by the square of the minutes beyond `longWait`: those who
    /// have waited longest are not put off for the sake of the mean.
    package var longCost = 0.07
    package var longWait = 8.0
    /// By what the look-ahead multiplies the cost of waiting of priority groups.
    package var priorityCost = 4.2
    /// The cost of waiting (see `WaitingCost`) that a clerk-minute has to save before it is advised to open a window, which
    /// is minutes of somebody who has just come. At a hall with one window of 8 minutes, a second one saves 64 for eight
    /// people who have waited for an hour, and 7 for four who have waited for ten minutes.
    package var clerkMinutePrice = 30.0
    /// How the look-ahead is done.
    package var lookAhead = LookAheadRule.Settings()

    package init() {}

    @inline(__always)
    package subscript(_ standing: Standing) -> Weight {
        switch standing {
        case .walkIn: walkIn
        case .appointment: appointment.scaled(by: appointmentStrictness)
        case .priority: priority.scaled(by: priorityStrictness)
        }
    }
}

extension RoutingDials.Weight {
    @inline(__always)
    fileprivate func scaled(by factor: Double) -> Self {
        var scaled = self
        scaled.alpha *= factor
        return scaled
    }
}

/// How a person stands with the rules of order.
package enum Standing: UInt8, Sendable, Hashable, CaseIterable {
    case walkIn, appointment, priority
}

/// What waiting costs a person: `a·(x + x²/2T)` for x minutes. What the engine minimises, and reports as J.
package struct WaitingCost: Sendable, Hashable {
    package var rate: Double
    package var doubling: Double

    package static let walkIn = WaitingCost(rate: 1, doubling: 20)
    package static let appointment = WaitingCost(rate: 2, doubling: 5)
    package static let priority = WaitingCost(rate: 2, doubling: 10)

    @inline(__always)
    package static func of(_ standing: Standing) -> WaitingCost {
        switch standing {
        case .walkIn: .walkIn
        case .appointment: .appointment
        case .priority: .priority
        }
    }

    @inline(__always)
    package func callAsFunction(minutes x: Double) -> Double {
        x <= 0 ? 0 : rate * (x + x * x / (2 * doubling))
    }
}
