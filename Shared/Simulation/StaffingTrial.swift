package import Domain

/// A day whose windows are not all open from the morning on: some are a reserve, which a rule opens for blocks of time.
package struct StaffingTrial: Sendable {
    /// When reserve windows open.
    package enum Rule: Sendable, Hashable {
        /// Never.
        case none
        /// Always: what the whole staff would reach.
        case all
        /// When more people wait than so many for each window on duty, counting people and windows of the reserve window's
        /// services.
        case queueLength(Double)
        /// When the advisor says so.
        case advice(WindowAdvisor.Settings)
    }

    /// A reserve window that was staffed [s since midnight].
    package struct Shift: Sendable, Hashable {
        package var window: Int
        package var from: Int
        package var to: Int
    }

    package struct Outcome: Sendable {
        package var metrics: DayMetrics
        package var served: [RecordedDay.Served]
        /// Minutes for which reserve windows were staffed, until the last person there was served.
        package var clerkMinutes: Double
        package var shifts: [Shift]
        /// The advice that was followed.
        package var advice: [WindowAdvice]
        /// How many times the advisor was asked.
        package var questions: Int
    }

    package let scenario: Scenario
    /// Windows that are closed in the morning. They have no breaks of their own.
    package let reserve: [Int]
    /// How often the rule is asked [s].
    package var interval = 300
    /// The least time for which a window is opened [s].
    package var block = 1800

    /// Refuses a reserve without which a service has no window.
    package init(_ scenario: Scenario, reserve: [Int]) throws {
        guard scenario.halls == 1 else {
            throw SimulationError.invalid("advice is for one hall; give the scenario of one")
        }
        guard reserve.allSatisfy(scenario.windows.indices.contains), Set(reserve).count == reserve.count else {
            throw SimulationError.invalid("reserve: windows are 0 to \(scenario.windows.count - 1), each once")
        }
        for service in scenario.serviceNames
        where !scenario.windows.indices.contains(where: {
            !reserve.contains($0) && scenario.windows[$0].skills[service] != nil
        }) {
            throw SimulationError.invalid("reserve: \(service) would have no window; hold another one in reserve")
        }
        var scenario = scenario
        for window in reserve {
            scenario.windows[window].breaks = []
            scenario.windows[window].outages = []
        }
        self.scenario = scenario
        self.reserve = reserve
    }

    /// The day under a staffing rule; people are called by the guarded index.
    package func run(_ day: Day, _ rule: Rule) -> Outcome {
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let hall = scenario.hallModel()
        var floor = HallFloor(hall: hall, now: 0)
        for window in reserve where rule != .all {
            floor.windows[window].doing = .away
            floor.windows[window].until = .max
            floor.windows[window].closesAt = 0
            floor.idle -= 1
        }
        var run = HallRun(
            floor: floor, world: RecordedDay(day: day, speedClasses: scenario.speedClasses()),
            rule: ArrivalCountingRule(inner: GuardedIndexRule(random: random)))
        var desk = StaffingDesk(self, rule, day, random)
        let close = Int(scenario.close * 60)
        for time in stride(from: hall.open, through: close, by: interval) {
            run.advance(to: time)
            desk.decide(&run, mayOpen: time <= close - block)
        }
        run.run()
        let served = run.world.served
        let shifts =
            rule == .all ? reserve.map { Shift(window: $0, from: hall.open, to: close) } : desk.shifts
        let seconds = shifts.map { shift in
            let last = served.last { $0.window == shift.window && $0.start < shift.to }
            return max(shift.to, last?.end ?? 0) - shift.from
        }
        return Outcome(
            metrics: DayMetrics(day: day, served: served, scenario: scenario), served: served,
            clerkMinutes: Double(seconds.reduce(0, +)) / 60, shifts: shifts, advice: desk.advice,
            questions: desk.questions)
    }
}
