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
    /// Munich's eappointment as it is: no check-in, so who is not there is called in vain.
    case zmsLiteral = "zms-literal"
    /// Accumulating priority.
    case apq
    /// The due-date index alone.
    case gcmu
    /// The index under the promise guard.
    case engineLite = "engine-lite"
    /// Index, guard and look-ahead.
    case engine

    /// Index, guard and look-ahead, told the true durations: what better knowledge could bring, and no rule may have.
    case knownDurations = "known-durations"
    /// First come, first served, as if every window had every skill: what skills cost.
    case pooledWindows = "pooled-windows"

    /// What became of a day.
    package struct Outcome: Sendable, Hashable {
        package var served: [RecordedDay.Served]
        /// Calls for people who were not there.
        package var vainCalls = 0
    }

    package func metrics(_ day: Day, of scenario: Scenario, dials: RoutingDials = RoutingDials()) throws -> DayMetrics {
        let outcome = try run(day, of: scenario, dials: dials)
        return DayMetrics(day: day, served: outcome.served, scenario: scenario, vainCalls: outcome.vainCalls)
    }

    /// Who is served when and where on that day. The same day and policy give the same result.
    ///
    /// A city's halls run one after the other; people without a hall go to the nearest one. Windows are numbered through
    /// the city.
    package func run(_ day: Day, of scenario: Scenario, dials: RoutingDials = RoutingDials()) throws -> Outcome {
        guard scenario.halls > 1 else { return run(day, in: scenario, hall: 0, dials: dials) }
        var outcome = Outcome(served: [])
        for hall in 0..<scenario.halls {
            let visit = day.visit(to: hall, of: scenario)
            let part = run(visit, in: scenario, hall: hall, dials: dials)
            let numbers = scenario.windows.indices.filter { scenario.windows[$0].hall == hall }
            outcome.vainCalls += part.vainCalls
            outcome.served += part.served.map {
                var leg = $0
                leg.window = numbers[leg.window]
                return leg
            }
        }
        return outcome
    }

    private func run(_ day: Day, in scenario: Scenario, hall: Int, dials: RoutingDials) -> Outcome {
        let random = CounterRandom(UInt64(truncatingIfNeeded: day.seed))
        let model = scenario.hallModel(hall: hall, dials: dials)
        let speeds = scenario.speedClasses(hall: hall)
        func served(_ rule: some AssignmentRule, _ world: RecordedDay? = nil, _ hall: HallModel? = nil) -> Outcome {
            var run = HallRun(
                floor: HallFloor(hall: hall ?? model, now: 0),
                world: world ?? RecordedDay(day: day, speedClasses: speeds), rule: rule)
            run.run()
            return Outcome(served: run.world.served, vainCalls: run.world.vainCalls)
        }
        switch self {
        case .separate: return served(SeparateRule(hall: model, work: scenario.expectedWork()))
        case .fcfs: return served(FirstComeRule())
        case .bcgov: return served(ServiceBCRule())
        case .zms, .zmsLiteral:
            // eappointment holds a booked person back until the slot, so the slot itself is a moment to decide.
            let slots = Set(day.citizens.lazy.filter(\.isBooked).map(\.slot)).sorted()
            let world = RecordedDay(day: day, speedClasses: speeds, triggers: slots, ghosts: self == .zmsLiteral)
            return served(EappointmentRule(), world)
        case .apq: return served(AccumulatingPriorityRule())
        case .gcmu: return served(DueDateIndexRule())
        case .engineLite: return served(GuardedIndexRule(random: random))
        case .engine, .knownDurations:
            var day = day
            if self == .knownDurations { day.tellDurations(of: scenario) }
            return served(
                LookAheadRule(
                    hall: model, random: random, demand: scenario.demandModel(hall: hall), announced: day.announced),
                RecordedDay(day: day, speedClasses: speeds))
        case .pooledWindows:
            var open = scenario
            for index in open.windows.indices {
                for service in open.services.keys where open.windows[index].skills[service] == nil {
                    open.windows[index].skills[service] = open.standardSpeed
                }
            }
            return served(
                FirstComeRule(), RecordedDay(day: day, speedClasses: open.speedClasses(hall: hall)),
                open.hallModel(hall: hall, dials: dials))
        }
    }
}
