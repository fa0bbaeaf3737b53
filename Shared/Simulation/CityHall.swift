import Domain

/// One hall of a city while the day goes on: what happens in it, and what is known of who will come.
struct CityHall<Rule: AssignmentRule> {
    private(set) var run: HallRun<RecordedDay, Rule>
    private let forecaster: HallForecaster
    private let random: CounterRandom
    /// The share of the city's walk-ins that come here.
    private let share: Double
    /// Mean seconds of service of the people here.
    private let meanService: Double
    /// Who is booked or under way, and when the person will really be here.
    private var coming: [(announced: Announced, arrives: Int)]
    private var busy: [BusyPeriod] = []
    private var busyAsOf: Int?
    /// How long an outlook on the busy period serves [s].
    private let busyStep = 600

    init(
        run: HallRun<RecordedDay, Rule>, order: Rollout.Order, demand: DemandModel, samples: Int, share: Double,
        meanService: Double, booked: [(announced: Announced, arrives: Int)], random: CounterRandom
    ) {
        self.run = run
        var settings = HallForecaster.Settings()
        settings.samples = samples
        settings.horizon = 9000
        forecaster = HallForecaster(hall: run.floor.hall, order: order, demand: demand, settings: settings)
        self.share = share
        self.meanService = meanService
        self.random = random
        coming = booked
    }

    /// Everything that happens before `time`.
    mutating func advance(to time: Int) {
        run.run(until: time == .max ? time : time - 1)
        coming.removeAll { $0.arrives < time }
    }

    var queueLength: Int { run.floor.waiting.count }

    /// Somebody sets out for this hall; `isKnown` when the hall hears of it.
    mutating func expect(_ person: Waiting, at time: Int, isKnown: Bool) {
        run.world.expect(person)
        guard isKnown else { return }
        let announced = Announced(
            person: person.person, service: person.service, standing: person.standing, isBooked: false,
            isPriority: person.isPriority, time: time, hint: person.hint, arrives: person.arrived, due: person.due)
        coming.append((announced, person.arrived))
        run.rule.expect(announced)
    }

    /// Somebody who waits goes away.
    mutating func dismiss(_ person: Int) {
        run.floor.waiting.removeAll { $0.person == person }
    }

    /// How it would go here for people who set out at `time`.
    ///
    /// - Parameter walkIns: how many of the city's walk-ins have set out today.
    mutating func candidates(
        _ asking: [(person: Waiting, travel: Int)], hall: Int, at time: Int, walkIns: Int
    ) -> [HallCandidate] {
        let outlook = outlook(at: time, walkIns: walkIns)
        let calls = forecaster.forecast(
            of: asking.map(\.person), on: outlook.floor, announced: outlook.announced, walkIns: outlook.come,
            random: random.branch(time).branch(2))
        return zip(asking, calls).map { candidate($0.person, call: $1, hall: hall, travel: $0.travel) }
    }

    /// The ordinary walk-ins who wait for their first service, and how it would go on for them here.
    mutating func waiting(hall: Int, at time: Int, walkIns: Int) -> [(person: Waiting, candidate: HallCandidate)] {
        let outlook = outlook(at: time, walkIns: walkIns)
        let calls = forecaster.forecast(
            outlook.floor, announced: outlook.announced, walkIns: outlook.come,
            random: random.branch(time).branch(3))
        return zip(outlook.floor.waiting, calls).compactMap { person, call in
            guard person.standing == .walkIn, person.leg == 0 else { return nil }
            var candidate = candidate(person, call: call, hall: hall, travel: 0)
            candidate.arrival = time
            return (person, candidate)
        }
    }

    private func candidate(_ person: Waiting, call: WaitDistribution, hall: Int, travel: Int) -> HallCandidate {
        HallCandidate(
            hall: hall, arrival: person.arrived, travel: travel, call: call,
            delayToOthers: busy[person.service].delayToOthers(
                call: call.mean, service: person.hint ?? meanService, mean: meanService))
    }

    private mutating func outlook(
        at time: Int, walkIns: Int
    ) -> (floor: HallFloor, announced: [Announced], come: Int) {
        var floor = run.floor
        floor.now = time
        let announced = coming.map(\.announced)
        // By the city's number, since the hall's own tells of the guidance and not of the day; the forecast counts those
        // under way itself.
        let come = max(0, Int(share * Double(walkIns)) - announced.count { !$0.isBooked })
        if busyAsOf.map({ time >= $0 + busyStep }) ?? true {
            busyAsOf = time
            busy = forecaster.busyPeriods(
                on: floor, announced: announced, walkIns: come, random: random.branch(time).branch(1))
        }
        return (floor, announced, come)
    }
}
