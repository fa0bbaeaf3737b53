import Domain

/// How much work the places of a hall would bring if they were booked out, against the time of the windows that can do it.
///
/// Services that only certain windows serve can be overloaded while the hall as a whole is not. So every set of windows
/// that serves one service, or two with a window in common, is looked at, with all the services that only these windows serve (the condition of
/// Hall 1935 for those sets).
struct HallLoad {
    /// Seconds of work that places bring booked out, and that other people bring.
    private let booked: [ServiceID: Double]
    private let other: [ServiceID: Double]
    private let lines: [DutyLine]

    /// The share of their time that windows can be busy.
    static let most = 0.85

    /// - Parameter walkInsFollow: whether walk-ins are assumed in proportion to the people booked.
    init(_ scenario: Scenario, _ lines: [DutyLine], walkInsFollow: Bool) {
        self.lines = lines
        func work(_ scenario: Scenario) -> [ServiceID: Double] {
            Dictionary(
                uniqueKeysWithValues: zip(scenario.serviceNames.map { ServiceID($0) }, scenario.expectedWork()))
        }
        var alone = scenario
        if !walkInsFollow { alone.walkin.n = 0 }
        booked = work(alone)
        other = walkInsFollow ? [:] : work(scenario).merging(booked) { $0 - $1 }
    }

    /// For each service the share of its places that windows can serve. O(services³ · windows).
    func booked(_ services: [ServiceID]) -> HallScenario.Booked {
        let windows = Dictionary(
            uniqueKeysWithValues: Set(lines.flatMap(\.services)).map { service in
                (service, Set(lines.indices.filter { lines[$0].services.contains(service) }))
            })
        let names = windows.keys.sorted()
        var shares: [ServiceID: Double] = [:]
        var load = 0.0
        for one in names {
            for two in names where two >= one {
                let (first, second) = (windows[one] ?? [], windows[two] ?? [])
                // Windows that share nothing are each for themselves.
                guard !first.isDisjoint(with: second) else { continue }
                let able = first.union(second)
                let time = able.reduce(0.0) { $0 + Double(lines[$1].duty.reduce(0) { $0 + $1.count }) }
                let bound = names.filter { (windows[$0] ?? []).isSubset(of: able) }
                let ours = bound.reduce(0.0) { $0 + (booked[$1] ?? 0) }
                let others = bound.reduce(0.0) { $0 + (other[$1] ?? 0) }
                guard time > 0, ours > 0, ours + others > Self.most * time else { continue }
                load = max(load, (ours + others) / time)
                let share = max(0.05, (Self.most * time - others) / ours)
                for service in bound { shares[service] = min(shares[service] ?? 1, share) }
            }
        }
        return load > 0 ? .limited(shares: shares, load: load) : .known(share: 1)
    }
}
