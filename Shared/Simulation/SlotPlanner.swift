package import Domain

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
        package var dials = RoutingDials()
        package init() {}
    }

    private let scenario: Scenario
    private let generator: DayGenerator
    private let slots: [DayGenerator.BookedSlot]
    /// What no slot may get more of.
    private let most: [Int]
    /// Stretches of slots of one service: places move within these.
    private let groups: [Range<Int>]

    /// When the slots begin, in seconds since midnight.
    package var times: [Int] { slots.map(\.slot) }
    /// The plan as it is now.
    package var flat: [Int] { slots.map(\.places) }

    /// - Parameters:
    ///   - slots: with the places now, those of one service together; `nil`: as the scenario says.
    ///   - most: what no slot may get more of.
    package init(_ scenario: Scenario, slots: [DayGenerator.BookedSlot]? = nil, most: [Int]? = nil) {
        self.scenario = scenario
        generator = DayGenerator(scenario)
        let slots = slots ?? generator.slots().map { DayGenerator.BookedSlot(slot: $0.slot, places: $0.places) }
        self.slots = slots
        self.most = most ?? slots.map { _ in .max }
        var groups: [Range<Int>] = []
        for index in slots.indices {
            if let last = groups.last, slots[last.lowerBound].service == slots[index].service {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        self.groups = groups
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
            showOdds: (slots.first?.share ?? 1) * (1 - scenario.appt.noShow), dayVariation: scenario.walkin.dayVariation
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
            // Neighbours, which change least else, and any other.
            var moves: [(from: Int, to: Int, count: Int)] = []
            for group in groups {
                for from in group {
                    for to in [from - 2, from - 1, from + 1, from + 2] where group.contains(to) {
                        moves.append((from, to, 1))
                    }
                    let far = group.lowerBound + Int(draw.unit() * Double(group.count))
                    if far != from { moves.append((from, far, round < 2 && groups.count == 1 ? 2 : 1)) }
                }
            }
            moves.shuffle(using: &draw)
            for move in moves where plan[move.from] >= move.count && plan[move.to] + move.count <= most[move.to] {
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
        let metrics = try settings.policy.metrics(
            day(seed: seed, plan), of: scenario, dials: settings.dials)
        return (metrics["J"] ?? 0) + settings.overtime * (metrics["overtime"] ?? 0)
    }

    /// Mean J and overtime of a plan on the first days of the search.
    func cost(of plan: [Int], seed: Int, _ settings: Settings) throws -> Double {
        try (seed..<(seed + settings.days)).map { try cost(of: plan, on: $0, settings) }.mean
    }

    /// A day on which this plan was booked.
    package func day(seed: Int, _ plan: [Int]) -> Day {
        generator.day(
            seed: seed,
            booked: zip(slots, plan).map { slot, places in
                var slot = slot
                slot.places = places
                return slot
            })
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
