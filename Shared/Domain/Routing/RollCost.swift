/// What the waiting of one class of people costs in a roll: `WaitingCost`, and what the look-ahead adds to it.
struct RollCost {
    /// By the minute and by its square.
    private let linear: Double
    private let square: Double
    /// By the square of the minutes beyond `longWait`.
    private let long: Double
    private let longWait: Double
    /// Of a booked person's first call, later than `punctual` seconds.
    private let unpunctual: Double
    private let punctual: Int32

    init(of standing: Standing, _ cost: Rollout.Cost, _ dials: RoutingDials) {
        let waiting = WaitingCost.of(standing)
        var factor = 1.0
        if cost == .lookAhead {
            switch standing {
            case .walkIn: break
            case .appointment: factor = dials.appointmentStrictness
            case .priority: factor = dials.priorityStrictness * dials.priorityCost
            }
        }
        linear = factor * waiting.rate + (cost == .lookAhead ? dials.minuteCost : 0)
        square = factor * waiting.rate / (2 * waiting.doubling)
        long = cost == .lookAhead && standing == .walkIn ? dials.longCost : 0
        longWait = dials.longWait
        unpunctual = cost == .lookAhead ? dials.appointmentStrictness * dials.punctuality : 0
        punctual = Int32(clamping: Int(dials.punctualMinutes * 60))
    }

    /// The cost of waiting from the due moment until `time`, which is later.
    @inline(__always)
    func callAsFunction(_ person: RollingHall.Person, at time: Int32) -> Double {
        let minutes = Double(time - person.due) / 60
        let beyond = max(0, minutes - longWait)
        var cost = minutes * (linear + square * minutes) + long * beyond * beyond
        // Who came after the slot is called in time when called within as long of the arrival.
        if person.waitsForSlot, time - max(person.due, person.arrived) > punctual { cost += unpunctual }
        return cost
    }
}
