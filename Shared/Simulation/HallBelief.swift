import Domain

/// What is believed of a hall on a weekday, as the numbers of a scenario: by what the hall has learned, and by the
/// catalogue where it has learned nothing.
struct HallBelief: Sendable {
    let configuration: HallConfiguration
    let history: HallHistory
    let weekday: Weekday
    /// Whether anything was learned.
    let isLearned: Bool
    let demand: DemandModel
    /// In the order in which a scenario numbers its services.
    let services: [ServiceID]

    init(configuration: HallConfiguration, history: HallHistory?, weekday: Weekday) {
        self.configuration = configuration
        self.history = history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
        self.weekday = weekday
        isLearned = history != nil
        services = configuration.services.keys.sorted()
        demand = self.history.demand(on: weekday, services: services)
    }

    func pace(_ service: ServiceID, _ line: DutyLine) -> Double {
        PaceClass.factor(history.pace(of: service, at: line.window, by: line.staff ?? StaffID("")))
    }

    /// A scenario of the hall without appointments.
    ///
    /// - Parameter walkIns: instead of those that were learned.
    func scenario(name: String, open: Int, close: Int, lines: [DutyLine], walkIns: Scenario.WalkIns? = nil) -> Scenario
    {
        var speeds = [PaceClass.name(1): 1.0]
        let windows = lines.windows(open: open, close: close) { line, service in
            let factor = pace(service, line)
            speeds[PaceClass.name(factor)] = factor
            return PaceClass.name(factor)
        }
        let (lateOdds, lateMean, earlyMean) = history.punctuality
        return Scenario(
            name: name, open: Double(open) / 60, close: Double(close) / 60,
            services: Dictionary(
                uniqueKeysWithValues: services.map {
                    let time = history.serviceTime($0, in: configuration)
                    return ($0.rawValue, Scenario.Service(mean: time.mean / 60, cv: time.variation))
                }),
            speed: speeds, windows: windows, halls: 1, walkin: walkIns ?? learnedWalkIns(open: open, close: close),
            appt: Scenario.Appointments(
                n: 0, slot: 15, shape: nil, mix: [:], noShow: 1 - demand.showOdds, lateOdds: lateOdds,
                lateMean: lateMean / 60, earlyMean: earlyMean / 60, first: Double(open) / 60, last: Double(open) / 60),
            priority: demand.priorityShare,
            transfers: Dictionary(
                uniqueKeysWithValues: services.map { service in
                    (
                        service.rawValue,
                        history.followUps(of: service, services: services).map {
                            Scenario.Transfer(service: services[$0.service].rawValue, odds: $0.odds)
                        }
                    )
                }))
    }

    /// Quarters of an hour from opening to closing; who came before the doors opened counts in the first.
    private func learnedWalkIns(open: Int, close: Int) -> Scenario.WalkIns {
        let bins = max(1, Int((Double(close - open) / 900).rounded()))
        let length = Double(close - open) / Double(bins)
        var shape = (0..<bins).map { bin in
            demand.expected(until: open + Int(Double(bin + 1) * length))
                - demand.expected(until: open + Int(Double(bin) * length))
        }
        shape[0] += demand.expected(until: open)
        var mix: [String: Double] = [:]
        for (service, share) in zip(services, demand.mix) where share > 0 { mix[service.rawValue] = share }
        return Scenario.WalkIns(total: shape.reduce(0, +), shape: shape, mix: mix, dayVariation: demand.dayVariation)
    }
}

extension Scenario.WalkIns {
    /// People who come in person.
    init(total: Double, shape: [Double], mix: [String: Double], dayVariation: Double) {
        self.init(
            n: total, shape: shape, mix: mix, dayVariation: dayVariation, remote: 0, travelMean: 14,
            travelVariation: 0.5, lastBeforeClose: 0)
    }
}
