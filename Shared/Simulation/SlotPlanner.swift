import Domain

/// How many places each slot of a day gets: the newsvendor's plan, improved by simulation on common random numbers.
package struct SlotPlanner: Sendable {
    package struct Settings: Sendable, Hashable {
        /// Days of a subset, and how many subsets take turns.
        package var days = 24
        package var subsets = 4
        package var rounds = 6
        /// What a minute of overtime costs, in minutes of J.
        package var overtime = 0.35
        /// A move is given up before all days are simulated when it is worse by so many standard errors.
        package var patience = 1.0
        package var policy = Policy.engineLite
        package init() {}
    }

    private let scenario: Scenario
    private let generator: DayGenerator
    /// When the slots begin, in seconds since midnight.
    package let times: [Int]
    /// The plan as it is now.
    package let flat: [Int]

    private let share: Double

    /// - Parameters:
    ///   - slots: seconds since midnight, and the places now; `nil`: as the scenario says.
    ///   - share: of the places, how many are booked.
    package init(_ scenario: Scenario, slots: [(slot: Int, places: Int)]? = nil, share: Double = 1) {
        self.scenario = scenario
        self.share = share
        generator = DayGenerator(scenario)
        let slots = slots ?? generator.slots()
        times = slots.map(\.slot)
        flat = slots.map(\.places)
    }

    /// The start of the search.
    package func newsvendor() -> [Int] {
        let names = scenario.serviceNames
        let visits = scenario.workPerVisit()
        func work(_ mix: [String: Double]) -> NewsvendorPlan.Work {
            let total = max(1e-9, mix.values.reduce(0, +))
            var mean = 0.0
            var square = 0.0
            for (number, name) in names.enumerated() {
                let share = (mix[name] ?? 0) / total
                mean += share * visits[number].mean
                square += share * visits[number].square
            }
            return NewsvendorPlan.Work(mean: mean, square: square)
        }
        let length = Int(scenario.appt.slot * 60)
        let demand = scenario.demandModel()
        let slots = times.enumerated().map { index, time in
            // The last two are kept low: what they leave over is overtime.
            NewsvendorPlan.Slot(
                capacity: capacity(from: time, to: time + length),
                walkIns: demand.expected(until: time + length) - demand.expected(until: time),
                share: index >= times.count - 2 ? 0.7 : 1.1)
        }
        return NewsvendorPlan(
            slots, bookings: flat.reduce(0, +), walkIn: work(scenario.walkin.mix), booked: work(scenario.appt.mix),
            showOdds: share * (1 - scenario.appt.noShow), dayVariation: scenario.walkin.dayVariation
        ).places
    }

    /// Seconds of service, at speed 1, that the windows on duty can give.
    private func capacity(from start: Int, to end: Int) -> Double {
        let hall = scenario.hallModel()
        return hall.windows.reduce(0) { sum, window in
            let paces = window.pace.filter { $0 > 0 }
            guard !paces.isEmpty else { return sum }
            let away = window.rests.filter(\.isPlanned).reduce(0) {
                $0 + max(0, min(end, $1.start + $1.length) - max(start, $1.start))
            }
            return sum + Double(max(0, end - start - away)) / max(0.1, paces.mean)
        }
    }

    /// Moves one or two places from slot to slot as long as that lowers J and overtime on simulated days; the days take
    /// turns, so that the plan does not learn one set by heart.
    ///
    /// A move is compared day by day on common random numbers and given up as soon as it is clearly no better, so a round
    /// costs a part of `moves · days` simulated days.
    package func search(
        from start: [Int], seed: Int, settings: Settings = Settings(), progress: (Int) -> Void = { _ in }
    ) throws -> [Int] {
        var plan = start
        var draw = RandomSequence(seed: UInt64(truncatingIfNeeded: seed))
        for round in 0..<settings.rounds {
            let first = seed + (round % settings.subsets) * settings.days
            let days = Array(first..<(first + settings.days))
            var costs = try days.map { try cost(of: plan, on: $0, settings) }
            // Neighbours first: they change least else; then any pair.
            var moves: [(from: Int, to: Int, count: Int)] = []
            for from in plan.indices {
                for to in [from - 2, from - 1, from + 1, from + 2] where plan.indices.contains(to) {
                    moves.append((from, to, 1))
                }
                let far = Int(draw.unit() * Double(plan.count))
                if far != from { moves.append((from, far, round < 2 ? 2 : 1)) }
            }
            moves.shuffle(using: &draw)
            for move in moves where plan[move.from] >= move.count {
                var next = plan
                next[move.from] -= move.count
                next[move.to] += move.count
                if let better = try improved(costs, by: next, on: days, settings) {
                    costs = better
                    plan = next
                }
            }
            progress(round + 1)
        }
        return plan
    }

    /// The costs of a plan, day by day, if they are lower in sum.
    private func improved(
        _ costs: [Double], by plan: [Int], on days: [Int], _ settings: Settings
    ) throws -> [Double]? {
        var found: [Double] = []
        var sum = 0.0
        var squares = 0.0
        for (number, day) in days.enumerated() {
            let other = try cost(of: plan, on: day, settings)
            found.append(other)
            let gain = costs[number] - other
            sum += gain
            squares += gain * gain
            let count = Double(number + 1)
            let error = (max(0, squares - sum * sum / count)).squareRoot()
            if number >= 3, sum < -settings.patience * error { return nil }
        }
        return sum > 0 ? found : nil
    }

    /// J and overtime of a day on which a plan was booked out.
    private func cost(of plan: [Int], on seed: Int, _ settings: Settings) throws -> Double {
        let metrics = try settings.policy.metrics(day(seed: seed, plan), of: scenario)
        return (metrics["J"] ?? 0) + settings.overtime * (metrics["overtime"] ?? 0)
    }

    /// A day on which this plan was booked.
    package func day(seed: Int, _ plan: [Int]) -> Day {
        generator.day(
            seed: seed,
            booked: zip(times, plan).map { DayGenerator.BookedSlot(slot: $0, places: $1, share: share) })
    }
}

extension Scenario {
    /// Mean and mean square of the seconds of a whole visit that begins with each service, at speed 1: with what may follow.
    func workPerVisit() -> [NewsvendorPlan.Work] {
        let names = serviceNames
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var own = names.map { name -> NewsvendorPlan.Work in
            let service = services[name]
            let mean = (service?.mean ?? 0) * 60
            let variation = service?.cv ?? 0
            return NewsvendorPlan.Work(mean: mean, square: mean * mean * (1 + variation * variation))
        }
        let single = own
        // Chains end; eight legs are as many as a day has.
        for _ in 0..<8 {
            own = names.indices.map { index in
                var work = single[index]
                for next in transfers[names[index]] ?? [] {
                    guard let number = numbers[next.service] else { continue }
                    work.mean += next.odds * own[number].mean
                    work.square += next.odds * (own[number].square + 2 * single[index].mean * own[number].mean)
                }
                return work
            }
        }
        return own
    }
}
