/// What a person is promised on coming: the moment after which nobody passes whose own such moment has not come.
package struct PromiseGuard: Sendable {
    /// How many futures are rolled for a walk-in's promise, and by how many people waiting they get fewer: the mean over
    /// many people needs fewer samples.
    private let samples = 8
    private let crowd = 32
    private let random: CounterRandom
    private var order: [Int32] = []
    /// People of each service in the order of being due, one service after the other, and where each begins.
    private var lines: [Int32] = []
    private var begins: [Int] = []
    private var heads: [Int] = []
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

    /// Mean wait in seconds from now under first-due-first-served, over the sampled durations. O(n · (w + s)) for n waiting
    /// people, w windows and s services.
    private mutating func wait(of person: Waiting, on floor: HallFloor) -> Double {
        lineUp(before: person, floor)
        let samples = max(1, min(samples, crowd / floor.waiting.count))
        var total = 0.0
        for sample in 0..<samples {
            total += roll(random.branch(person.person).branch(sample), person, floor)
        }
        return total / Double(samples)
    }

    private mutating func lineUp(before person: Waiting, _ floor: HallFloor) {
        order.removeAll(keepingCapacity: true)
        let services = floor.hall.services.count
        begins = Array(repeating: 0, count: services + 1)
        for place in floor.waiting.indices where floor.waiting[place].due <= person.due {
            // Insertion: people wait nearly in the order of being due.
            let due = floor.waiting[place].due
            var at = order.count
            order.append(Int32(place))
            while at > 0, floor.waiting[Int(order[at - 1])].due > due {
                order[at] = order[at - 1]
                at -= 1
            }
            order[at] = Int32(place)
            begins[floor.waiting[place].service + 1] += 1
        }
        for service in 0..<services { begins[service + 1] += begins[service] }
        heads = begins
        if lines.count < order.count { lines = Array(repeating: 0, count: order.count * 2) }
        for place in order {
            let service = floor.waiting[Int(place)].service
            lines[heads[service]] = place
            heads[service] += 1
        }
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
                let left = hall.services[guest.service].rest(
                    hint: guest.hint, pace: hall.pace(index, guest.service), elapsed: Double(floor.now - window.began),
                    unit: random.unit(-1 - index))
                free.append(floor.now + Int(left))
            }
        }
        guard !free.isEmpty else { return 0 }
        for service in hall.services.indices { heads[service] = begins[service] }
        while true {
            var window = 0
            for other in free.indices where free[other] < free[window] { window = other }
            guard free[window] != .max else { return 0 }
            let rests = hall.windows[window].rests
            while rest[window] < rests.count, rests[rest[window]].start <= free[window] {
                if rests[rest[window]].isPlanned { free[window] += rests[rest[window]].length }
                rest[window] += 1
            }
            // The first due of the services that the window has.
            var first: Int?
            for service in hall.skills[window] where heads[service] < begins[service + 1] {
                let place = Int(lines[heads[service]])
                guard let best = first else {
                    first = place
                    continue
                }
                let one = floor.waiting[place]
                let other = floor.waiting[best]
                if (one.due, one.arrived, one.person) < (other.due, other.arrived, other.person) { first = place }
            }
            guard let first else {
                if hall.pace(window, person.service) > 0 { return Double(free[window] - floor.now) }
                free[window] = .max
                continue
            }
            let other = floor.waiting[first]
            heads[other.service] += 1
            let length = hall.services[other.service].sample(
                hint: other.hint, bits: random.bits(other.person &* 8 &+ other.leg))
            free[window] += max(1, Int(length * hall.pace(window, other.service)))
        }
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
