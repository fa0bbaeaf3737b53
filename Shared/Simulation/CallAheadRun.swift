package import Domain

/// A hall whose remote people hold their place from the ticket on and set out when they are told, or at once.
///
/// Until they are told they stand in the forecast as if they waited in the hall: they will be there when their turn comes.
package struct CallAheadRun: Sendable {
    package struct Settings: Sendable, Hashable {
        package var policy = Policy.engine
        /// `nil`: everybody sets out at once.
        package var callAhead: CallAhead? = CallAhead()
        package var samples = 40
        /// How often everybody's moment is looked at [s].
        package var period = 60
        package init() {}
    }

    /// A remote person's visit; moments in seconds since midnight.
    package struct Visit: Sendable, Hashable {
        package var citizen: Int
        package var issued: Int
        package var travel: Int
        package var setOut: Int
        package var start: Int

        /// Seconds in the hall until the call.
        package var onSite: Int { start - setOut - travel }
    }

    /// In the order of the day's numbers.
    package let visits: [Visit]
    package let served: [RecordedDay.Served]

    package init(
        _ day: Day, of scenario: Scenario, settings: Settings = Settings(), dials: RoutingDials = RoutingDials()
    )
        throws
    {
        guard scenario.halls == 1 else {
            throw SimulationError.invalid("calling ahead is simulated for one hall; the scenario has \(scenario.halls)")
        }
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let hall = scenario.hallModel(dials: dials)
        switch settings.policy {
        case .bcgov: self.init(day, scenario, settings, hall, .serviceBC) { _ in ServiceBCRule() }
        case .engineLite: self.init(day, scenario, settings, hall, .index) { _ in GuardedIndexRule(random: random) }
        case .engine:
            self.init(day, scenario, settings, hall, .index) {
                LookAheadRule(hall: hall, random: random, demand: scenario.demandModel(), announced: $0)
            }
        default:
            throw SimulationError.invalid(
                "calling ahead is simulated with bcgov, engine-lite or engine, not with \(settings.policy.rawValue)")
        }
    }

    private init<Rule: AssignmentRule>(
        _ day: Day, _ scenario: Scenario, _ settings: Settings, _ hall: HallModel, _ order: Rollout.Order,
        rule: ([Announced]) -> Rule
    ) {
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed)).branch(5151)
        var onSite = day
        var remote: [Waiting] = []
        var ways: [Int: Int] = [:]
        for (index, citizen) in day.citizens.enumerated() {
            guard !citizen.isBooked, let arrived = citizen.arrived, arrived > citizen.joined else { continue }
            onSite.citizens[index].arrived = nil
            onSite.citizens[index].isElsewhere = true
            // The place in the line counts from the earliest moment at which the person could be here.
            var person = Waiting(
                person: index, service: citizen.legs[0].service, standing: citizen.standing, joined: citizen.joined,
                arrived: arrived, due: arrived)
            person.isPriority = citizen.isPriority
            person.hint = citizen.legs[0].expected
            person.weight = hall.weight(standing: person.standing, service: person.service, hint: person.hint)
            if let patience = citizen.patience { person.leavesAt = arrived + patience }
            remote.append(person)
            ways[index] = arrived - citizen.joined
        }
        remote.sort { ($0.joined, $0.person) < ($1.joined, $1.person) }
        let booked = onSite.announced
        var line = HeldPlaces(
            run: HallRun(
                floor: HallFloor(hall: hall, now: 0),
                world: RecordedDay(day: onSite, speedClasses: scenario.speedClasses()),
                rule: PromisedAtIssue(inner: rule(booked))),
            hall: hall, order: order, demand: scenario.demandModel(), settings: settings,
            booked: booked.map { ($0, day.citizens[$0.person].arrived ?? .max) }, ways: ways,
            joins: day.citizens.filter { !$0.isBooked }.map(\.joined).sorted(), random: random)
        let setOut = line.go(remote)
        served = line.run.world.served
        var starts: [Int: Int] = [:]
        for leg in served where leg.leg == 0 { starts[leg.citizen] = leg.start }
        visits = remote.compactMap { person in
            guard let start = starts[person.person], let left = setOut[person.person] else { return nil }
            return Visit(
                citizen: person.person, issued: person.joined, travel: ways[person.person] ?? 0, setOut: left,
                start: start)
        }.sorted { $0.citizen < $1.citizen }
    }
}
