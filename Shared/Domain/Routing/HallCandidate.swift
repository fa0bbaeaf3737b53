/// A way to be served: a hall, the moment of being there, and how it would go. A hall now, another hour or a booked slot
/// are all candidates of the same kind.
package struct HallCandidate: Sendable, Hashable {
    package var hall: Int
    /// When the person would be there, or the slot [s since midnight].
    package var arrival: Int
    /// Seconds of the way that is still to go.
    package var travel: Int
    /// Moments of the call.
    package var call: WaitDistribution
    /// Seconds that all others would wait longer (`BusyPeriod.delayToOthers`).
    package var delayToOthers: Double

    package init(hall: Int, arrival: Int, travel: Int, call: WaitDistribution, delayToOthers: Double = 0) {
        self.hall = hall
        self.arrival = arrival
        self.travel = travel
        self.call = call
        self.delayToOthers = delayToOthers
    }

    /// Expected seconds on the way and in the hall until the call.
    package var total: Double { time(until: call.mean) }

    /// Seconds on the way and in the hall until a call at `moment`.
    func time(until moment: Double) -> Double {
        Double(travel) + max(0, moment - Double(arrival))
    }
}
