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
    private let order: [Int]
    private var next = 0
    /// Booked times at which a rule may change its mind, sorted.
    private let triggers: [Int]
    package private(set) var served: [Served] = []

    package init(day: Day, speedClasses: [Int], triggers: [Int] = []) {
        self.day = day
        self.speedClasses = speedClasses
        self.triggers = triggers
        let citizens = day.citizens
        order = citizens.indices.filter { citizens[$0].arrived != nil }
            .sorted { (citizens[$0].arrived ?? 0, $0) < (citizens[$1].arrived ?? 0, $1) }
        served.reserveCapacity(citizens.count)
    }

    package var nextArrival: Int {
        next < order.count ? day.citizens[order[next]].arrived ?? .max : .max
    }

    package mutating func arrive(in hall: HallModel) -> Waiting {
        let index = order[next]
        next += 1
        let citizen = day.citizens[index]
        let arrived = citizen.arrived ?? 0
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
        if let patience = citizen.patience { person.leavesAt = arrived + patience }
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

    package func duration(of person: Waiting, at window: Int, in hall: HallModel) -> Int {
        let leg = day.citizens[person.person].legs[person.leg]
        return leg.durations[speedClasses[window * hall.services.count + leg.service]]
    }

    package mutating func called(_ person: Waiting, to window: Int, from began: Int, to end: Int) {
        served.append(Served(citizen: person.person, leg: person.leg, start: began, end: end, window: window))
    }

    package func follows(_ person: Waiting, calledAt began: Int, in hall: HallModel) -> (service: Int, hint: Double?)? {
        let legs = day.citizens[person.person].legs
        guard person.leg + 1 < legs.count else { return nil }
        let next = legs[person.leg + 1]
        return (next.service, next.expected)
    }
}
