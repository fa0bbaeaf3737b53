#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Who may come to a hall from a moment on: what the future's arrivals are drawn from.
///
/// Prepared once for a decision or a forecast, so that a sample costs only what it draws.
struct Prospect {
    /// A booked person, or somebody under way with a number, who may still come.
    private struct Coming {
        var person: Waiting
        var odds: Double
        /// The first of the offsets that are still possible; negative: under way.
        var from: Int
        var time: Int
        /// Under way on a known way.
        var arrives: Int?
        var due: Int?
    }

    private var coming: [Coming] = []
    let demand: DemandModel
    private let walkIns: Int

    /// `announced` is sorted by time; `walkIns` is how many have come today.
    init(demand: DemandModel, announced: [Announced], walkIns: Int, at now: Int, until end: Int, _ hall: HallModel) {
        self.demand = demand
        var underWay = 0
        let earliest = demand.offsets.first ?? 0
        let latest = demand.offsets.last ?? 0
        for one in announced {
            if one.isBooked {
                // Nobody comes so much too early, or so late.
                guard one.time + earliest < end else { continue }
                guard one.time + latest > now else { continue }
            } else {
                // Who will take a number later is not known now.
                guard one.time <= now else { continue }
                underWay += 1
            }
            let (odds, from) = one.isBooked ? demand.outstanding(after: now - one.time) : (1, -1)
            guard odds > 0.001 else { continue }
            var person = Waiting(
                person: one.person, service: one.service, standing: one.standing, joined: one.time, arrived: one.time,
                due: one.time)
            person.isBooked = one.isBooked
            person.isPriority = one.isPriority
            person.slot = one.isBooked ? one.time : 0
            person.hint = one.hint
            if let promisedBy = one.promisedBy { person.promisedBy = promisedBy }
            person.weight = hall.weight(standing: one.standing, service: one.service, hint: one.hint)
            coming.append(
                Coming(person: person, odds: odds, from: from, time: one.time, arrives: one.arrives, due: one.due))
        }
        self.walkIns = walkIns + underWay
    }

    /// Draws who comes in `now ..< end`, by closing.
    func draw(_ random: CounterRandom, from now: Int, until end: Int, _ hall: HallModel, _ take: (Waiting) -> Void) {
        let end = min(end, demand.closes)
        let earliest = demand.offsets.first ?? 0
        for one in coming {
            if one.from >= 0, one.time + earliest >= end { continue }
            let key = one.person.person &+ 7_000_000
            var person = one.person
            if one.from >= 0 {
                guard random.unit(key) < one.odds else { continue }
                let step = one.from + Int(random.unit(key &+ 100_000_000) * Double(demand.offsets.count - one.from))
                person.arrived = max(now + 1, one.time + demand.offsets[step])
                if Double(person.arrived - one.time) > hall.dials.punctualMinutes * 60 { person.due = person.arrived }
            } else if let arrives = one.arrives {
                person.arrived = max(now + 1, arrives)
                person.due = one.due ?? person.arrived
            } else {
                let way = demand.travel.rest(
                    hint: nil, pace: 1, elapsed: Double(now - one.time), unit: random.unit(key))
                person.arrived = now + max(1, Int(way))
                person.due = person.arrived
            }
            guard person.arrived < end else { continue }
            take(person)
        }
        drawWalkIns(random, from: now, until: end, hall, take)
    }

    private func drawWalkIns(
        _ random: CounterRandom, from now: Int, until end: Int, _ hall: HallModel, _ take: (Waiting) -> Void
    ) {
        guard !demand.rates.isEmpty else { return }
        var draw = RandomSequence(random.branch(-1))
        let factor = demand.dayFactor(count: walkIns, until: now, &draw)
        var time = Double(now)
        var number = 0
        while time < Double(end) {
            let bin = (Int(time) - demand.start) / demand.bin
            guard bin < demand.rates.count else { break }
            let rate = Int(time) < demand.start ? 0 : demand.rates[bin] * factor
            let edge = Int(time) < demand.start ? demand.start : demand.start + (bin + 1) * demand.bin
            // Exponential gaps restart at a bin's edge, which a Poisson process allows.
            let step = rate > 1e-9 ? draw.exponential() / rate : .infinity
            guard time + step < Double(edge) else {
                time = Double(edge)
                continue
            }
            time += step
            guard time < Double(end) else { break }
            number += 1
            let standing: Standing = draw.unit() < demand.priorityShare ? .priority : .walkIn
            let service = draw.choice(demand.mix) ?? 0
            let joined = Int(time) + 1
            var arrived = joined
            if demand.remoteShare > 0, draw.unit() < demand.remoteShare {
                arrived += Int(demand.travel.sample(hint: nil, bits: draw.next()))
                guard arrived < end else { continue }
            }
            var person = Waiting(
                person: 3_000_000 + number, service: service, standing: standing, joined: joined, arrived: arrived,
                due: arrived)
            person.isPriority = standing == .priority
            if demand.isHinted { person.hint = hall.services[service].hint(bits: draw.next()) }
            person.weight = hall.weight(standing: standing, service: service, hint: person.hint)
            take(person)
        }
    }
}
