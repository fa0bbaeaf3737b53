package import Domain

/// A city's halls on one virtual clock, so that advice sees all halls as they are at the moment when somebody sets out.
package struct CityRun: Sendable {
    package struct Settings: Sendable, Hashable {
        package var policy = Policy.engine
        package var guidance = Guidance.forecast
        /// The share of walk-ins who follow advice: the same persons under every guidance.
        package var following = 0.6
        package var choice = HallChoice()
        /// Advice to people who already wait in a hall; `nil`: none.
        package var rebalancing: HallChoice?
        package var samples = 24
        package init() {}
    }

    /// A walk-in's way through the day; moments in seconds since midnight.
    package struct Visit: Sendable, Hashable {
        package var citizen: Int
        package var setOut: Int
        package var nearest: Int
        /// Where the person was served, and was first sent.
        package var hall: Int
        package var firstHall: Int
        /// Seconds of all ways.
        package var travel: Int
        /// Of the first leg.
        package var start: Int

        /// Seconds from setting out to the call: the ways and all waiting.
        package var total: Int { start - setOut }
    }

    /// The walk-ins who were served, in the order of the day's numbers.
    package let visits: [Visit]
    /// Windows are numbered through the city.
    package let served: [RecordedDay.Served]

    /// - Throws: `SimulationError` for a rule that a city's halls cannot call by, and for walk-ins without their ways.
    package init(
        _ day: Day, of scenario: Scenario, settings: Settings = Settings(), dials: RoutingDials = RoutingDials()
    ) throws {
        guard scenario.halls > 1 else {
            throw SimulationError.invalid("advice between halls needs a city; the scenario has one hall")
        }
        for citizen in day.citizens where citizen.travel.count != scenario.halls && !citizen.isBooked {
            throw SimulationError.invalid("citizen \(citizen.id): travel_s needs \(scenario.halls) entries")
        }
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let models = (0..<scenario.halls).map { scenario.hallModel(hall: $0, dials: dials) }
        switch settings.policy {
        case .fcfs:
            self.init(CityHalls(day, scenario, settings, models, .firstCome) { _, _, _ in FirstComeRule() })
        case .bcgov:
            self.init(CityHalls(day, scenario, settings, models, .serviceBC) { _, _, _ in ServiceBCRule() })
        case .engineLite:
            self.init(
                CityHalls(day, scenario, settings, models, .index) { _, _, _ in GuardedIndexRule(random: random) })
        case .engine:
            self.init(
                CityHalls(day, scenario, settings, models, .index) { hall, demand, booked in
                    LookAheadRule(hall: models[hall], random: random, demand: demand, announced: booked)
                })
        default:
            throw SimulationError.invalid(
                "the halls of a city call by fcfs, bcgov, engine-lite or engine, not by \(settings.policy.rawValue)")
        }
    }

    private init<Rule>(_ city: consuming CityHalls<Rule>) {
        let outcome = city.run()
        served = outcome.served
        visits = outcome.visits
    }
}
