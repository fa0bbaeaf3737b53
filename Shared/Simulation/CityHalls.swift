import Domain

/// The halls of a city while the day goes on, and the advice that walk-ins get.
struct CityHalls<Rule: AssignmentRule> {
    private let day: Day
    private let scenario: Scenario
    private let settings: CityRun.Settings
    private let models: [HallModel]
    private let random: CounterRandom
    private let meanService: Double
    private var halls: [CityHall<Rule>]
    /// By citizen: the halls gone to one after the other, and the seconds of the ways.
    private var ways: [Int: (halls: [Int], travel: Int)] = [:]
    /// How often people who wait are looked at [s].
    private let period = 180

    init(
        _ day: Day, _ scenario: Scenario, _ settings: CityRun.Settings, _ models: [HallModel], _ order: Rollout.Order,
        rule: (Int, DemandModel, [Announced]) -> Rule
    ) {
        self.day = day
        self.scenario = scenario
        self.settings = settings
        self.models = models
        random = CounterRandom(UInt64(truncatingIfNeeded: day.seed)).branch(4242)
        let shares = scenario.hallShares(following: settings.guidance == .nearest ? 0 : settings.following)
        let mean = scenario.meanService()
        meanService = mean
        let random = random
        halls = models.indices.map { hall in
            let demand = scenario.cityDemand(hall: hall, shares: shares[hall])
            let visit = day.booked(at: hall)
            let booked = visit.announced
            return CityHall(
                run: HallRun(
                    floor: HallFloor(hall: models[hall], now: 0),
                    world: RecordedDay(day: visit, speedClasses: scenario.speedClasses(hall: hall)),
                    rule: rule(hall, demand, booked)),
                order: order, demand: demand, samples: settings.samples,
                share: shares[hall].advised + shares[hall].others, meanService: mean,
                booked: booked.map { ($0, day.citizens[$0.person].arrived ?? .max) }, random: random.branch(hall))
        }
    }

    /// Runs the day to its end.
    consuming func run() -> (served: [RecordedDay.Served], visits: [CityRun.Visit]) {
        let walkIns = day.citizens.indices.filter { !day.citizens[$0].isBooked && day.citizens[$0].shows }
            .sorted { (day.citizens[$0].joined, $0) < (day.citizens[$1].joined, $1) }
        var look = (day.citizens.first?.joined ?? 0) + period
        for (number, citizen) in walkIns.enumerated() {
            let time = day.citizens[citizen].joined
            if let choice = settings.rebalancing {
                while look < time {
                    advance(to: look)
                    rebalance(at: look, walkIns: number, choice)
                    look += period
                }
            }
            advance(to: time)
            setOut(citizen, at: time, walkIns: number)
        }
        return outcome()
    }

    private mutating func advance(to time: Int) {
        for hall in halls.indices { halls[hall].advance(to: time) }
    }

    /// The same persons follow whatever the guidance.
    private func follows(_ citizen: Int) -> Bool {
        random.branch(-1).unit(day.citizens[citizen].id) < settings.following
    }

    private mutating func setOut(_ citizen: Int, at time: Int, walkIns: Int) {
        let nearest = day.citizens[citizen].nearest
        let follows = follows(citizen)
        let hall = follows ? advised(citizen, at: time, walkIns: walkIns) : nearest
        let travel = day.citizens[citizen].travel[hall]
        ways[citizen] = ([hall], travel)
        // Where those go who do not follow is known when they are there.
        halls[hall].expect(
            person(citizen, hall, arrival: time + travel), at: time,
            isKnown: follows && settings.guidance == .forecast)
    }

    private mutating func advised(_ citizen: Int, at time: Int, walkIns: Int) -> Int {
        let nearest = day.citizens[citizen].nearest
        let travel = day.citizens[citizen].travel
        switch settings.guidance {
        case .nearest: return nearest
        case .queue:
            return halls.indices.min {
                (halls[$0].queueLength, travel[$0]) < (halls[$1].queueLength, travel[$1])
            } ?? nearest
        case .estimate:
            func estimate(_ hall: Int) -> Double {
                let windows = Double(max(1, models[hall].windows.count))
                return Double(travel[hall]) + Double(halls[hall].queueLength) * meanService / windows
            }
            return halls.indices.min { (estimate($0), $0) < (estimate($1), $1) } ?? nearest
        case .forecast:
            let own = candidate(citizen, nearest, at: time, walkIns: walkIns)
            // Halls whose way alone is too long are not worth a forecast.
            let far = halls.indices.filter {
                $0 != nearest && Double(travel[$0]) + settings.choice.margin < own.total
            }
            var candidates = [own]
            for hall in far { candidates.append(candidate(citizen, hall, at: time, walkIns: walkIns)) }
            return settings.choice.recommended(candidates, own: 0)?.hall ?? nearest
        }
    }

    private mutating func candidate(_ citizen: Int, _ hall: Int, at time: Int, walkIns: Int) -> HallCandidate {
        let travel = day.citizens[citizen].travel[hall]
        return halls[hall].candidates(
            [(person(citizen, hall, arrival: time + travel), travel)], hall: hall, at: time, walkIns: walkIns)[0]
    }

    /// How the person will stand in the line of the hall.
    private func person(_ index: Int, _ hall: Int, arrival: Int) -> Waiting {
        let citizen = day.citizens[index]
        var person = Waiting(
            person: index, service: citizen.legs[0].service, standing: citizen.standing, joined: arrival,
            arrived: arrival, due: arrival)
        person.isPriority = citizen.isPriority
        person.hint = citizen.legs[0].expected
        person.weight = models[hall].weight(
            standing: person.standing, service: person.service, hint: person.hint)
        if let patience = citizen.patience { person.leavesAt = arrival + patience }
        return person
    }

    /// Tells one person of each hall who waits there, at most, that another hall would be sooner: whom it saves most. One
    /// at a time, so that the next forecast knows of it.
    private mutating func rebalance(at time: Int, walkIns: Int, _ choice: HallChoice) {
        for hall in halls.indices {
            guard let between = scenario.travel?[hall] else { return }
            let nearestOther = between.indices.filter { $0 != hall }.map { between[$0] }.min() ?? 0
            let waiting = halls[hall].waiting(hall: hall, at: time, walkIns: walkIns).filter {
                $0.candidate.total > choice.margin + nearestOther * 60
                    && follows($0.person.person) && ways[$0.person.person]?.halls.count == 1
            }
            guard !waiting.isEmpty else { continue }
            var options = waiting.map { [$0.candidate] }
            for other in halls.indices where other != hall {
                let way = Int(between[other] * 60)
                let asking = waiting.map { there in
                    var person = there.person
                    person.arrived = time + way
                    return (person: person, travel: way)
                }
                for (index, candidate) in halls[other].candidates(asking, hall: other, at: time, walkIns: walkIns)
                    .enumerated()
                {
                    options[index].append(candidate)
                }
            }
            let advice = options.indices.compactMap { index in
                choice.rank(options[index], own: 0).first.flatMap { best in
                    best.candidate == 0 ? nil : (index: index, option: best)
                }
            }
            guard let best = advice.max(by: { ($0.option.saving, $1.index) < ($1.option.saving, $0.index) }) else {
                continue
            }
            var person = waiting[best.index].person
            let target = options[best.index][best.option.candidate]
            halls[hall].dismiss(person.person)
            // The place counts from where the person first came.
            person.arrived = target.arrival
            person.promisedBy = .max
            ways[person.person]?.halls.append(target.hall)
            ways[person.person]?.travel += target.travel
            halls[target.hall].expect(person, at: time, isKnown: true)
        }
    }

    private mutating func outcome() -> (served: [RecordedDay.Served], visits: [CityRun.Visit]) {
        var served: [RecordedDay.Served] = []
        for hall in halls.indices {
            halls[hall].advance(to: .max)
            let numbers = scenario.windows.indices.filter { scenario.windows[$0].hall == hall }
            served += halls[hall].run.world.served.map {
                var leg = $0
                leg.window = numbers[leg.window]
                return leg
            }
        }
        let visits = served.compactMap { leg -> CityRun.Visit? in
            guard leg.leg == 0, let way = ways[leg.citizen], let first = way.halls.first, let last = way.halls.last
            else { return nil }
            let citizen = day.citizens[leg.citizen]
            return CityRun.Visit(
                citizen: leg.citizen, setOut: citizen.joined, nearest: citizen.nearest, hall: last, firstHall: first,
                travel: way.travel, start: leg.start)
        }
        return (served, visits.sorted { $0.citizen < $1.citizen })
    }
}

extension Day {
    /// The people who are booked at one hall of a city; all others are elsewhere until they set out.
    fileprivate func booked(at hall: Int) -> Day {
        var visit = self
        for index in visit.citizens.indices
        where !visit.citizens[index].isBooked
            || (visit.citizens[index].hall ?? visit.citizens[index].nearest) != hall
        {
            visit.citizens[index].arrived = nil
            visit.citizens[index].isElsewhere = true
        }
        return visit
    }
}
