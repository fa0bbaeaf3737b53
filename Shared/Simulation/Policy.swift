package import Domain

/// The rules that a simulation compares, by the names that the command line knows.
package enum Policy: String, Sendable, CaseIterable {
    /// A queue for each service.
    case separate
    /// One queue, first come first served, to every window with the skill.
    case fcfs
    /// Service BC's queue-management.
    case bcgov
    /// Munich's eappointment, with check-in.
    case zms
    /// Accumulating priority.
    case apq
    /// The due-date index alone.
    case gcmu
    /// The index under the promise guard.
    case engineLite = "engine-lite"
    /// Index, guard and look-ahead.
    case engine

    /// Who is served when and where on that day. The same day and policy give the same result.
    package func run(_ day: Day, of scenario: Scenario, dials: RoutingDials = RoutingDials()) throws
        -> [RecordedDay.Served]
    {
        guard scenario.halls == 1 else { throw SimulationError.severalHalls(scenario.halls) }
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        return switch self {
        case .separate:
            served(day, scenario, dials, SeparateRule(hall: scenario.hallModel(), work: scenario.expectedWork()))
        case .fcfs: served(day, scenario, dials, FirstComeRule())
        case .bcgov: served(day, scenario, dials, ServiceBCRule())
        case .zms: served(day, scenario, dials, EappointmentRule())
        case .apq: served(day, scenario, dials, AccumulatingPriorityRule())
        case .gcmu: served(day, scenario, dials, DueDateIndexRule())
        case .engineLite: served(day, scenario, dials, GuardedIndexRule(random: random))
        case .engine:
            served(
                day, scenario, dials,
                LookAheadRule(random: random, demand: scenario.demandModel(), announced: day.announced))
        }
    }

    private func served(_ day: Day, _ scenario: Scenario, _ dials: RoutingDials, _ rule: some AssignmentRule)
        -> [RecordedDay.Served]
    {
        // eappointment holds a booked person back until the slot, so the slot itself is a moment to decide.
        let slots = self == .zms ? Set(day.citizens.lazy.filter(\.isBooked).map(\.slot)).sorted() : []
        var run = HallRun(
            floor: HallFloor(hall: scenario.hallModel(dials: dials), now: 0),
            world: RecordedDay(day: day, speedClasses: scenario.speedClasses(), triggers: slots), rule: rule)
        run.run()
        return run.world.served
    }
}
