/// The engine: index, guard, and look-ahead by rollouts on common sampled futures (Bertsekas, Tsitsiklis & Wu 1997).
///
/// The index's choice is compared with the best of each other service and class for the same window, and with other
/// windows of another set of skills for the same person. Each is rolled forward under the index on the same futures;
/// another replaces the index's choice when its paired gain exceeds `confidence` standard errors.
package struct LookAheadRule: AssignmentRule {
    package struct Settings: Sendable, Hashable {
        package var samples = 24
        /// Seconds.
        package var horizon = 2100
        package var confidence = 1.0
        /// Candidates whose index is below this share of the best are not tried.
        package var leastShare = 0.15
        package var limit = 5
        package init() {}
    }

    private var index = DueDateIndexRule()
    private var promises: PromiseGuard
    private let random: CounterRandom
    private let demand: DemandModel
    private var announced: [Announced]
    private var settings: Settings
    private var walkIns = 0
    private var decisions = 0

    package init(random: CounterRandom, demand: DemandModel, announced: [Announced], settings: Settings = Settings()) {
        self.random = random
        self.demand = demand
        self.announced = announced.sorted { ($0.time, $0.person) < ($1.time, $1.person) }
        self.settings = settings
        promises = PromiseGuard(random: random.branch(1))
    }

    package mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        person.promisedBy = promises.promise(to: person, on: floor)
        if !person.isBooked { walkIns += 1 }
        let number = person.person
        announced.removeAll { $0.person == number }
    }

    package mutating func next(on floor: HallFloor) -> Assignment? {
        guard let first = index.next(on: floor) else { return nil }
        guard floor.waiting.count > 1 || floor.idle > 1 else { return first }
        let candidates = candidates(besides: first, on: floor)
        guard !candidates.isEmpty else { return first }
        decisions += 1
        return best(of: [first] + candidates, on: floor)
    }

    private func candidates(besides first: Assignment, on floor: HallFloor) -> [Assignment] {
        let hall = floor.hall
        let chosen = floor.waiting[first.place]
        let isLate = chosen.promisedBy <= floor.now
        let bar = settings.leastShare * value(first, on: floor)
        var heads: [(key: Int, value: Double, assignment: Assignment)] = []
        for place in floor.waiting.indices where place != first.place {
            let person = floor.waiting[place]
            guard hall.pace(first.window, person.service) > 0, (person.promisedBy <= floor.now) == isLate else {
                continue
            }
            let key = person.service * 4 + Int(person.standing.rawValue)
            guard key != chosen.service * 4 + Int(chosen.standing.rawValue) else { continue }
            let assignment = Assignment(window: first.window, place: place)
            let value = value(assignment, on: floor)
            guard value >= bar else { continue }
            if let at = heads.firstIndex(where: { $0.key == key }) {
                if heads[at].value < value { heads[at] = (key, value, assignment) }
            } else {
                heads.append((key, value, assignment))
            }
        }
        heads.sort { ($0.value, -$0.assignment.place) > ($1.value, -$1.assignment.place) }
        var others = heads.prefix(settings.limit).map(\.assignment)
        if !isLate {
            var seen = [hall.skills[first.window]]
            for window in floor.windows.indices where floor.windows[window].doing == .idle && window != first.window {
                guard hall.pace(window, chosen.service) > 0, !seen.contains(hall.skills[window]) else { continue }
                seen.append(hall.skills[window])
                others.append(Assignment(window: window, place: first.place))
            }
        }
        return others
    }

    private func value(_ assignment: Assignment, on floor: HallFloor) -> Double {
        let person = floor.waiting[assignment.place]
        return DueDateIndexRule.urgency(of: person, at: floor.now, floor.hall.dials)
            * floor.hall.rank(assignment.window, person.service)
    }

    /// The candidate with the largest gain over the first, where that is more than chance.
    private func best(of candidates: [Assignment], on floor: HallFloor) -> Assignment {
        let own = random.branch(floor.now).branch(decisions)
        let end = floor.now + settings.horizon
        var sums = Array(repeating: 0.0, count: candidates.count)
        var squares = sums
        for sample in 0..<settings.samples {
            let future = SampledFuture(
                random: own.branch(sample), floor: floor, demand: demand, announced: announced, walkIns: walkIns,
                until: end)
            var settled = floor
            future.settle(&settled)
            var base = 0.0
            for (number, candidate) in candidates.enumerated() {
                let cost = Self.roll(settled, future, candidate, until: end)
                if number == 0 { base = cost }
                sums[number] += base - cost
                squares[number] += (base - cost) * (base - cost)
            }
        }
        let count = Double(settings.samples)
        var best = 0
        var gain = 0.0
        for number in candidates.indices.dropFirst() {
            let mean = sums[number] / count
            let variance = max(0, squares[number] / count - mean * mean)
            let error = (variance / max(1, count - 1)).squareRoot()
            if mean > settings.confidence * error, mean > gain {
                best = number
                gain = mean
            }
        }
        return candidates[best]
    }

    private static func roll(
        _ floor: HallFloor, _ future: SampledFuture, _ first: Assignment, until end: Int
    ) -> Double {
        var run = HallRun(floor: floor, world: future, rule: DueDateIndexRule())
        run.carryOut(first)
        run.assign()
        run.run(until: end)
        var cost = run.world.cost
        for person in run.floor.waiting { cost += SampledFuture.cost(of: person, at: end) }
        return cost
    }
}
