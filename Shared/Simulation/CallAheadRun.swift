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

    package init(_ day: Day, of scenario: Scenario, settings: Settings = Settings(), dials: RoutingDials = RoutingDials())
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

/// A promise given with the number holds when the person comes; and who comes in person is promised no more than what is
/// left by those who hold a place from afar.
private struct PromisedAtIssue<Inner: AssignmentRule>: AssignmentRule {
    var inner: Inner
    /// Who holds a place and is not here.
    var away: [Waiting] = []

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        let promised = person.promisedBy
        let number = person.person
        away.removeAll { $0.person == number }
        var whole = floor
        whole.waiting += away
        inner.admit(&person, on: whole)
        if promised != .max { person.promisedBy = promised }
    }

    mutating func expect(_ person: Announced) { inner.expect(person) }

    mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
}

/// The places that are held from afar, and the hall in which they are.
private struct HeldPlaces<Rule: AssignmentRule> {
    private(set) var run: HallRun<RecordedDay, PromisedAtIssue<Rule>>
    private let settings: CallAheadRun.Settings
    private let forecaster: HallForecaster
    private let ways: [Int: Int]
    private let random: CounterRandom
    private var promises: PromiseGuard
    private let promisesAtIssue: Bool
    /// Who is booked or under way, and when the person will really be here.
    private var coming: [(announced: Announced, arrives: Int)]
    /// Who has a number and has not set out.
    private var held: [Waiting] = []
    private var setOut: [Int: Int] = [:]
    /// When the walk-ins of the day took their numbers, sorted.
    private let joins: [Int]

    init(
        run: HallRun<RecordedDay, PromisedAtIssue<Rule>>, hall: HallModel, order: Rollout.Order, demand: DemandModel,
        settings: CallAheadRun.Settings, booked: [(announced: Announced, arrives: Int)], ways: [Int: Int],
        joins: [Int], random: CounterRandom
    ) {
        self.joins = joins
        self.run = run
        self.settings = settings
        self.ways = ways
        self.random = random
        var forecast = HallForecaster.Settings()
        forecast.samples = settings.samples
        // Who will be called later than this need not be looked at now.
        forecast.horizon = 3600 + (ways.values.max() ?? 0)
        forecaster = HallForecaster(hall: hall, order: order, demand: demand, settings: forecast)
        promises = PromiseGuard(random: random.branch(1))
        promisesAtIssue = order == .index
        coming = booked
    }

    /// Moments at which each set out.
    mutating func go(_ remote: [Waiting]) -> [Int: Int] {
        var next = 0
        var time = remote.first?.joined ?? 0
        while next < remote.count || !held.isEmpty {
            run.run(until: time - 1)
            coming.removeAll { $0.arrives < time }
            while next < remote.count, remote[next].joined <= time {
                issue(remote[next])
                next += 1
            }
            look(at: time)
            let period = time + settings.period
            time = held.isEmpty && next < remote.count ? remote[next].joined : period
            if next < remote.count { time = min(time, remote[next].joined) }
        }
        run.run()
        return setOut
    }

    /// The floor as it would be if these people were here.
    private func floor(with people: [Waiting], at time: Int) -> HallFloor {
        var floor = run.floor
        floor.now = time
        floor.waiting += people
        return floor
    }

    private mutating func issue(_ person: Waiting) {
        var person = person
        if promisesAtIssue {
            person.promisedBy = promises.promise(to: person, on: floor(with: run.rule.away, at: person.joined))
        }
        held.append(person)
        run.rule.away.append(person)
    }

    /// Tells everybody who should set out now.
    private mutating func look(at time: Int) {
        guard let callAhead = settings.callAhead else {
            for person in held { leave(person, at: time) }
            held = []
            return
        }
        guard !held.isEmpty else { return }
        let announced = coming.map(\.announced)
        // The forecast counts those under way itself.
        let come = joins.count { $0 <= time } - announced.count { !$0.isBooked }
        let calls = forecaster.forecast(
            floor(with: held, at: time), announced: announced, walkIns: max(0, come), random: random.branch(time)
        ).suffix(held.count)
        var stay: [Waiting] = []
        for (person, call) in zip(held, calls) {
            let way = ways[person.person] ?? 0
            if callAhead.advice(call: call, travel: way, now: time) == .leaveNow {
                var told = person
                if promisesAtIssue {
                    told.promisedBy = min(person.promisedBy, callAhead.promise(call: call, arrival: time + way))
                }
                leave(told, at: time)
            } else {
                stay.append(person)
            }
        }
        held = stay
    }

    private mutating func leave(_ person: Waiting, at time: Int) {
        var person = person
        person.arrived = time + (ways[person.person] ?? 0)
        if person.leavesAt != .max { person.leavesAt += person.arrived - person.due }
        setOut[person.person] = time
        run.world.expect(person)
        let announced = Announced(
            person: person.person, service: person.service, standing: person.standing, isBooked: false,
            isPriority: person.isPriority, time: time, hint: person.hint, arrives: person.arrived, due: person.due,
            promisedBy: person.promisedBy == .max ? nil : person.promisedBy)
        coming.append((announced, person.arrived))
        run.rule.expect(announced)
    }
}
