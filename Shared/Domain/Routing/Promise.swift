/// What a person is promised on coming: the moment after which nobody passes whose own such moment has not come.
package struct PromiseGuard: Sendable {
    /// How many futures are rolled for a walk-in's promise.
    private let samples = 8
    private let random: CounterRandom
    private var line: [Int] = []
    private var free: [Int] = []
    private var rest: [Int] = []

    package init(random: CounterRandom) {
        self.random = random
    }

    /// `max(promise, guardFactor · roll + guardMinutes)` after the due moment for walk-ins, where `roll` is the wait that
    /// first-due-first-served would give; a fixed time for others. When two or fewer wait, the least promise.
    package mutating func promise(to person: Waiting, on floor: HallFloor) -> Int {
        let dials = floor.hall.dials
        let least = dials[person.standing].promise
        guard person.standing == .walkIn, floor.waiting.count > 2 else { return person.due + Int(least * 60) }
        let roll = wait(of: person, on: floor) / 60
        return person.due + Int(max(least, dials.guardFactor * roll + dials.guardMinutes) * 60)
    }

    /// Mean wait in seconds from now under first-due-first-served, over the sampled durations. O(samples · n · w) for n
    /// waiting people and w windows.
    private mutating func wait(of person: Waiting, on floor: HallFloor) -> Double {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: floor.waiting.indices)
        line.sort { one, other in
            let left = floor.waiting[one]
            let right = floor.waiting[other]
            return (left.due, left.arrived, left.person) < (right.due, right.arrived, right.person)
        }
        line.removeAll { floor.waiting[$0].due > person.due }
        var total = 0.0
        for sample in 0..<samples {
            total += roll(random.branch(person.person).branch(sample), person, floor)
        }
        return total / Double(samples)
    }

    private mutating func roll(_ random: CounterRandom, _ person: Waiting, _ floor: HallFloor) -> Double {
        let hall = floor.hall
        free.removeAll(keepingCapacity: true)
        rest.removeAll(keepingCapacity: true)
        for (index, window) in floor.windows.enumerated() {
            rest.append(window.nextRest)
            switch window.doing {
            case .idle: free.append(floor.now)
            case .away: free.append(window.until)
            case .serving:
                guard let guest = window.guest else { break }
                let left = hall.services[guest.service].sampleRest(
                    hint: guest.hint, pace: hall.pace(index, guest.service), elapsed: Double(floor.now - window.began),
                    unit: random.unit(-1 - index))
                free.append(floor.now + Int(left))
            }
        }
        var taken = 0
        var done = Array(repeating: false, count: line.count)
        while true {
            guard let window = free.indices.min(by: { free[$0] < free[$1] }), free[window] != .max else { break }
            let rests = hall.windows[window].rests
            while rest[window] < rests.count, rests[rest[window]].start <= free[window] {
                if rests[rest[window]].isPlanned { free[window] += rests[rest[window]].length }
                rest[window] += 1
            }
            var place = taken
            while place < line.count, done[place] || hall.pace(window, floor.waiting[line[place]].service) == 0 {
                place += 1
            }
            if place == line.count {
                if hall.pace(window, person.service) > 0 { return Double(free[window] - floor.now) }
                free[window] = .max
                continue
            }
            done[place] = true
            while taken < line.count, done[taken] { taken += 1 }
            let other = floor.waiting[line[place]]
            let length = hall.services[other.service].sample(
                hint: other.hint, bits: random.bits(other.person &* 8 &+ other.leg))
            free[window] += max(1, Int(length * hall.pace(window, other.service)))
        }
        return 0
    }
}

/// The index under the guard: the engine without look-ahead.
package struct GuardedIndexRule: AssignmentRule {
    private var index = DueDateIndexRule()
    private var promises: PromiseGuard

    package init(random: CounterRandom) {
        promises = PromiseGuard(random: random)
    }

    package mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
        person.promisedBy = promises.promise(to: person, on: floor)
    }

    package mutating func next(on floor: HallFloor) -> Assignment? {
        index.next(on: floor)
    }
}
