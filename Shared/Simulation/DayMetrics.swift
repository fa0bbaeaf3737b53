package import Domain
import Foundation

/// What a day was like for its people. Times in minutes.
///
/// A person's wait is `start - max(arrival, slot)` of the first leg and `start - end of the leg before` of later legs. Who
/// lost patience counts with the patience as the wait.
package struct DayMetrics: Sendable, Hashable {
    /// Name and value, in the order of the published layout.
    package private(set) var values: [Value] = []

    package struct Value: Sendable, Hashable {
        package var name: String
        package var value: Double
    }

    package subscript(name: String) -> Double? {
        values.first { $0.name == name }?.value
    }

    /// The names in their order.
    package static let names = [
        "n", "mean", "p50", "p90", "p99", "max", "J", "walk_mean", "walk_p90", "appt_mean", "appt_p90", "prio_mean",
        "prio_p90", "nonprio_walk_mean", "punct5", "punct10", "punct15", "over30", "over60", "onsite", "gini",
        "overtaken_any", "overtaken_same", "svc_spread", "util_sd", "util_mean", "overtime", "abandon", "call_waste",
    ]

    package init(day: Day, served: [RecordedDay.Served], scenario: Scenario, vainCalls: Int = 0) {
        let day = day.settled(of: scenario)
        let waits = Waits(day: day, served: served)
        add("n", Double(waits.all.count))
        addWaits(waits)
        addPunctuality(waits)
        addFairness(waits)
        addWindows(served, scenario)
        let shows = day.citizens.count { $0.arrived != nil }
        add("abandon", shows > 0 ? Double(waits.lost) / Double(shows) : 0)
        add("call_waste", Double(vainCalls))
    }

    private mutating func add(_ name: String, _ value: Double) {
        values.append(Value(name: name, value: value))
    }

    private mutating func addWaits(_ waits: Waits) {
        let all = waits.all.map(\.wait)
        add("mean", all.mean)
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] { add(name, all.quantile(share)) }
        add("max", all.max() ?? 0)
        add("J", waits.all.map { WaitingCost.of($0.standing)(minutes: $0.wait) }.mean)
        let groups: [(String, (Waits.Person) -> Bool)] = [
            ("walk", { !$0.isBooked }), ("appt", { $0.isBooked }), ("prio", { $0.isPriority }),
        ]
        for (name, belongs) in groups {
            let group = waits.all.filter(belongs).map(\.wait)
            add(name + "_mean", group.mean)
            add(name + "_p90", group.quantile(0.9))
        }
        add("nonprio_walk_mean", waits.ordinary.map(\.wait).mean)
    }

    private mutating func addPunctuality(_ waits: Waits) {
        let booked = waits.all.filter { $0.isBooked && $0.start != nil }
        for limit in [5, 10, 15] {
            add("punct\(limit)", booked.map { $0.first <= Double(limit) ? 1 : 0 }.mean)
        }
        for limit in [30, 60] { add("over\(limit)", waits.all.map { $0.wait > Double(limit) ? 1 : 0 }.mean) }
        add("onsite", waits.all.map(\.onSite).mean)
    }

    private mutating func addFairness(_ waits: Waits) {
        let sorted = waits.all.map(\.wait).sorted()
        let count = Double(sorted.count)
        let total = sorted.reduce(0, +)
        let weighted = sorted.enumerated().reduce(0) { $0 + (2 * Double($1.offset + 1) - count - 1) * $1.element }
        add("gini", total > 0 ? weighted / (count * total) : 0)
        let overtaken = waits.overtaken
        add("overtaken_any", overtaken.any)
        add("overtaken_same", overtaken.same)
        // A service with a handful of people says nothing of fairness.
        let means = Dictionary(grouping: waits.ordinary, by: \.service).values.filter { $0.count >= 5 }
            .map { $0.map(\.wait).mean }
        add("svc_spread", (means.max() ?? 0) - (means.min() ?? 0))
    }

    private mutating func addWindows(_ served: [RecordedDay.Served], _ scenario: Scenario) {
        var busy = scenario.windows.map { _ in 0.0 }
        for leg in served where busy.indices.contains(leg.window) { busy[leg.window] += Double(leg.end - leg.start) }
        let use = busy.map { $0 / max(1, (scenario.close - scenario.open) * 60) }
        let mean = use.mean
        add("util_sd", use.map { ($0 - mean) * ($0 - mean) }.mean.squareRoot())
        add("util_mean", mean)
        add("overtime", max(0, Double(served.map(\.end).max() ?? 0) / 60 - scenario.close))
    }
}

/// The waits of a day, person by person.
package struct Waits: Sendable {
    package struct Person: Sendable {
        package var citizen: Int
        package var standing: Standing
        package var isBooked: Bool
        package var isPriority: Bool
        package var service: Int
        package var arrived: Int
        /// When the first leg began; `nil` for who lost patience before.
        package var start: Int?
        /// All legs, in minutes.
        package var wait = 0.0
        /// The first leg's, in minutes.
        package var first = 0.0
        /// Counted from the arrival, before the slot too.
        package var onSite = 0.0
    }

    /// Everybody who came, in the order of the day's numbers.
    package private(set) var all: [Person] = []
    /// How many lost patience.
    package private(set) var lost = 0

    /// Walk-ins of no priority group.
    package var ordinary: [Person] { all.filter { !$0.isBooked && !$0.isPriority } }

    package init(day: Day, served: [RecordedDay.Served]) {
        var legs: [Int: [RecordedDay.Served]] = [:]
        for leg in served { legs[leg.citizen, default: []].append(leg) }
        for (index, citizen) in day.citizens.enumerated() {
            guard let arrived = citizen.arrived else { continue }
            var person = Person(
                citizen: index, standing: citizen.standing, isBooked: citizen.isBooked,
                isPriority: citizen.isPriority, service: citizen.legs[0].service, arrived: arrived)
            var ready = citizen.isBooked ? max(arrived, citizen.slot) : arrived
            var there = arrived
            for leg in (legs[index] ?? []).sorted(by: { $0.leg < $1.leg }) {
                let wait = max(0, Double(leg.start - ready) / 60)
                if leg.leg == 0 {
                    person.first = wait
                    person.start = leg.start
                }
                person.wait += wait
                person.onSite += max(0, Double(leg.start - there) / 60)
                ready = leg.end
                there = leg.end
            }
            if person.start == nil {
                guard let patience = citizen.patience else { continue }
                lost += 1
                person.wait = Double(patience) / 60
                person.onSite = person.wait
            }
            all.append(person)
        }
    }

    /// How many ordinary walk-ins who came later were called earlier, on average over the ordinary walk-ins who were served:
    /// of any service, and of the same. O(n²).
    package var overtaken: (any: Double, same: Double) {
        let people = ordinary.filter { $0.start != nil }
        guard !people.isEmpty else { return (0, 0) }
        var any = 0
        var same = 0
        for one in people {
            for other in people where other.arrived > one.arrived {
                guard let start = one.start, let earlier = other.start, earlier < start else { continue }
                any += 1
                if one.service == other.service { same += 1 }
            }
        }
        return (Double(any) / Double(people.count), Double(same) / Double(people.count))
    }
}

extension [Double] {
    /// 0 when there are none.
    package var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

    /// Linear between the order statistics (Hyndman & Fan 1996, type 7); 0 when there are none.
    package func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let place = share * Double(count - 1)
        let low = Int(place)
        let high = Swift.min(low + 1, count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
