/// First come, first served over all windows that have the skill: smallest (time, number) first.
///
/// Time is the arrival in the hall, of remote numbers the issue, of later legs the end of the leg before.
package struct FirstComeRule: AssignmentRule {
    package init() {}

    package mutating func next(on floor: HallFloor) -> Assignment? {
        KeyOrder.least(on: floor) { KeyOrder.Key($0.queueTime, $0.person) }
    }
}

/// Service BC's rule (bcgov/queue-management): checked-in appointments before others, then by time.
package struct ServiceBCRule: AssignmentRule {
    package init() {}

    package mutating func next(on floor: HallFloor) -> Assignment? {
        KeyOrder.least(on: floor) { person in
            if person.leg == 0 {
                if person.isBooked { return KeyOrder.Key(1, person.slot, person.person) }
                return KeyOrder.Key(person.isPriority ? 1 : 2, person.joined, person.person)
            }
            return KeyOrder.Key(person.isBooked || person.isPriority ? 1 : 2, person.arrived, person.person)
        }
    }
}

/// Each service's people may only be served by the windows given for it: a hall of separate queues.
package struct SeparateRule: AssignmentRule {
    /// For each window, which services it serves in this rule.
    private let allowed: [Set<Int>]

    /// Splits the windows over the services by the work that each brings: largest remainder, at least one window each
    /// where the skills allow it.
    package init(hall: HallModel, work: [Double]) {
        var allowed = hall.windows.map { _ in Set<Int>() }
        var given = hall.services.map { _ in 0.0 }
        // Narrow windows first: they have the least choice.
        for window in hall.windows.indices.sorted(by: { (hall.skills[$0].count, $0) < (hall.skills[$1].count, $1) }) {
            let choice = hall.skills[window].max { one, other in
                let left = work[one] / (given[one] + 1)
                let right = work[other] / (given[other] + 1)
                return left != right ? left < right : one > other
            }
            guard let choice else { continue }
            allowed[window] = [choice]
            given[choice] += 1
        }
        for service in hall.services.indices where given[service] == 0 && work[service] > 0 {
            for window in hall.windows.indices where hall.pace(window, service) > 0 { allowed[window].insert(service) }
        }
        self.allowed = allowed
    }

    package mutating func next(on floor: HallFloor) -> Assignment? {
        KeyOrder.least(on: floor, where: { allowed[$0].contains($1.service) }) {
            KeyOrder.Key($0.queueTime, $0.person)
        }
    }
}

/// Accumulating priority (Stanford, Taylor & Ziedins 2014): the largest rate × time since due first.
package struct AccumulatingPriorityRule: AssignmentRule {
    /// Points gained per minute of waiting.
    package var rates: [Standing: Double] = [.walkIn: 1, .appointment: 3, .priority: 2]

    package init() {}

    package mutating func next(on floor: HallFloor) -> Assignment? {
        let rates = rates
        return KeyOrder.least(on: floor) { person in
            let points = (rates[person.standing] ?? 1) * Double(floor.now - max(person.due, person.arrived))
            return KeyOrder.Key(person.due > floor.now ? 2 : 1, -Int(points), person.person)
        }
    }
}

/// it-at-m/eappointment's rule.
package struct EappointmentRule: AssignmentRule {
    /// The original has no check-in: an appointment's arrival is its slot, and who is not there is called in vain.
    private let window = 120

    package init() {}

    package mutating func next(on floor: HallFloor) -> Assignment? {
        let hall = floor.hall
        for window in KeyOrder.idleWindows(on: floor) {
            var walkIn: (key: KeyOrder.Key, place: Int)?
            var booked: (key: KeyOrder.Key, place: Int)?
            for (place, person) in floor.waiting.enumerated() where hall.pace(window, person.service) > 0 {
                if person.isBooked && person.leg == 0 {
                    let key = KeyOrder.Key(person.slot, person.person)
                    if booked.map({ key < $0.key }) != false { booked = (key, place) }
                } else {
                    let key = KeyOrder.Key(
                        person.isPriority ? 1 : 3, person.leg == 0 ? person.joined : person.arrived, person.person)
                    if walkIn.map({ key < $0.key }) != false { walkIn = (key, place) }
                }
            }
            if let walkIn, floor.waiting[walkIn.place].isPriority {
                return Assignment(window: window, place: walkIn.place)
            }
            if let booked {
                let slot = floor.waiting[booked.place].slot
                if slot <= floor.now + self.window, walkIn != nil || floor.now >= slot {
                    return Assignment(window: window, place: booked.place)
                }
            }
            if let walkIn { return Assignment(window: window, place: walkIn.place) }
        }
        return nil
    }
}

extension Waiting {
    /// The place in a line by arrival: of a remote number its issue, of a later leg the end of the leg before.
    package var queueTime: Int {
        leg > 0 ? arrived : isBooked ? arrived : joined
    }
}

/// Rules that serve the smallest key at the window that has been idle for longest.
enum KeyOrder {
    struct Key: Comparable {
        let first: Int
        let second: Int
        let third: Int

        init(_ first: Int, _ second: Int, _ third: Int = 0) {
            self.first = first
            self.second = second
            self.third = third
        }

        @inline(__always)
        static func < (lhs: Key, rhs: Key) -> Bool {
            if lhs.first != rhs.first { return lhs.first < rhs.first }
            if lhs.second != rhs.second { return lhs.second < rhs.second }
            return lhs.third < rhs.third
        }
    }

    /// Longest idle first, then the lowest number.
    static func idleWindows(on floor: HallFloor) -> [Int] {
        floor.windows.indices.filter { floor.windows[$0].doing == .idle }
            .sorted { (floor.windows[$0].since, $0) < (floor.windows[$1].since, $1) }
    }

    /// The person with the smallest key whom an idle window may serve, at the window that has been idle for longest.
    @inline(__always)
    static func least(
        on floor: HallFloor, where allowed: (Int, Waiting) -> Bool = { _, _ in true }, by key: (Waiting) -> Key
    ) -> Assignment? {
        var best: Key?
        var choice: Assignment?
        for place in floor.waiting.indices {
            let person = floor.waiting[place]
            let key = key(person)
            if let best, best < key { continue }
            guard let window = longestIdle(on: floor, for: person, where: allowed) else { continue }
            best = key
            choice = Assignment(window: window, place: place)
        }
        return choice
    }

    @inline(__always)
    private static func longestIdle(
        on floor: HallFloor, for person: Waiting, where allowed: (Int, Waiting) -> Bool
    ) -> Int? {
        var longest: Int?
        for window in floor.windows.indices where floor.windows[window].doing == .idle {
            guard floor.hall.pace(window, person.service) > 0, allowed(window, person) else { continue }
            if let current = longest, floor.windows[current].since <= floor.windows[window].since { continue }
            longest = window
        }
        return longest
    }
}
