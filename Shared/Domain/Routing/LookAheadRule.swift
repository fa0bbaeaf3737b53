/// The engine: index, guard, and look-ahead by rollouts on common sampled futures (Bertsekas, Tsitsiklis & Wu 1997).
///
/// The index's choice is compared with the best of each other service and class for the same window, and with other
/// windows of another set of skills for the same person. Each is rolled forward under the index on the same futures;
/// another replaces the index's choice when its paired gain exceeds `confidence` standard errors.
package struct LookAheadRule: AssignmentRule {
    package struct Settings: Sendable, Hashable {
        package var isOn = true
        /// How many futures are sampled at most.
        package var samples = 16
        /// Seconds.
        package var horizon = 1200
        /// In standard errors.
        package var confidence = 0.5
        /// A leader whose gain exceeds so many times the confidence is rolled no further.
        package var decisive = 2.5
        /// Candidates whose index is below this share of the best are not tried.
        package var leastShare = 0.05
        package var limit = 5
        package init() {}
    }

    private var index = DueDateIndexRule()
    private var promises: PromiseGuard
    private let random: CounterRandom
    private let demand: DemandModel
    private var announced: [Announced]
    private let settings: Settings
    private var walkIns: Int
    private var decisions = 0
    private let rollout: Rollout

    package init(
        hall: HallModel, random: CounterRandom, demand: DemandModel, announced: [Announced], walkIns: Int = 0
    ) {
        self.walkIns = walkIns
        settings = hall.dials.lookAhead
        rollout = Rollout(hall: hall, cost: .lookAhead)
        self.random = random
        self.demand = demand
        self.announced = announced.sorted { ($0.time, $0.person) < ($1.time, $1.person) }
        promises = PromiseGuard(random: random.branch(1))
    }

    package mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        person.promisedBy = promises.promise(to: person, on: floor)
        if !person.isBooked { walkIns += 1 }
        let number = person.person
        announced.removeAll { $0.person == number }
    }

    package mutating func expect(_ person: Announced) {
        announced.append(person)
    }

    package mutating func next(on floor: HallFloor) -> Assignment? {
        guard let first = index.next(on: floor) else { return nil }
        return improve(first, on: floor, atOtherWindows: true)
    }

    /// Whom one window should call.
    package mutating func best(for window: Int, on floor: HallFloor) -> (choice: Assignment, byIndex: Assignment)? {
        guard let first = index.best(for: window, on: floor) else { return nil }
        return (improve(first, on: floor, atOtherWindows: false), first)
    }

    private mutating func improve(_ first: Assignment, on floor: HallFloor, atOtherWindows: Bool) -> Assignment {
        guard settings.isOn, floor.waiting.count > 1 || floor.idle > 1 else { return first }
        let candidates = candidates(besides: first, on: floor, atOtherWindows: atOtherWindows)
        guard !candidates.isEmpty else { return first }
        decisions += 1
        return best(of: [first] + candidates, on: floor)
    }

    private func candidates(
        besides first: Assignment, on floor: HallFloor, atOtherWindows: Bool
    ) -> [Assignment] {
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
        if atOtherWindows, !isLate {
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
            * floor.hall.rank(assignment.window, person.service, isLate: person.promisedBy <= floor.now)
    }

    /// The candidate with the largest gain over the first, where that is more than chance.
    ///
    /// A race (Maron & Moore 1997): who is clearly behind after a block of samples is rolled no further. Costs at most
    /// `samples` rolls for each candidate.
    private func best(of candidates: [Assignment], on floor: HallFloor) -> Assignment {
        let own = random.branch(floor.now).branch(decisions)
        let end = floor.now + settings.horizon
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: end, floor.hall)
        rollout.load(floor)
        var gains = candidates.map { _ in PairedGain() }
        var racing = Array(candidates.indices.dropFirst())
        for sample in 0..<settings.samples where !racing.isEmpty {
            rollout.draw(sample: sample, of: own, prospect, until: end)
            let base = rollout.roll(first: candidates[0], until: end)
            for number in racing {
                gains[number].add(base - rollout.roll(first: candidates[number], until: end))
            }
            // A block of samples spreads each person's luck evenly: half of one says little.
            if (sample + 1) % SampledFuture.block == 0, isDecided(gains, &racing) { break }
        }
        var best = 0
        for number in racing {
            let gain = gains[number]
            if gain.mean > settings.confidence * gain.error, gain.mean > gains[best].mean { best = number }
        }
        return candidates[best]
    }

    /// Takes out of the race who is behind the first, or behind the leader of the race; `true` when more samples would
    /// hardly change the winner.
    private func isDecided(_ gains: [PairedGain], _ racing: inout [Int]) -> Bool {
        racing.removeAll { gains[$0].mean + settings.confidence * gains[$0].error <= 0 }
        guard let leader = racing.max(by: { gains[$0].mean < gains[$1].mean }) else { return true }
        let bar = gains[leader].mean - settings.confidence * gains[leader].error
        racing.removeAll { $0 != leader && gains[$0].mean + settings.confidence * gains[$0].error <= bar }
        return racing.count == 1
            && gains[leader].mean > settings.decisive * settings.confidence * gains[leader].error
    }
}
