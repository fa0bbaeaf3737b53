import Domain

extension Scenario {
    /// The share of walk-ins that each hall gets: who follows advice goes where windows are, others by where they live.
    func hallShares(following: Double) -> [(advised: Double, others: Double)] {
        let homes = homes ?? (0..<halls).map { _ in 1 }
        let windowCounts = (0..<halls).map { hall in Double(windows.count { $0.hall == hall }) }
        return (0..<halls).map { hall in
            (
                following * windowCounts[hall] / windowCounts.reduce(0, +),
                (1 - following) * homes[hall] / homes.reduce(0, +)
            )
        }
    }

    /// What a hall may expect of a city's walk-ins. Those who follow advice are known from when they set out; of the
    /// others nothing is known before they are there.
    func cityDemand(hall: Int, shares: (advised: Double, others: Double)) -> DemandModel {
        var demand = demandModel(hall: hall)
        let share = shares.advised + shares.others
        let profile = demand.rates.reduce(0, +) * Double(demand.bin)
        if profile > 0 { demand.rates = demand.rates.map { $0 / profile * walkin.n * share } }
        let way = (travel?[hall][hall] ?? 0) * 60
        demand.remoteShare = shares.advised / max(1e-9, share)
        demand.start += Int(way * (1 - demand.remoteShare))
        demand.travel = ServiceTime(mean: way, variation: travelVariation ?? 0)
        return demand
    }

    /// Mean seconds of service of a person, at speed 1.
    func meanService() -> Double {
        let work = expectedWork().reduce(0, +)
        return work / max(1, walkin.n + Double(appt.n) * (1 - appt.noShow))
    }
}
