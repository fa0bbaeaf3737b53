import Domain

/// The places that are held from afar, and the hall in which they are.
struct HeldPlaces<Rule: AssignmentRule> {
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
