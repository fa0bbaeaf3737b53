import Domain

/// Asks a staffing rule, and opens and closes the reserve windows of a run as it says.
struct StaffingDesk {
    private let trial: StaffingTrial
    private let rule: StaffingTrial.Rule
    private let announced: [Announced]
    private var advisor: WindowAdvisor?
    private(set) var advice: [WindowAdvice] = []
    private(set) var questions = 0
    /// When which window was staffed, as planned.
    private(set) var shifts: [StaffingTrial.Shift] = []

    init(_ trial: StaffingTrial, _ rule: StaffingTrial.Rule, _ day: Day, _ random: CounterRandom) {
        self.trial = trial
        self.rule = rule
        announced = day.announced.sorted { ($0.time, $0.person) < ($1.time, $1.person) }
        if case .advice(let settings) = rule {
            advisor = WindowAdvisor(
                demand: trial.scenario.demandModel(), settings: settings, random: random.branch(3))
        }
    }

    mutating func decide<Inner>(_ run: inout HallRun<RecordedDay, ArrivalCountingRule<Inner>>, mayOpen: Bool) {
        switch rule {
        case .none, .all: return
        case .queueLength(let limit): decideByQueue(&run, limit, mayOpen)
        case .advice: decideByAdvice(&run, mayOpen)
        }
        run.assign()
    }

    private mutating func decideByQueue<Inner>(
        _ run: inout HallRun<RecordedDay, ArrivalCountingRule<Inner>>, _ limit: Double, _ mayOpen: Bool
    ) {
        guard mayOpen else { return }
        for window in trial.reserve {
            let state = run.floor.windows[window]
            let isEnding = !state.isClosed && (0...trial.interval).contains(state.closesAt - run.floor.now)
            guard isEnding, load(on: run.floor, of: window) > limit else { continue }
            carryOut(.extend(window: window, seconds: trial.block), &run)
        }
        for _ in trial.reserve {
            let closed = trial.reserve.filter { run.floor.windows[$0].isClosed }
            let loads = closed.map { load(on: run.floor, of: $0) }
            guard let most = loads.max(), most > limit, let place = loads.firstIndex(of: most) else { return }
            carryOut(.open(window: closed[place], seconds: trial.block), &run)
        }
    }

    /// People who wait for what the window serves, for each window on duty that serves any of it.
    private func load(on floor: HallFloor, of window: Int) -> Double {
        let services = floor.hall.skills[window]
        let people = floor.waiting.count { services.contains($0.service) && $0.due <= floor.now }
        let windows = floor.windows.indices.count { other in
            floor.windows[other].doing != .away && services.contains { floor.hall.pace(other, $0) > 0 }
        }
        return Double(people) / Double(max(1, windows))
    }

    private mutating func decideByAdvice<Inner>(
        _ run: inout HallRun<RecordedDay, ArrivalCountingRule<Inner>>, _ mayOpen: Bool
    ) {
        guard mayOpen else { return }
        let coming = announced.filter { !run.rule.arrived.contains($0.person) }
        for _ in trial.reserve {
            questions += 1
            let options = WindowAdvisor.Options(reserve: trial.reserve)
            let said = advisor?.advise(run.floor, announced: coming, walkIns: run.rule.walkIns, options: options)
            guard let first = said?.first else { return }
            advice.append(first)
            carryOut(first.change, &run)
            advisor?.carriedOut(first.change, at: run.floor.now)
        }
    }

    private mutating func carryOut<Inner>(
        _ change: WindowChange, _ run: inout HallRun<RecordedDay, ArrivalCountingRule<Inner>>
    ) {
        switch change {
        case .open(let window, let seconds):
            let end = run.floor.now + seconds
            run.open(window, until: end)
            shifts.append(StaffingTrial.Shift(window: window, from: run.floor.now, to: end))
        case .extend(let window, let seconds):
            let end = run.floor.windows[window].closesAt + seconds
            run.open(window, until: end)
            if let last = shifts.lastIndex(where: { $0.window == window }) { shifts[last].to = end }
        case .close, .pause, .addSkill: return
        }
    }
}

/// Notes who has come, and leaves the calls to another rule.
struct ArrivalCountingRule<Inner: AssignmentRule>: AssignmentRule {
    var inner: Inner
    private(set) var walkIns = 0
    private(set) var arrived: Set<Int> = []

    init(inner: Inner) { self.inner = inner }

    mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        inner.admit(&person, on: floor)
        arrived.insert(person.person)
        if !person.isBooked { walkIns += 1 }
    }

    mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
}
