import Foundation

/// What has to be assumed of an office of which only the waits are known.
package struct AssumedOffice: Sendable, Hashable {
    package var windows = 12
    /// Services with their mean [min], coefficient of variation and share; every window has them all.
    package var services: [Service] = [
        Service(name: "RENEWAL", mean: 6, cv: 0.6, share: 0.3), Service(name: "TITLE", mean: 11, cv: 0.6, share: 0.3),
        Service(name: "LICENCE", mean: 14, cv: 0.5, share: 0.25),
        Service(name: "IDENTITY", mean: 18, cv: 0.5, share: 0.15),
    ]
    /// The share of the windows' time that booked people take when all come.
    package var bookedShare = 0.3
    package var noShow = 0.15
    package var priority = 0.05

    package struct Service: Sendable, Hashable {
        package var name: String
        package var mean: Double
        package var cv: Double
        package var share: Double

        package init(name: String, mean: Double, cv: Double, share: Double) {
            self.name = name
            self.mean = mean
            self.cv = cv
            self.share = share
        }
    }

    package init() {}

    /// Mean time of service over the mix [min].
    package var meanService: Double {
        services.map { $0.mean * $0.share }.reduce(0, +) / services.map(\.share).reduce(0, +)
    }

    /// Squared coefficient of variation of the time of service over the mix.
    package var squaredVariation: Double {
        let total = services.map(\.share).reduce(0, +)
        let second = services.map { $0.share * $0.mean * $0.mean * (1 + $0.cv * $0.cv) }.reduce(0, +) / total
        return second / (meanService * meanService) - 1
    }

    /// People whom the windows can serve in an hour.
    package var capacity: Double { Double(windows) * 60 / meanService }

    /// Booked people who come in an hour.
    package var bookedComing: Double { bookedShare * capacity * (1 - noShow) }

    /// The expected share of busy windows at which people of M/G/c wait so many minutes on average (Sakasegawa 1977, with
    /// Allen and Cunneen's factor for the variation).
    package func load(ofWait minutes: Double) -> Double {
        var low = 0.0
        var high = 1.0
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if wait(atLoad: middle) < minutes { low = middle } else { high = middle }
        }
        return low
    }

    /// The inverse of `load(ofWait:)`.
    package func wait(atLoad load: Double) -> Double {
        guard load < 1 else { return .infinity }
        let servers = Double(windows)
        let power = (2 * (servers + 1)).squareRoot() - 1
        return meanService * (1 + squaredVariation) / 2 * pow(load, power) / (servers * (1 - load))
    }

    /// A day of the office with so many walk-ins in each hour from `open` on [h].
    func scenario(name: String, open: Int, walkIns: [Double], dayVariation: Double) -> Scenario {
        let mix = Dictionary(services.map { ($0.name, $0.share) }, uniquingKeysWith: +)
        let start = Double(open * 60)
        let end = start + Double(walkIns.count * 60)
        return Scenario(
            name: name, open: start, close: end,
            services: Dictionary(
                services.map { ($0.name, Scenario.Service(mean: $0.mean, cv: $0.cv)) },
                uniquingKeysWith: { one, _ in one }),
            speed: ["std": 1],
            windows: (0..<windows).map { _ in
                Scenario.Window(skills: mix.mapValues { _ in "std" }, hall: 0, breaks: [], outages: [])
            },
            halls: 1,
            walkin: Scenario.WalkIns(
                n: walkIns.reduce(0, +), shape: walkIns, mix: mix, dayVariation: dayVariation, remote: 0,
                travelMean: 15,
                travelVariation: 0.5, lastBeforeClose: 0),
            appt: Scenario.Appointments(
                n: Int((bookedShare * capacity * Double(walkIns.count)).rounded()), slot: 15, shape: nil, mix: mix,
                noShow: noShow, lateOdds: 0.12, lateMean: 7, earlyMean: 9, first: start, last: end - 15),
            priority: priority, transfers: [:], abandon: nil, homes: nil, travel: nil, travelVariation: nil)
    }
}
