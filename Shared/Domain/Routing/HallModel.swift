#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A hall as the engine computes with it: services and windows are numbers, times are seconds since midnight.
package struct HallModel: Sendable {
    package struct Window: Sendable, Hashable {
        /// Time needed by the time at speed 1, for each service; 0 when the window does not serve it.
        package var pace: [Double]
        /// Rests in the order of their start.
        package var rests: [Rest]

        package init(pace: [Double], rests: [Rest] = []) {
            self.pace = pace
            self.rests = rests
        }
    }

    package struct Rest: Sendable, Hashable {
        package var start: Int
        package var length: Int
        /// `false` for an outage, which no rule may foresee.
        package var isPlanned: Bool

        package init(start: Int, length: Int, isPlanned: Bool = true) {
            self.start = start
            self.length = length
            self.isPlanned = isPlanned
        }
    }

    /// A next service that may follow one.
    package struct FollowUp: Sendable, Hashable {
        package var service: Int
        package var odds: Double
        package init(service: Int, odds: Double) {
            self.service = service
            self.odds = odds
        }
    }

    package let open: Int
    package let services: [ServiceTime]
    package let followUps: [[FollowUp]]
    package let windows: [Window]
    package let dials: RoutingDials

    /// `pace` of all windows, row by row.
    package let paces: [Double]
    /// K[w,s] of the index, row by row; 0 where the window does not serve the service.
    package let ranks: [Double]
    /// The same for people beyond their promise: long services have waited for short ones long enough.
    package let lateRanks: [Double]
    /// The services of each window.
    package let skills: [[Int]]

    package init(
        open: Int, services: [ServiceTime], followUps: [[FollowUp]] = [], windows: [Window],
        dials: RoutingDials = RoutingDials()
    ) {
        self.open = open
        self.services = services
        self.followUps = followUps.isEmpty ? services.map { _ in [] } : followUps
        self.windows = windows
        self.dials = dials
        paces = windows.flatMap(\.pace)
        skills = windows.map { window in window.pace.indices.filter { window.pace[$0] > 0 } }
        let widest = Double(max(2, skills.map(\.count).max() ?? 2) - 1)
        let spared = skills.map { 1 - dials.flexibility * Double($0.count - 1) / widest }
        lateRanks = windows.indices.flatMap { window in
            windows[window].pace.map { $0 > 0 ? spared[window] / $0 : 0 }
        }
        let shortness = services.map { pow($0.mean / 60, -dials.gamma) }
        ranks = zip(lateRanks.indices, lateRanks).map { $1 * shortness[$0 % max(1, services.count)] }
    }

    @inline(__always)
    package func pace(_ window: Int, _ service: Int) -> Double { paces[window * services.count + service] }

    @inline(__always)
    package func rank(_ window: Int, _ service: Int, isLate: Bool) -> Double {
        isLate ? lateRanks[window * services.count + service] : ranks[window * services.count + service]
    }

    /// `alpha · (hint/mean)^-gamma`: what of the index does not change with time or window.
    package func weight(standing: Standing, service: Int, hint: Double?) -> Double {
        let alpha = dials[standing].alpha
        guard let hint else { return alpha }
        return alpha * pow(max(1, hint) / services[service].mean, -dials.gamma)
    }
}
