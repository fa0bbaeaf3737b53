package import Domain
package import Foundation

/// The exact people of one day, in seconds since midnight: what a replay is run on.
package struct Day: Sendable {
    package struct Citizen: Sendable {
        package var id: Int
        package var isBooked: Bool
        package var shows: Bool
        package var isPriority: Bool
        package var slot: Int
        /// When the number was taken, or the booked person arrived.
        package var joined: Int
        /// When the person is in the hall; `nil`: never.
        package var arrived: Int?
        package var patience: Int?
        package var home: Int
        /// Where the person is booked or goes; `nil`: not yet decided.
        package var hall: Int?
        /// Seconds to each hall.
        package var travel: [Int] = []
        package var legs: [Leg]

        /// Of a city's people: goes to another hall.
        package var isElsewhere = false

        /// The hall with the shortest way.
        package var nearest: Int {
            travel.indices.min { (travel[$0], $0) < (travel[$1], $1) } ?? home
        }

        package init(
            id: Int, isBooked: Bool, shows: Bool, isPriority: Bool, slot: Int, joined: Int, arrived: Int?,
            patience: Int? = nil, home: Int, hall: Int? = 0, travel: [Int] = [], legs: [Leg]
        ) {
            self.id = id
            self.isBooked = isBooked
            self.shows = shows
            self.isPriority = isPriority
            self.slot = slot
            self.joined = joined
            self.arrived = arrived
            self.patience = patience
            self.home = home
            self.hall = hall
            self.travel = travel
            self.legs = legs
        }

        package var standing: Standing { isPriority ? .priority : isBooked ? .appointment : .walkIn }
    }

    package struct Leg: Sendable {
        package var service: Int
        /// What intake could know, in seconds at speed 1.
        package var expected: Double
        /// Seconds for each class of speed.
        package var durations: [Int]

        package init(service: Int, expected: Double, durations: [Int]) {
            self.service = service
            self.expected = expected
            self.durations = durations
        }
    }

    package var scenario: String
    package var seed: Int
    package var citizens: [Citizen]

    package init(scenario: String, seed: Int, citizens: [Citizen]) {
        self.scenario = scenario
        self.seed = seed
        self.citizens = citizens
    }
}

extension Day {
    /// Reads the layout of the replayable days.
    package init(json: Data, scenario: Scenario) throws {
        let file = try JSONDecoder().decode(File.self, from: json)
        let services = Dictionary(uniqueKeysWithValues: scenario.serviceNames.enumerated().map { ($1, $0) })
        let speeds = scenario.speedNames
        guard file.scenario == scenario.name else {
            throw SimulationError.otherScenario(day: file.scenario, config: scenario.name)
        }
        let skills = Set(scenario.windows.flatMap(\.skills.keys))
        for citizen in file.citizens {
            guard !citizen.stages.isEmpty else { throw SimulationError.noLegs(citizen: citizen.id) }
            for stage in citizen.stages where services[stage.service] != nil && !skills.contains(stage.service) {
                throw SimulationError.impossible(service: stage.service, citizen: citizen.id)
            }
        }
        self.init(
            scenario: file.scenario, seed: file.seed,
            citizens: try file.citizens.map { citizen in
                Citizen(
                    id: citizen.id, isBooked: citizen.kind == "appt", shows: citizen.show,
                    isPriority: citizen.priority != nil, slot: citizen.slot ?? 0, joined: citizen.joined,
                    arrived: citizen.show ? citizen.arrived : nil, patience: citizen.patience,
                    home: citizen.home ?? 0, hall: citizen.hall, travel: citizen.travel ?? [],
                    legs: try citizen.stages.map { stage in
                        guard let service = services[stage.service] else {
                            throw SimulationError.unknownService(stage.service, citizen: citizen.id)
                        }
                        return Leg(
                            service: service, expected: stage.expected,
                            durations: try speeds.map { speed in
                                guard let seconds = stage.durations[speed], seconds > 0 else {
                                    throw SimulationError.missingDuration(speed, citizen: citizen.id)
                                }
                                return seconds
                            })
                    })
            })
    }

    /// The people of one hall of a city. Who has not decided goes to the nearest, setting out when the number is taken.
    package func visit(to hall: Int, of scenario: Scenario) -> Day {
        var visit = self
        for index in visit.citizens.indices {
            let citizen = visit.citizens[index]
            guard (citizen.hall ?? citizen.nearest) == hall else {
                visit.citizens[index].arrived = nil
                visit.citizens[index].shows = false
                visit.citizens[index].isElsewhere = true
                continue
            }
            if citizen.shows, citizen.arrived == nil {
                let way = citizen.travel.indices.contains(hall) ? citizen.travel[hall] : 0
                visit.citizens[index].arrived = citizen.joined + way
                visit.citizens[index].joined = citizen.joined + way
            }
        }
        return visit
    }

    /// Everybody where the hall of the own choice is: a day whose people have decided.
    package func settled(of scenario: Scenario) -> Day {
        guard scenario.halls > 1 else { return self }
        var day = self
        for index in day.citizens.indices where day.citizens[index].shows && day.citizens[index].arrived == nil {
            let citizen = day.citizens[index]
            let hall = citizen.hall ?? citizen.nearest
            day.citizens[index].hall = hall
            let way = citizen.travel.indices.contains(hall) ? citizen.travel[hall] : 0
            day.citizens[index].arrived = citizen.joined + way
            day.citizens[index].joined = citizen.joined + way
        }
        return day
    }

    /// The day with more walk-ins, copies of those who came a few minutes later, or with fewer. Booked people stay.
    package func withDemand(_ factor: Double) -> Day {
        guard factor != 1 else { return self }
        var day = self
        let random = CounterRandom(UInt64(truncatingIfNeeded: seed)).branch(77)
        day.citizens = []
        for (index, citizen) in citizens.enumerated() {
            guard !citizen.isBooked else {
                day.citizens.append(citizen)
                continue
            }
            var copies = factor
            var copy = 0
            while copies > 0 {
                if copies >= 1 || random.unit(index * 4 + copy) < copies {
                    var again = citizen
                    let later = copy == 0 ? 0 : 60 + Int(random.unit(index * 4 + copy + 1_000_000) * 540)
                    again.joined += later
                    again.arrived = again.arrived.map { $0 + later }
                    day.citizens.append(again)
                }
                copies -= 1
                copy += 1
            }
        }
        day.citizens.sort { ($0.joined, $0.id) < ($1.joined, $1.id) }
        for index in day.citizens.indices { day.citizens[index].id = index }
        return day
    }

    /// A service that somebody needs and no window of the scenario has.
    package func unserved(by scenario: Scenario) -> String? {
        let skills = Set(scenario.windows.flatMap(\.skills.keys))
        let names = scenario.serviceNames
        return citizens.lazy.flatMap(\.legs).map { names[$0.service] }.first { !skills.contains($0) }
    }

    /// Gives away the true durations, for the reference that knows them.
    mutating func tellDurations(of scenario: Scenario) {
        guard let standard = scenario.speedNames.firstIndex(of: scenario.standardSpeed) else { return }
        for citizen in citizens.indices {
            for leg in citizens[citizen].legs.indices {
                citizens[citizen].legs[leg].expected = Double(citizens[citizen].legs[leg].durations[standard])
            }
        }
    }

    private struct File: Decodable {
        struct Person: Decodable {
            var id: Int
            var kind: String
            var show: Bool
            var priority: String?
            var slot: Int?
            var joined: Int
            var arrived: Int?
            var patience: Int?
            var home: Int?
            var hall: Int?
            var travel: [Int]?
            var stages: [Stage]

            private enum CodingKeys: String, CodingKey {
                case id, kind, show, priority, home, hall, stages
                case slot = "appt_s"
                case joined = "join_s"
                case arrived = "arrive_s"
                case patience = "patience_s"
                case travel = "travel_s"
            }
        }

        struct Stage: Decodable {
            var service: String
            var expected: Double
            var durations: [String: Int]

            private enum CodingKeys: String, CodingKey {
                case service
                case expected = "expected_s"
                case durations = "dur_s"
            }
        }

        var scenario: String
        var seed: Int
        var citizens: [Person]
    }
}
