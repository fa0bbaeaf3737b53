import Domain
import Foundation

/// Draws days of a scenario. The same scenario and seed give the same day; what happens to one citizen does not depend on
/// how many numbers were drawn for another.
package struct DayGenerator: Sendable {
    private let scenario: Scenario
    private let services: [ServiceTime]
    private let numbers: [String: Int]
    private let speeds: [Double]
    /// The share of the logarithm's variance that intake knows.
    private let hintShare: Double
    /// Times and durations are multiples of this many seconds.
    private let grain = 15.0

    package init(_ scenario: Scenario, hintShare: Double = 0.35) {
        self.scenario = scenario
        self.hintShare = hintShare
        let names = scenario.serviceNames
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        services = names.compactMap { scenario.services[$0] }
            .map { ServiceTime(mean: $0.mean * 60, variation: $0.cv, hintShare: hintShare) }
        speeds = scenario.speedNames.compactMap { scenario.speed[$0] }
    }

    /// Places of one slot that are booked: of one service, or of all by the scenario's shares.
    package struct BookedSlot: Sendable, Hashable {
        /// Seconds since midnight.
        package var slot: Int
        package var places: Int
        /// The service's number.
        package var service: Int?
        /// The odds that a place is booked at all.
        package var share: Double

        package init(slot: Int, places: Int, service: Int? = nil, share: Double = 1) {
            self.slot = slot
            self.places = places
            self.service = service
            self.share = share
        }
    }

    /// A day with the number of places per slot given, or as the scenario says.
    package func day(seed: Int, slots: [(slot: Int, places: Int)]? = nil) -> Day {
        day(seed: seed, booked: (slots ?? self.slots()).map { BookedSlot(slot: $0.slot, places: $0.places) })
    }

    /// A day on which these places were booked.
    package func day(seed: Int, booked slots: [BookedSlot]) -> Day {
        let random = CounterRandom(UInt64(truncatingIfNeeded: seed)).branch(Key.day)
        var citizens = booked(random.branch(Key.booked), slots)
        citizens += walkIns(random.branch(Key.walkIns))
        citizens.sort {
            ($0.joined, $0.isBooked ? 0 : 1, $0.slot, $0.id) < ($1.joined, $1.isBooked ? 0 : 1, $1.slot, $1.id)
        }
        for index in citizens.indices { citizens[index].id = index }
        return Day(scenario: scenario.name, seed: seed, citizens: citizens)
    }

    /// The places of the scenario's own plan, spread as its shape says.
    package func slots() -> [(slot: Int, places: Int)] {
        let plan = scenario.appt
        let times = Array(stride(from: plan.first, through: plan.last, by: plan.slot))
        let weights = plan.shape.map { $0.count == times.count ? $0 : [] } ?? times.map { _ in 1.0 }
        let total = weights.reduce(0, +)
        guard total > 0 else { return [] }
        var given = 0
        var sum = 0.0
        return zip(times, weights).map { time, weight in
            sum += weight
            let places = Int((Double(plan.n) * sum / total).rounded()) - given
            given += places
            return (Int(time * 60), places)
        }
    }

    private enum Key {
        static let day = 1, booked = 2, walkIns = 3, legs = 4, home = 5, filled = 1_000_003
    }

    private func booked(_ random: CounterRandom, _ slots: [BookedSlot]) -> [Day.Citizen] {
        let plan = scenario.appt
        var citizens: [Day.Citizen] = []
        for booking in slots {
            let slot = booking.slot
            for place in 0..<max(0, booking.places) {
                // Keyed by slot and place, so that plans compare on the same people.
                let own = random.branch(slot).branch(place + 10_000 * (booking.service.map { $0 + 1 } ?? 0))
                guard booking.share >= 1 || own.unit(Key.filled) < booking.share else { continue }
                var draw = RandomSequence(own)
                let drawn = draw.unit()
                let service = booking.service ?? pick(plan.mix, drawn)
                let isPriority = draw.unit() < scenario.priority
                let shows = draw.unit() >= plan.noShow
                let late = draw.unit() < plan.lateOdds
                let spread = draw.exponential()
                let more = draw.exponential()
                let minutes = late ? min(40, plan.lateMean * spread) : -min(40, plan.earlyMean * (spread + more) / 2)
                let arrived = max(Int(scenario.open * 60) - 600, rounded(Double(slot) + minutes * 60))
                let dwelling = dwelling(own.branch(Key.home))
                citizens.append(
                    Day.Citizen(
                        id: citizens.count, isBooked: true, shows: shows, isPriority: isPriority, slot: slot,
                        joined: shows ? arrived : Int(scenario.open * 60) - 600, arrived: shows ? arrived : nil,
                        patience: patience(&draw, isBooked: true), home: dwelling.home, hall: dwelling.home,
                        travel: dwelling.travel,
                        legs: legs(own.branch(Key.legs), from: service)))
            }
        }
        return citizens
    }

    private func walkIns(_ random: CounterRandom) -> [Day.Citizen] {
        let plan = scenario.walkin
        var draw = RandomSequence(random)
        let shape = 1 / max(1e-9, plan.dayVariation * plan.dayVariation)
        let factor = plan.dayVariation > 0 ? draw.gamma(shape: shape) / shape : 1
        let total = plan.shape.reduce(0, +)
        guard total > 0 else { return [] }
        let bin = (scenario.close - scenario.open) * 60 / Double(plan.shape.count)
        let last = (scenario.close - plan.lastBeforeClose) * 60
        // The first come, or in a city set out, before the hall opens.
        let isCity = scenario.halls > 1
        let lead = 480.0
        var citizens: [Day.Citizen] = []
        for (index, weight) in plan.shape.enumerated() where weight > 0 {
            let end = scenario.open * 60 + Double(index + 1) * bin
            var time = end - bin - (index == 0 ? lead : 0)
            let rate = plan.n * factor * weight / total / (end - time)
            while true {
                time += draw.exponential() / rate
                guard time < end else { break }
                let own = random.branch(citizens.count)
                var draw = RandomSequence(own)
                let isPriority = draw.unit() < scenario.priority
                let service = pick(plan.mix, draw.unit())
                let isRemote = draw.unit() < plan.remote
                let travel = logNormal(plan.travelMean * 60, plan.travelVariation, draw.normal())
                let dwelling = dwelling(own.branch(Key.home))
                let joined = rounded(min(time, last))
                let there = isRemote ? rounded(Double(joined) + travel) : joined
                citizens.append(
                    Day.Citizen(
                        id: 100_000 + citizens.count, isBooked: false, shows: true, isPriority: isPriority, slot: 0,
                        joined: joined, arrived: isCity ? nil : there,
                        patience: patience(&draw, isBooked: false), home: dwelling.home, hall: isCity ? nil : 0,
                        travel: dwelling.travel,
                        legs: legs(own.branch(Key.legs), from: service)))
            }
        }
        return citizens
    }

    /// Where a citizen of a city lives, and the way from there to each hall.
    private func dwelling(_ random: CounterRandom) -> (home: Int, travel: [Int]) {
        guard scenario.halls > 1, let homes = scenario.homes else { return (0, []) }
        var draw = RandomSequence(random)
        let home = draw.choice(homes.map { $0 / homes.reduce(0, +) }) ?? homes.count - 1
        let ways = (scenario.travel?[home] ?? homes.map { _ in 0 }).map { mean in
            max(0, rounded(logNormal(mean * 60, scenario.travelVariation ?? 0, draw.normal())))
        }
        return (home, ways)
    }

    private func legs(_ random: CounterRandom, from first: Int) -> [Day.Leg] {
        var legs: [Day.Leg] = []
        var service: Int? = first
        while let current = service, legs.count < 8 {
            var draw = RandomSequence(random.branch(legs.count))
            let time = services[current]
            let known = draw.normal() * time.sigma * hintShare.squareRoot()
            let rest = draw.normal() * time.hintedSigma
            let expected = time.mean * exp(known - time.sigma * time.sigma * hintShare / 2)
            let seconds = expected * exp(rest - time.hintedSigma * time.hintedSigma / 2)
            legs.append(
                Day.Leg(
                    service: current, expected: expected.rounded(),
                    durations: speeds.map { max(Int(grain), rounded(seconds * $0)) }))
            let next = scenario.transfers[scenario.serviceNames[current]] ?? []
            service = draw.choice(next.map(\.odds)).flatMap { numbers[next[$0].service] }
        }
        return legs
    }

    private func patience(_ draw: inout RandomSequence, isBooked: Bool) -> Int? {
        guard let patience = scenario.abandon, patience.only == nil || (patience.only == "appt") == isBooked else {
            return nil
        }
        let scale = patience.mean * 60 / tgamma(1 + 1 / patience.shape)
        return max(Int(grain), rounded(scale * pow(draw.exponential(), 1 / patience.shape)))
    }

    private func pick(_ mix: [String: Double], _ unit: Double) -> Int {
        let names = mix.keys.sorted()
        var rest = unit * mix.values.reduce(0, +)
        for name in names {
            rest -= mix[name] ?? 0
            if rest < 0 { return numbers[name] ?? 0 }
        }
        return names.last.flatMap { numbers[$0] } ?? 0
    }

    private func rounded(_ seconds: Double) -> Int {
        Int((seconds / grain).rounded() * grain)
    }

    private func logNormal(_ mean: Double, _ variation: Double, _ z: Double) -> Double {
        let variance = log(1 + variation * variation)
        return mean * exp(variance.squareRoot() * z - variance / 2)
    }
}
