/// One possible continuation of the day: the same for every candidate that is compared on it.
package struct SampledFuture: HallWorld {
    /// In the order of coming.
    var arrivals: [Waiting] = []
    private var next = 0
    private let random: CounterRandom
    /// Cost of all waiting that has ended so far.
    private(set) var cost = 0.0
    private let now: Int

    /// Draws who comes in `floor.now ..< end`.
    init(
        random: CounterRandom, floor: HallFloor, demand: DemandModel, announced: [Announced], walkIns: Int,
        until end: Int
    ) {
        self.random = random
        now = floor.now
        var draw = RandomSequence(random.branch(-1))
        drawAnnounced(announced, floor, demand, end, &draw)
        drawWalkIns(floor, demand, walkIns, end, &draw)
        arrivals.sort { ($0.arrived, $0.person) < ($1.arrived, $1.person) }
    }

    private mutating func drawAnnounced(
        _ announced: [Announced], _ floor: HallFloor, _ demand: DemandModel, _ end: Int, _ draw: inout RandomSequence
    ) {
        let hall = floor.hall
        for person in announced {
            var draw = RandomSequence(random.branch(person.person &+ 7_000_000))
            let arrived: Int
            if person.isBooked {
                guard person.time - 2400 < end, let offset = demand.arrivalOffset(notBefore: now - person.time, &draw)
                else { continue }
                arrived = person.time + offset
            } else {
                let way = demand.travel.sampleRest(
                    hint: nil, pace: 1, elapsed: Double(now - person.time), unit: draw.unit())
                arrived = now + Int(way)
            }
            guard arrived < end else { continue }
            let isPunctual = Double(arrived - person.time) <= hall.dials.punctualMinutes * 60
            append(
                person.person, person.service, person.standing, arrived: max(now + 1, arrived),
                due: person.isBooked && isPunctual ? person.time : arrived, hint: person.hint, hall)
        }
    }

    private mutating func drawWalkIns(
        _ floor: HallFloor, _ demand: DemandModel, _ count: Int, _ end: Int, _ draw: inout RandomSequence
    ) {
        guard !demand.rates.isEmpty else { return }
        let factor = demand.dayFactor(count: count, until: now, &draw)
        var time = Double(now)
        var number = 0
        while true {
            let bin = (Int(time) - demand.start) / demand.bin
            guard bin < demand.rates.count else { break }
            let rate = Int(time) < demand.start ? 0 : demand.rates[bin] * factor
            let edge = Double(demand.start + (bin + 1) * demand.bin)
            guard rate > 1e-9 else {
                time = Int(time) < demand.start ? Double(demand.start) : edge
                guard time < Double(end) else { break }
                continue
            }
            // Exponential gaps restart at a bin's edge, which a Poisson process allows.
            let step = draw.exponential() / rate
            guard time + step < edge else {
                time = edge
                guard time < Double(end) else { break }
                continue
            }
            time += step
            guard time < Double(end) else { break }
            number += 1
            let standing: Standing = draw.unit() < demand.priorityShare ? .priority : .walkIn
            let service = draw.choice(demand.mix) ?? 0
            append(
                1_000_000 + number, service, standing, arrived: Int(time) + 1, due: Int(time) + 1, hint: nil, floor.hall
            )
        }
    }

    private mutating func append(
        _ number: Int, _ service: Int, _ standing: Standing, arrived: Int, due: Int, hint: Double?, _ hall: HallModel
    ) {
        var person = Waiting(
            person: number, service: service, standing: standing, joined: arrived, arrived: arrived, due: due)
        person.isPriority = standing == .priority
        person.hint = hint
        person.weight = hall.weight(standing: standing, service: service, hint: hint)
        person.promisedBy = due + Int(hall.dials[standing].promise * 60)
        arrivals.append(person)
    }

    // MARK: What happens

    package var nextArrival: Int { next < arrivals.count ? arrivals[next].arrived : .max }

    package mutating func arrive(in hall: HallModel) -> Waiting {
        next += 1
        return arrivals[next - 1]
    }

    package func nextTrigger(after now: Int) -> Int { .max }

    package func duration(of person: Waiting, at window: Int, in hall: HallModel) -> Int {
        let seconds = hall.services[person.service].sample(
            hint: person.hint, bits: random.bits(person.person &* 8 &+ person.leg))
        return max(1, Int(seconds * hall.pace(window, person.service)))
    }

    package mutating func called(_ person: Waiting, to window: Int, from began: Int, to end: Int) {
        cost += Self.cost(of: person, at: began)
    }

    package mutating func follows(
        _ person: Waiting, calledAt began: Int, in hall: HallModel
    ) -> (service: Int, hint: Double?)? {
        let options = hall.followUps[person.service]
        guard !options.isEmpty else { return nil }
        var rest = random.unit(person.person &* 8 &+ person.leg &+ 500_000_000)
        for option in options {
            rest -= option.odds
            if rest < 0 {
                // The waiting so far is counted again at the next call.
                cost -= Self.cost(of: person, at: began)
                return (option.service, nil)
            }
        }
        return nil
    }

    /// What the waiting of a person until `time` costs.
    static func cost(of person: Waiting, at time: Int) -> Double {
        WaitingCost.of(person.standing)(minutes: Double(time - person.due) / 60)
    }

    /// What happens to those who are being served at the moment: the rest of their service.
    func settle(_ floor: inout HallFloor) {
        floor.isImagined = true
        for index in floor.windows.indices where floor.windows[index].doing == .idle {
            let rests = floor.hall.windows[index].rests
            let next = floor.nextRest(of: index)
            floor.windows[index].until = next < rests.count ? rests[next].start : .max
        }
        for index in floor.windows.indices where floor.windows[index].doing == .serving {
            guard let guest = floor.windows[index].guest else { continue }
            let left = floor.hall.services[guest.service].sampleRest(
                hint: guest.hint, pace: floor.hall.pace(index, guest.service),
                elapsed: Double(now - floor.windows[index].began), unit: random.unit(guest.person &* 8 &+ guest.leg))
            floor.windows[index].until = now + max(1, Int(left))
        }
    }
}
