/// First due, first served: what a promise is measured by.
package struct FirstDueRule: AssignmentRule {
    package init() {}

    package mutating func next(on floor: HallFloor) -> Assignment? {
        KeyOrder.least(on: floor) { KeyOrder.Key($0.due, $0.arrived, $0.person) }
    }
}

/// The due-date generalised c-mu index (van Mieghem 1995; Mandelbaum & Stolyar 2004) under the promise guard.
///
/// Among idle windows w and people c it takes the pair with the largest `alpha_c · c'(now - due_c) · K[w,s] ·
/// (hint/mean)^-gamma`, a few times as large for booked people who soon could no longer be called in time
/// (`RoutingDials.pressing`). Whoever is beyond the promise goes, at every window that may serve them, before all who are
/// not: so nobody is passed beyond the promise except by somebody whose own promise is past.
///
/// Ties: longest idle window, lowest window, earliest arrival, lowest number. Costs O(n + i·s) for n waiting people, i
/// idle windows and s services.
package struct DueDateIndexRule: AssignmentRule {
    /// The best of each service, first of those beyond their promise, then of the others.
    private var heads: [Head] = []

    struct Head {
        var value = -Double.infinity
        var place = -1
    }

    package init() {}

    /// The best person for one window, idle or not.
    package mutating func best(for window: Int, on floor: HallFloor) -> Assignment? {
        findHeads(on: floor)
        return choice(for: window, on: floor).map { Assignment(window: window, place: $0.place) }
    }

    private mutating func findHeads(on floor: HallFloor) {
        let services = floor.hall.services.count
        let dials = floor.hall.dials
        if heads.count != services * 2 { heads = Array(repeating: Head(), count: services * 2) }
        for index in heads.indices { heads[index] = Head() }
        for place in floor.waiting.indices {
            let late = floor.waiting[place].promisedBy <= floor.now
            let value = Self.urgency(of: floor.waiting[place], at: floor.now, dials)
            let index = floor.waiting[place].service + (late ? 0 : services)
            if value >= heads[index].value {
                if value == heads[index].value,
                    Self.precedes(floor.waiting[heads[index].place], floor.waiting[place])
                {
                    continue
                }
                heads[index] = Head(value: value, place: place)
            }
        }
    }

    package mutating func next(on floor: HallFloor) -> Assignment? {
        findHeads(on: floor)
        var best: (late: Bool, value: Double, assignment: Assignment)?
        for window in floor.windows.indices where floor.windows[window].doing == .idle {
            guard let choice = choice(for: window, on: floor) else { continue }
            if let best {
                if best.late != choice.late {
                    if best.late { continue }
                } else if best.value != choice.value {
                    if best.value > choice.value { continue }
                } else if floor.windows[best.assignment.window].since <= floor.windows[window].since {
                    continue
                }
            }
            best = (choice.late, choice.value, Assignment(window: window, place: choice.place))
        }
        return best?.assignment
    }

    /// The best person for a window, by the heads.
    private func choice(for window: Int, on floor: HallFloor) -> (late: Bool, value: Double, place: Int)? {
        let services = floor.hall.services.count
        for late in [true, false] {
            var best: (value: Double, place: Int)?
            for service in floor.hall.skills[window] {
                let head = heads[service + (late ? 0 : services)]
                guard head.place >= 0 else { continue }
                let value = head.value * floor.hall.rank(window, service, isLate: late)
                if let best {
                    if best.value > value { continue }
                    if best.value == value, Self.precedes(floor.waiting[best.place], floor.waiting[head.place]) {
                        continue
                    }
                }
                best = (value, head.place)
            }
            if let best { return (late, best.value, best.place) }
        }
        return nil
    }

    /// `alpha · c'(x) · (hint/mean)^-gamma` for a person who has been due for x minutes.
    @inline(__always)
    package static func urgency(of person: Waiting, at now: Int, _ dials: RoutingDials) -> Double {
        let x = Double(now - person.due) / 60
        let dial = dials[person.standing]
        // Who came early may be taken when nobody is due.
        guard x >= 0 else { return person.weight * dials.early * (1 + max(x, -60) / 120) }
        var index = person.weight * (1 + x / dial.theta)
        if person.promisedBy < now {
            index += person.weight * dial.beyond * 1000 * Double(now - person.promisedBy) / 60
        }
        return presses(person, at: now, dials) ? index * dials.pressing : index
    }

    /// Whether somebody booked is still called in time, and soon not.
    @inline(__always)
    private static func presses(_ person: Waiting, at now: Int, _ dials: RoutingDials) -> Bool {
        guard person.isBooked, person.leg == 0 else { return false }
        let late = Double(now - max(person.due, person.arrived)) / 60
        return late >= dials.pressingMinutes && late < dials.punctualMinutes
    }

    @inline(__always)
    private static func precedes(_ one: Waiting, _ other: Waiting) -> Bool {
        one.arrived != other.arrived ? one.arrived < other.arrived : one.person < other.person
    }
}
