package import Domain

/// A day whose people and durations are given: the world of a replay.
package struct RecordedDay: HallWorld {
    /// One leg as it was served.
    package struct Served: Sendable, Hashable {
        package var citizen: Int
        package var leg: Int
        package var start: Int
        package var end: Int
        package var window: Int
    }

    private let day: Day
    private let speedClasses: [Int]
    /// The citizens who come, by the moment at which they can be called.
    private var order: [(time: Int, citizen: Int)]
    /// People who set out in the course of the day, as they will stand in the line.
    private var expected: [Int: Waiting] = [:]
    private var next = 0
    /// Booked times at which a rule may change its mind, sorted.
    private let triggers: [Int]
    package private(set) var served: [Served] = []
    /// Calls for people who were not there.
    package private(set) var vainCalls = 0
    /// Nobody checks in: booked people stand in the line from their slot on, there or not.
    private let isLiteral: Bool
    private var calls: [Int]
    /// How long a window waits for somebody who does not come.
    private let vain = 60
    /// Who comes again to the line, and when; sorted by the moment, the next one last.
    private var again: [(time: Int, person: Waiting)] = []

    package init(day: Day, speedClasses: [Int], triggers: [Int] = [], ghosts: Bool = false) {
        isLiteral = ghosts
        self.day = day
        self.speedClasses = speedClasses
        self.triggers = triggers
        let citizens = day.citizens
        let isLiteral = isLiteral
        order = citizens.indices
            .compactMap { index in
                let citizen = citizens[index]
                if isLiteral, citizen.isBooked, !citizen.isElsewhere { return (citizen.slot - 120, index) }
                return citizen.arrived.map { ($0, index) }
            }
            .sorted { $0 < $1 }
        calls = isLiteral ? citizens.map { _ in 0 } : []
        served.reserveCapacity(citizens.count)
    }

    /// Somebody has set out and will be here at `person.arrived`. O(n) for n people still to come.
    package mutating func expect(_ person: Waiting) {
        expected[person.person] = person
        let coming = (time: person.arrived, citizen: person.person)
        var low = next
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if order[middle] < coming { low = middle + 1 } else { high = middle }
        }
        order.insert(coming, at: low)
    }

    package var nextArrival: Int {
        min(next < order.count ? order[next].time : .max, again.last?.time ?? .max)
    }

    package mutating func arrive(in hall: HallModel) -> Waiting {
        if let back = again.last, back.time <= (next < order.count ? order[next].time : .max) {
            again.removeLast()
            return back.person
        }
        let index = order[next].citizen
        next += 1
        if let person = expected[index] { return person }
        let citizen = day.citizens[index]
        let arrived = isLiteral && citizen.isBooked ? citizen.slot : citizen.arrived ?? 0
        let punctual = Double(arrived - citizen.slot) <= hall.dials.punctualMinutes * 60
        let due = citizen.isBooked ? (punctual ? citizen.slot : arrived) : arrived
        var person = Waiting(
            person: index, service: citizen.legs[0].service, standing: citizen.standing, joined: citizen.joined,
            arrived: arrived, due: due)
        person.isBooked = citizen.isBooked
        person.isPriority = citizen.isPriority
        person.slot = citizen.slot
        person.hint = citizen.legs[0].expected
        person.weight = hall.weight(standing: person.standing, service: person.service, hint: person.hint)
        if let patience = citizen.patience, let arrived = citizen.arrived { person.leavesAt = arrived + patience }
        return person
    }

    package func nextTrigger(after now: Int) -> Int {
        var low = 0
        var high = triggers.count
        while low < high {
            let middle = (low + high) / 2
            if triggers[middle] <= now { low = middle + 1 } else { high = middle }
        }
        return low < triggers.count ? triggers[low] : .max
    }

    package func duration(of person: Waiting, at window: Int, from began: Int, in hall: HallModel) -> Int {
        guard isThere(person, at: began) else { return vain }
        let leg = day.citizens[person.person].legs[person.leg]
        return leg.durations[speedClasses[window * hall.services.count + leg.service]]
    }

    package mutating func called(_ person: Waiting, to window: Int, from began: Int, to end: Int) {
        guard isThere(person, at: began) else { return callAgain(person, after: began) }
        served.append(Served(citizen: person.person, leg: person.leg, start: began, end: end, window: window))
    }

    package func follows(_ person: Waiting, calledAt began: Int, in hall: HallModel) -> (service: Int, hint: Double?)? {
        let legs = day.citizens[person.person].legs
        guard person.leg + 1 < legs.count, isThere(person, at: began) else { return nil }
        let next = legs[person.leg + 1]
        return (next.service, next.expected)
    }

    private func isThere(_ person: Waiting, at time: Int) -> Bool {
        guard isLiteral, person.leg == 0 else { return true }
        return (day.citizens[person.person].arrived ?? .max) <= time
    }

    /// Skipped for five minutes; after the third call in vain missed, and back in the line on coming.
    private mutating func callAgain(_ person: Waiting, after began: Int) {
        vainCalls += 1
        calls[person.person] += 1
        var time = began + 300
        if calls[person.person] >= 3 {
            guard let arrived = day.citizens[person.person].arrived else { return }
            time = max(time, arrived)
        }
        let place = again.firstIndex { $0.time <= time } ?? again.count
        again.insert((time, person), at: place)
    }
}
