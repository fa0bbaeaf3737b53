/// Until when a hall has people waiting for a service, as sampled: what makes one person more a burden to others.
package struct BusyPeriod: Sendable, Hashable {
    private let ends: [Int32]

    package init(ends: [Int32]) {
        self.ends = ends
    }

    /// Expected seconds of the period that are left at `moment`.
    package func left(after moment: Double) -> Double {
        ends.isEmpty ? 0 : ends.reduce(0) { $0 + max(0, Double($1) - moment) } / Double(ends.count)
    }

    /// Seconds that all others wait longer when somebody is called at `call` and is served for `service` seconds, where
    /// people take `mean` seconds each.
    ///
    /// With c windows everybody called later in the busy period is put back by `service / c`, and `c / mean` are called a
    /// second: so it is `service / mean` times what is left of the period.
    package func delayToOthers(call: Double, service: Double, mean: Double) -> Double {
        service / max(1, mean) * left(after: call)
    }
}
