package import Domain

/// A simulated day on which everybody's wait was foretold, as the rolls gave it, and what became of it.
package struct ForetoldDay: Sendable {
    /// One forecast.
    package struct Foretold: Sendable {
        package var standing: Standing
        package var service: Int
        /// When it was made, and for an arrival at what time.
        package var at: Int
        package var arrival: Int
        package var wait: WaitDistribution
        /// Number waiting × mean service ÷ windows, in seconds.
        package var byQueueLength: Double
        /// eappointment's `floor((k + 1) · average ÷ staff)`, with its preset of 12 minutes, in seconds.
        package var byEappointment: Double
        /// When the person was called.
        package var called = 0

        package var actual: Double { Double(called - arrival) }
    }

    /// Of the walk-ins one in so many asks ahead.
    private static let askers = 4

    /// At the issue of tickets, and then for each of `ahead`, in the order of being made.
    package let foretold: [[Foretold]]

    /// Foretells every arrival of the day, in the order of calls that the hall has under the rule; the look-ahead of
    /// the engine is foretold as the index.
    ///
    /// - Parameter ahead: how far ahead of their arrival some walk-ins ask how long they would wait [s].
    package init(
        _ policy: Policy, _ day: Day, _ scenario: Scenario, dials: RoutingDials = RoutingDials(), samples: Int = 100,
        ahead: [Int] = []
    ) {
        let hall = scenario.hallModel(dials: dials)
        var settings = HallForecaster.Settings()
        settings.samples = samples
        let forecaster = HallForecaster(
            hall: hall, order: policy.order, demand: scenario.demandModel(), settings: settings)
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let world = RecordedDay(
            day: day, speedClasses: scenario.speedClasses(),
            triggers: policy == .zms ? Set(day.citizens.filter(\.isBooked).map(\.slot)).sorted() : [])
        let mean = scenario.expectedWork().reduce(0, +) / Double(max(1, day.citizens.count { $0.arrived != nil }))
        func run(_ rule: some AssignmentRule) -> [[Foretold]] {
            var run = HallRun(
                floor: HallFloor(hall: hall, now: 0), world: world,
                rule: ForetellingRule(
                    inner: rule, forecaster: forecaster, announced: day.announced, asking: Self.asking(on: day, ahead),
                    questions: ahead.count, random: random.branch(99), meanService: mean))
            run.run()
            var calls: [Int: Int] = [:]
            for leg in run.world.served where leg.leg == 0 { calls[leg.citizen] = leg.start }
            return run.rule.told.map { told in
                told.compactMap { told in
                    calls[told.person].map {
                        var foretold = told.foretold
                        foretold.called = $0
                        return foretold
                    }
                }
            }
        }
        foretold =
            switch policy {
            case .fcfs: run(FirstComeRule())
            case .bcgov: run(ServiceBCRule())
            case .zms: run(EappointmentRule())
            case .gcmu: run(DueDateIndexRule())
            case .engine:
                run(
                    LookAheadRule(
                        hall: hall, random: random, demand: scenario.demandModel(), announced: day.announced))
            default: run(GuardedIndexRule(random: random))
            }
    }

    /// Who asks, when, and for what arrival: some of those who then came in person, without what intake asked them.
    private static func asking(on day: Day, _ ahead: [Int]) -> [Asking] {
        var asking: [Asking] = []
        for citizen in day.citizens where !citizen.isBooked && citizen.id % askers == 0 {
            guard let arrived = citizen.arrived, arrived == citizen.joined else { continue }
            let person = Waiting(
                person: citizen.id, service: citizen.legs[0].service, standing: citizen.standing, joined: arrived,
                arrived: arrived, due: arrived)
            for (number, lead) in ahead.enumerated() {
                asking.append(Asking(question: number + 1, at: arrived - lead, person: person))
            }
        }
        return asking.sorted { ($0.at, $0.person.person, $0.question) < ($1.at, $1.person.person, $1.question) }
    }

    /// Somebody who will come, and asks now how long the wait would be.
    fileprivate struct Asking {
        var question: Int
        var at: Int
        var person: Waiting
    }
}

extension Policy {
    /// The rules whose order a forecast can roll.
    package static let foretold: [Policy] = [.fcfs, .bcgov, .zms, .gcmu, .engineLite, .engine]

    /// The order in which a forecast rolls the hall.
    fileprivate var order: Rollout.Order {
        switch self {
        case .fcfs: .firstCome
        case .bcgov: .serviceBC
        case .zms: .eappointment
        default: .index
        }
    }
}

/// Foretells the wait of everybody who comes or asks, and leaves the calls to another rule.
private struct ForetellingRule<Inner: AssignmentRule>: AssignmentRule {
    private var inner: Inner
    private let forecaster: HallForecaster
    private var announced: [Announced]
    /// Who will ask; the first comes last.
    private var asking: [ForetoldDay.Asking]
    private let random: CounterRandom
    private let meanService: Double
    private var walkIns = 0
    private(set) var told: [[(person: Int, foretold: ForetoldDay.Foretold)]]

    init(
        inner: Inner, forecaster: HallForecaster, announced: [Announced],
        asking: [ForetoldDay.Asking], questions: Int, random: CounterRandom, meanService: Double
    ) {
        self.inner = inner
        self.forecaster = forecaster
        self.announced = announced.sorted { ($0.time, $0.person) < ($1.time, $1.person) }
        self.asking = asking.reversed()
        self.random = random
        self.meanService = meanService
        told = (0...questions).map { _ in [] }
    }

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        inner.admit(&person, on: floor)
        if !person.isBooked { walkIns += 1 }
        let number = person.person
        announced.removeAll { $0.person == number }
        var asked: [ForetoldDay.Asking] = []
        while let next = asking.last, next.at <= floor.now {
            asking.removeLast()
            if next.person.arrived > floor.now { asked.append(next) }
        }
        var with = floor
        with.waiting.append(person)
        let own = random.branch(person.person)
        let wait = forecaster.forecast(of: [person], on: floor, announced: announced, walkIns: walkIns, random: own)
        note(person, question: 0, wait: wait[0], on: floor)
        guard !asked.isEmpty else { return }
        let ahead = forecaster.forecast(
            of: asked.map(\.person), on: with, announced: announced, walkIns: walkIns, random: own)
        for (one, wait) in zip(asked, ahead) { note(one.person, question: one.question, wait: wait, on: with) }
    }

    private mutating func note(_ person: Waiting, question: Int, wait: WaitDistribution, on floor: HallFloor) {
        let windows = Double(max(1, floor.windows.count { $0.doing != .away }))
        let ahead = Double(floor.waiting.count)
        told[question].append(
            (
                person.person,
                ForetoldDay.Foretold(
                    standing: person.standing, service: person.service, at: floor.now,
                    arrival: max(floor.now, person.arrived), wait: wait,
                    byQueueLength: ahead * meanService / windows,
                    byEappointment: ((ahead + 1) * 12 / windows).rounded(.down) * 60)
            ))
    }

    mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
}
