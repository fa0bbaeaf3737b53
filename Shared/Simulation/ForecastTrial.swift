package import Domain

/// What is foretold to people when they come, under a rule on simulated days, and what becomes of it.
package struct ForecastTrial: Sendable {
    package struct Promise: Sendable, Hashable {
        package var standing: Standing
        package var service: Int
        /// Hour of the day.
        package var hour: Int
        package var at: Int
        package var own: WaitDistribution
        package var isBooked: Bool
        package var slot: Int
        package var called = 0
        /// Seconds of wait: quantiles 5, 10, 50, 90 and 95 %.
        package var quantiles: [Double]
        /// Number waiting × mean service ÷ windows.
        package var byQueueLength: Double
        /// eappointment's `floor((k + 1) · average ÷ staff)`, with its preset of 12 minutes.
        package var byEappointment: Double
        package var actual: Double
    }

    package private(set) var promises: [Promise] = []

    package init() {}

    /// Foretells every arrival of the day; the rule is the one that the hall really has.
    package mutating func run(
        _ policy: Policy, _ day: Day, _ scenario: Scenario, dials: RoutingDials = RoutingDials(), samples: Int = 100
    ) {
        let hall = scenario.hallModel(dials: dials)
        var settings = HallForecaster.Settings()
        settings.samples = samples
        let order: Rollout.Order =
            switch policy {
            case .fcfs: .firstCome
            case .bcgov: .serviceBC
            case .zms: .eappointment
            default: .index
            }
        let forecaster = HallForecaster(
            hall: hall, order: order, demand: scenario.demandModel(), settings: settings)
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let world = RecordedDay(
            day: day, speedClasses: scenario.speedClasses(),
            triggers: policy == .zms ? Set(day.citizens.filter(\.isBooked).map(\.slot)).sorted() : [])
        let mean = scenario.expectedWork().reduce(0, +) / Double(max(1, day.citizens.count { $0.arrived != nil }))
        func go(_ rule: some AssignmentRule) {
            var run = HallRun(
                floor: HallFloor(hall: hall, now: 0), world: world,
                rule: ForetellingRule(
                    inner: rule, forecaster: forecaster, announced: day.announced, random: random.branch(99),
                    meanService: mean))
            run.run()
            var starts: [Int: Int] = [:]
            for leg in run.world.served where leg.leg == 0 { starts[leg.citizen] = leg.start }
            for told in run.rule.told {
                guard let start = starts[told.person] else { continue }
                var promise = told.promise
                promise.actual = Double(start - told.at)
                promises.append(promise)
            }
        }
        switch policy {
        case .fcfs: go(FirstComeRule())
        case .bcgov: go(ServiceBCRule())
        case .zms: go(EappointmentRule())
        case .gcmu: go(DueDateIndexRule())
        default: go(GuardedIndexRule(random: random))
        }
    }

    /// Mean absolute error of three ways to foretell, in minutes.
    package var errors: (roll: Double, queueLength: Double, eappointment: Double) {
        (
            promises.map { abs($0.quantiles[2] - $0.actual) }.mean / 60,
            promises.map { abs($0.byQueueLength - $0.actual) }.mean / 60,
            promises.map { abs($0.byEappointment - $0.actual) }.mean / 60
        )
    }

    /// Mean of foretold minus actual, in minutes.
    package var bias: Double { promises.map { $0.quantiles[2] - $0.actual }.mean / 60 }

    /// The share of actual waits inside the 80 % and the 90 % interval, widened by a correction.
    package func coverage(
        _ corrections: (eighty: ConformalCorrection, ninety: ConformalCorrection)? = nil,
        where belongs: (Promise) -> Bool = { _ in true }
    ) -> (eighty: Double, ninety: Double, count: Int) {
        let group = promises.filter(belongs)
        func share(_ low: Int, _ high: Int, _ odds: Double, _ correction: ConformalCorrection?) -> Double {
            group.map { promise in
                let key = Int(promise.standing.rawValue)
                let margin = (correction?.margin(class: key, odds: odds) ?? 0) * (promise.quantiles[2] + 60)
                let inside =
                    promise.actual >= promise.quantiles[low] - margin
                    && promise.actual <= promise.quantiles[high] + margin
                return inside ? 1 : 0
            }.mean
        }
        return (share(1, 3, 0.8, corrections?.eighty), share(0, 4, 0.9, corrections?.ninety), group.count)
    }

    /// What these days teach about the intervals.
    package var corrections: (eighty: ConformalCorrection, ninety: ConformalCorrection) {
        var eighty = ConformalCorrection()
        var ninety = ConformalCorrection()
        for promise in promises {
            let key = Int(promise.standing.rawValue)
            eighty.learn(
                class: key, low: promise.quantiles[1], median: promise.quantiles[2],
                high: promise.quantiles[3], actual: promise.actual)
            ninety.learn(
                class: key, low: promise.quantiles[0], median: promise.quantiles[2],
                high: promise.quantiles[4], actual: promise.actual)
        }
        return (eighty, ninety)
    }
}

/// Foretells the wait of everybody who comes, and leaves the calls to another rule.
private struct ForetellingRule<Inner: AssignmentRule>: AssignmentRule {
    var inner: Inner
    let forecaster: HallForecaster
    var announced: [Announced]
    let random: CounterRandom
    let meanService: Double
    var walkIns = 0
    var told: [(person: Int, at: Int, promise: ForecastTrial.Promise)] = []

    init(
        inner: Inner, forecaster: HallForecaster, announced: [Announced], random: CounterRandom, meanService: Double
    ) {
        self.inner = inner
        self.forecaster = forecaster
        self.announced = announced.sorted { ($0.time, $0.person) < ($1.time, $1.person) }
        self.random = random
        self.meanService = meanService
    }

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        inner.admit(&person, on: floor)
        if !person.isBooked { walkIns += 1 }
        let number = person.person
        announced.removeAll { $0.person == number }
        var with = floor
        with.waiting.append(person)
        let waits = forecaster.forecast(
            with, announced: announced, walkIns: walkIns, from: floor.waiting.count,
            random: random.branch(person.person))
        guard let own = waits.last else { return }
        let windows = Double(max(1, floor.windows.count { $0.doing != .away }))
        let ahead = Double(floor.waiting.count)
        let now = Double(floor.now)
        told.append(
            (
                person.person, floor.now,
                ForecastTrial.Promise(
                    standing: person.standing, service: person.service, hour: floor.now / 3600,
                    at: floor.now, own: own, isBooked: person.isBooked, slot: person.slot,
                    quantiles: [0.05, 0.1, 0.5, 0.9, 0.95].map { max(0, own.quantile($0) - now) },
                    byQueueLength: ahead * meanService / windows,
                    byEappointment: ((ahead + 1) * 12 / windows).rounded(.down) * 60, actual: 0)
            ))
    }

    mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
}
