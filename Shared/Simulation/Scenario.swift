package import Domain
package import Foundation

/// A world to simulate: what is known of a hall (or of the halls of a city) and of the people who come.
///
/// Minutes since midnight. The layout is that of the scenario files: see the documentation of each key.
package struct Scenario: Sendable, Codable {
    package struct Service: Sendable, Codable {
        /// Mean in minutes and coefficient of variation of a log-normal time of service.
        package var mean: Double
        package var cv: Double
    }

    package struct Window: Sendable, Codable {
        /// Service → class of speed.
        package var skills: [String: String]
        package var hall: Int
        /// [start, length] in minutes.
        package var breaks: [[Double]]
        /// Unannounced, the same way.
        package var outages: [[Double]]
    }

    package struct WalkIns: Sendable, Codable {
        package var n: Double
        /// The arrival profile, over equal bins from opening to closing.
        package var shape: [Double]
        package var mix: [String: Double]
        /// Coefficient of variation of a day's number.
        package var dayVariation: Double
        /// The share that takes a number before setting out.
        package var remote: Double
        package var travelMean: Double
        package var travelVariation: Double
        package var lastBeforeClose: Double

        private enum CodingKeys: String, CodingKey {
            case n, shape, mix, remote
            case dayVariation = "day_cv"
            case travelMean = "travel_mean"
            case travelVariation = "travel_cv"
            case lastBeforeClose = "last_before_close"
        }
    }

    package struct Appointments: Sendable, Codable {
        package var n: Int
        package var slot: Double
        /// The share of each slot; `nil`: the same for all.
        package var shape: [Double]?
        package var mix: [String: Double]
        package var noShow: Double
        package var lateOdds: Double
        package var lateMean: Double
        package var earlyMean: Double
        package var first: Double
        package var last: Double

        private enum CodingKeys: String, CodingKey {
            case n, slot, shape, mix, first, last
            case noShow = "no_show"
            case lateOdds = "late_p"
            case lateMean = "late_mean"
            case earlyMean = "early_mean"
        }
    }

    /// Weibull patience.
    package struct Patience: Sendable, Codable {
        package var mean: Double
        package var shape: Double
        package var only: String?
    }

    package var name: String
    package var open: Double
    package var close: Double
    package var services: [String: Service]
    package var speed: [String: Double]
    package var windows: [Window]
    package var halls: Int
    package var walkin: WalkIns
    package var appt: Appointments
    /// The share of people in a priority group.
    package var priority: Double
    package var transfers: [String: [Transfer]]
    package var abandon: Patience?
    package var homes: [Double]?
    package var travel: [[Double]]?
    package var travelVariation: Double?

    private enum CodingKeys: String, CodingKey {
        case name, open, close, services, speed, windows, halls, walkin, appt, priority, transfers, abandon, travel
        case homes = "hall_home"
        case travelVariation = "travel_cv"
    }

    /// `[next service, odds]`.
    package struct Transfer: Sendable, Codable {
        package var service: String
        package var odds: Double

        init(service: String, odds: Double) {
            self.service = service
            self.odds = odds
        }

        package init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            service = try container.decode(String.self)
            odds = try container.decode(Double.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(service)
            try container.encode(odds)
        }
    }

    /// The class of speed 1, or the one nearest to it.
    package var standardSpeed: String {
        speed.min { (abs($0.value - 1), $0.key) < (abs($1.value - 1), $1.key) }?.key ?? ""
    }
    /// The services in the order of their numbers in a `HallModel`.
    package var serviceNames: [String] { services.keys.sorted() }
    /// The classes of speed, in the order of `DayCitizen.Leg.durations`.
    package var speedNames: [String] { speed.keys.sorted() }
}

extension Scenario {
    /// Outages are in it as rests that no rule may foresee.
    package func hallModel(hall: Int = 0, dials: RoutingDials = RoutingDials()) -> HallModel {
        let names = serviceNames
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return HallModel(
            open: Int(open * 60),
            services: names.compactMap { services[$0] }.map { ServiceTime(mean: $0.mean * 60, variation: $0.cv) },
            followUps: names.map { name in
                (transfers[name] ?? []).compactMap { next in
                    numbers[next.service].map { HallModel.FollowUp(service: $0, odds: next.odds) }
                }
            },
            windows: windows.filter { $0.hall == hall }.map { window in
                HallModel.Window(
                    pace: names.map { window.skills[$0].flatMap { speed[$0] } ?? 0 },
                    rests: (Self.rests(window.breaks, isPlanned: true) + Self.rests(window.outages, isPlanned: false))
                        .sorted { ($0.start, $0.length) < ($1.start, $1.length) })
            },
            dials: dials)
    }

    private static func rests(_ pairs: [[Double]], isPlanned: Bool) -> [HallModel.Rest] {
        pairs.filter { $0.count == 2 }.map {
            HallModel.Rest(
                start: Int(($0[0] * 60).rounded()), length: Int(($0[1] * 60).rounded()), isPlanned: isPlanned)
        }
    }

    /// Expected seconds of service a day at speed 1, for each service.
    package func expectedWork() -> [Double] {
        let names = serviceNames
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var people = names.map { name in
            share(name, walkin.mix) * walkin.n + share(name, appt.mix) * Double(appt.n) * (1 - appt.noShow)
        }
        var coming = people
        // Chains of follow-ups end; eight legs are as many as a day has.
        for _ in 0..<8 {
            var next = names.map { _ in 0.0 }
            for (index, name) in names.enumerated() {
                for follow in transfers[name] ?? [] {
                    if let number = numbers[follow.service] { next[number] += coming[index] * follow.odds }
                }
            }
            for index in people.indices { people[index] += next[index] }
            coming = next
        }
        return names.indices.map { people[$0] * (services[names[$0]]?.mean ?? 0) * 60 }
    }

    private func share(_ name: String, _ mix: [String: Double]) -> Double {
        (mix[name] ?? 0) / max(1e-9, mix.values.reduce(0, +))
    }

    /// For each window of the hall and each service the number of the class of speed; -1 without the skill.
    package func speedClasses(hall: Int = 0) -> [Int] {
        let classes = speedNames
        return windows.filter { $0.hall == hall }.flatMap { window in
            serviceNames.map { name in window.skills[name].flatMap { classes.firstIndex(of: $0) } ?? -1 }
        }
    }
}

extension Scenario {
    /// What the engine may expect of a day: the scenario's own numbers, as months of history would teach them.
    package func demandModel(hall: Int = 0) -> DemandModel {
        var demand = DemandModel()
        let share = halls > 1 ? homes.map { $0[hall] / max(1e-9, $0.reduce(0, +)) } ?? 1 / Double(halls) : 1
        let total = walkin.shape.reduce(0, +)
        let bin = (close - open) * 60 / Double(max(1, walkin.shape.count))
        demand.start = Int(open * 60)
        demand.bin = Int(bin)
        demand.rates = total > 0 ? walkin.shape.map { share * walkin.n * $0 / total / bin } : []
        demand.dayVariation = walkin.dayVariation
        let mix = walkin.mix.values.reduce(0, +)
        demand.mix = serviceNames.map { (walkin.mix[$0] ?? 0) / max(mix, 1e-9) }
        demand.priorityShare = priority
        demand.remoteShare = walkin.remote
        demand.travel = ServiceTime(mean: walkin.travelMean * 60, variation: walkin.travelVariation)
        let outages = windows.filter { $0.hall == hall }.flatMap(\.outages).compactMap(\.last)
        if !outages.isEmpty { demand.outage = ServiceTime(mean: outages.mean * 60, variation: 0.5) }
        demand.isHinted = true
        demand.patience = abandon.map {
            DemandModel.Patience(mean: $0.mean * 60, shape: $0.shape, isBooked: $0.only.map { $0 == "appt" })
        }
        demand.showOdds = 1 - appt.noShow
        demand.setPunctuality(lateOdds: appt.lateOdds, lateMean: appt.lateMean * 60, earlyMean: appt.earlyMean * 60)
        return demand
    }
}

extension Day {
    /// Who is known to come: the booked people from the morning on, and those under way from the moment when they took
    /// their number.
    package var announced: [Announced] {
        citizens.filter { !$0.isElsewhere && ($0.isBooked || ($0.arrived ?? $0.joined) > $0.joined) }.map {
            Announced(
                person: $0.id, service: $0.legs[0].service, standing: $0.standing, isBooked: $0.isBooked,
                isPriority: $0.isPriority, time: $0.isBooked ? $0.slot : $0.joined, hint: $0.legs[0].expected)
        }
    }
}

extension Scenario {
    /// The layout of the scenario files.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads the layout of the scenario files, and refuses what cannot be simulated.
    package init(json: Data) throws {
        self = try JSONDecoder().decode(Scenario.self, from: json)
        guard close > open, open >= 0 else {
            throw SimulationError.invalid("open must be before close, in minutes since midnight")
        }
        guard !services.isEmpty, !windows.isEmpty else {
            throw SimulationError.invalid("a scenario needs at least one service and one window")
        }
        guard halls >= 1, windows.allSatisfy({ (0..<halls).contains($0.hall) }) else {
            throw SimulationError.invalid("windows[].hall counts from 0 and stays below halls")
        }
        guard halls == 1 || homes?.count == halls,
            travel.map({ $0.count == halls && $0.allSatisfy { $0.count == halls } }) ?? true
        else {
            throw SimulationError.invalid("a city of \(halls) halls needs as many entries in hall_home and travel")
        }
        for (name, service) in services where !(service.mean > 0 && service.cv >= 0) {
            throw SimulationError.invalid("services.\(name): mean must be positive, and cv not negative")
        }
        for (name, factor) in speed where !(factor > 0) {
            throw SimulationError.invalid("speed.\(name): must be positive")
        }
        for (number, window) in windows.enumerated() {
            for (service, pace) in window.skills {
                guard services[service] != nil else {
                    throw SimulationError.invalid("windows[\(number)].skills: there is no service \(service)")
                }
                guard speed[pace] != nil else {
                    throw SimulationError.invalid("windows[\(number)].skills.\(service): there is no speed \(pace)")
                }
            }
            guard (window.breaks + window.outages).allSatisfy({ $0.count == 2 && $0[1] > 0 }) else {
                throw SimulationError.invalid(
                    "windows[\(number)]: breaks and outages are [start, minutes], with more than 0 minutes")
            }
        }
    }
}
