import Domain
import Foundation
import Simulation

/// The engine alone, on one core: decisions, forecasts and whole days.
enum Routing {
    static func run() throws -> [Figure] {
        let benchmark = Benchmark.routing
        var figures: [Figure] = []
        for waiting in [30, 100, 300] {
            let hall = hall(windows: 20)
            let floor = floor(hall, waiting: waiting)
            var index = DueDateIndexRule()
            let fixed = median(of: 200) { _ = index.next(on: floor) }
            figures.append(benchmark.figure("decision, \(waiting) waiting, index", "µs", fixed * 1e6))
            var ahead = LookAheadRule(hall: hall, random: CounterRandom(1), demand: demand(), announced: [])
            let rolled = median(of: 20) { _ = ahead.next(on: floor) }
            figures.append(benchmark.figure("decision, \(waiting) waiting, look-ahead", "ms", rolled * 1e3))
            var settings = HallForecaster.Settings()
            settings.samples = 200
            let forecaster = HallForecaster(hall: hall, demand: demand(), settings: settings)
            let forecast = median(of: 5) {
                _ = forecaster.forecast(floor, announced: [], walkIns: 100, random: CounterRandom(2))
            }
            figures.append(benchmark.figure("forecast, \(waiting) waiting, 200 futures", "ms", forecast * 1e3))
        }
        let scenario = try Scenario.benchmark
        let day = DayGenerator(scenario).day(seed: 1)
        let people = day.citizens.count
        var base = 0.0
        for policy in [Policy.fcfs, .bcgov, .gcmu, .engineLite, .engine] {
            let time = try median(of: policy == .engine ? 3 : 15) { _ = try policy.run(day, of: scenario) }
            if policy == .fcfs { base = time }
            figures.append(
                benchmark.figure("day of \(people) people, \(policy.rawValue)", "ms", time * 1e3, base: base * 1e3))
        }
        return figures
    }

    /// Seconds.
    private static func median(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
        try work()
        var times: [Double] = []
        for _ in 0..<runs {
            let start = ContinuousClock.now
            try work()
            times.append((.now - start) / .seconds(1))
        }
        return times.sorted()[runs / 2]
    }

    private static func hall(windows: Int) -> HallModel {
        let services = [6.0, 10, 12, 14, 22].map { ServiceTime(mean: $0 * 60, variation: 0.6) }
        return HallModel(
            open: 0, services: services,
            windows: (0..<windows).map { number in
                // Every third window serves everything, the others two services.
                HallModel.Window(
                    pace: services.indices.map { service in
                        number % 3 == 0 || service == number % 5 || service == (number + 2) % 5 ? 1 : 0
                    })
            })
    }

    private static func demand() -> DemandModel {
        var demand = DemandModel()
        demand.start = 8 * 3600
        demand.bin = 3600
        demand.rates = Array(repeating: 100.0 / 3600, count: 8)
        demand.mix = [0.22, 0.25, 0.15, 0.28, 0.1]
        return demand
    }

    /// One window free, the others busy, and a line.
    private static func floor(_ hall: HallModel, waiting: Int) -> HallFloor {
        let now = 11 * 3600
        var floor = HallFloor(hall: hall, now: now)
        var draw = RandomSequence(seed: 5)
        func person(_ number: Int, service: Int) -> Waiting {
            let arrived = now - Int(draw.unit() * 3600)
            let standing: Standing = number % 9 == 0 ? .priority : number % 3 == 0 ? .appointment : .walkIn
            var person = Waiting(
                person: number, service: service, standing: standing, joined: arrived, arrived: arrived, due: arrived)
            person.hint = hall.services[service].mean * (0.6 + 0.8 * draw.unit())
            person.weight = hall.weight(standing: standing, service: service, hint: person.hint)
            person.promisedBy = arrived + 2700
            return person
        }
        floor.waiting = (0..<waiting).map { person($0, service: $0 % 5) }
        for window in hall.windows.indices.dropFirst() {
            floor.windows[window].doing = .serving
            floor.windows[window].guest = person(5000 + window, service: hall.skills[window][0])
            floor.windows[window].began = now - Int(draw.unit() * 600)
            floor.windows[window].until = now + 300
            floor.idle -= 1
        }
        return floor
    }
}

extension Scenario {
    /// A hall of 16 windows and 600 people, some of whom are booked.
    fileprivate static var benchmark: Scenario {
        get throws {
            let services = ["A": 6.0, "B": 10, "C": 12, "D": 14, "E": 22]
                .sorted { $0.key < $1.key }.map { "\"\($0.key)\":{\"mean\":\($0.value),\"cv\":0.6}" }
            let window = """
                {"skills":{"A":"std","B":"std","C":"std","D":"std","E":"std"},"hall":0,"breaks":[],"outages":[]}
                """
            let mix = "{\"A\":0.22,\"B\":0.25,\"C\":0.15,\"D\":0.28,\"E\":0.1}"
            let text = """
                {"name":"benchmark","open":480,"close":960,"halls":1,"priority":0.12,"speed":{"std":1},"transfers":{},
                 "services":{\(services.joined(separator: ","))},
                 "windows":[\(Array(repeating: window, count: 16).joined(separator: ","))],
                 "walkin":{"n":380,"shape":[1.3,1.4,1.4,1.3,1.2,1.1,1,0.9,0.9,0.9,1,1,0.9,0.8,0.6,0.3],"mix":\(mix),
                  "day_cv":0.12,"remote":0.2,"travel_mean":14,"travel_cv":0.5,"last_before_close":15},
                 "appt":{"n":220,"slot":15,"mix":\(mix),"no_show":0.12,"late_p":0.12,"late_mean":7,"early_mean":9,
                  "first":480,"last":930}}
                """
            return try Scenario(json: Data(text.utf8))
        }
    }
}
