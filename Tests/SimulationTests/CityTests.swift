import Domain
import Foundation
import Simulation
import Testing

/// The given days of a city of four halls.
private enum City {
    static let isGiven = FileManager.default.fileExists(
        atPath: Expected.scenarios.appendingPathComponent("days/city_0.json").path)

    static func scenario() throws -> Scenario {
        try Scenario(json: Data(contentsOf: Expected.scenarios.appendingPathComponent("config/city.json")))
    }

    static func days(_ seeds: Range<Int>, _ scenario: Scenario) throws -> [Day] {
        try seeds.map {
            try Day(
                json: Data(contentsOf: Expected.scenarios.appendingPathComponent("days/city_\($0).json")),
                scenario: scenario)
        }
    }

    static func settings(_ guidance: Guidance, _ policy: Policy = .engineLite) -> CityRun.Settings {
        var settings = CityRun.Settings()
        settings.policy = policy
        settings.guidance = guidance
        settings.samples = 16
        return settings
    }
}

@Suite("Advice between the halls of a city", .enabled(if: City.isGiven))
struct CityTests {
    @Test func `Advice by forecast halves the time of everybody going to the nearest, and beats the displayed queue`()
        async throws
    {
        let scenario = try City.scenario()
        let days = try City.days(0..<4, scenario)
        func compare(_ guidances: [Guidance], _ policy: Policy) async throws -> CityComparison {
            try await CityComparison(
                guidances, days: days, scenario: scenario, settings: City.settings(.forecast, policy), workers: 2)
        }
        let peers = try await compare([.nearest], .bcgov)
        let ours = try await compare([.queue, .estimate, .forecast], .engineLite)
        #expect(ours.ratio("total", of: .forecast, to: .nearest, in: peers).mean < 0.43)
        #expect(ours.ratio("total", of: .forecast, to: .queue).mean < 0.85)
        #expect(ours.ratio("total", of: .forecast, to: .estimate).mean < 0.99)
        // Not by sending everybody about: fewer go elsewhere, and booked people do not pay.
        #expect(ours.estimate("elsewhere", of: .forecast).mean < 0.2)
        #expect(ours.estimate("punct10", of: .forecast).mean > 0.95)
    }

    @Test func `Fifty who ask in the same minute at the same place are not sent to one hall`() throws {
        let scenario = try City.scenario()
        var day = try City.days(0..<1, scenario)[0]
        let moment = 34_200
        var crowd: Set<Int> = []
        for index in day.citizens.indices
        where !day.citizens[index].isBooked && day.citizens[index].joined >= moment && crowd.count < 50 {
            day.citizens[index].joined = moment
            day.citizens[index].travel = [1200, 1200, 480, 1080]
            crowd.insert(index)
        }
        var settings = City.settings(.forecast)
        settings.following = 1
        func halls(_ guidance: Guidance) throws -> [Int: Int] {
            settings.guidance = guidance
            let visits = try CityRun(day, of: scenario, settings: settings).visits
            return Dictionary(grouping: visits.filter { crowd.contains($0.citizen) }, by: \.hall).mapValues(\.count)
        }
        #expect(try halls(.queue).values.max() == 50)
        let spread = try halls(.forecast)
        #expect(spread.count >= 3)
        #expect((spread.values.max() ?? 50) <= 30)
    }

    @Test func `The more follow the forecast the better, while the displayed queue drives herds`() async throws {
        let scenario = try City.scenario()
        let days = try City.days(4..<6, scenario)
        func total(_ guidance: Guidance, following: Double) async throws -> Double {
            var settings = City.settings(guidance)
            settings.following = following
            let comparison = try await CityComparison(
                [guidance], days: days, scenario: scenario, settings: settings, workers: 2)
            return comparison.estimate("total", of: guidance).mean
        }
        let some = try await total(.forecast, following: 0.6)
        #expect(try await total(.forecast, following: 1) < some * 1.01)
        let herd = try await total(.queue, following: 1)
        #expect(try await herd > total(.queue, following: 0.6))
    }

    @Test func `The same day gives the same visits, whoever does not follow stays at the nearest`() throws {
        let scenario = try City.scenario()
        let day = try City.days(1..<2, scenario)[0]
        let once = try CityRun(day, of: scenario, settings: City.settings(.forecast))
        let again = try CityRun(day, of: scenario, settings: City.settings(.forecast))
        #expect(once.visits == again.visits)
        #expect(once.served == again.served)
        let come = day.citizens.count { !$0.isBooked && $0.shows }
        #expect(once.visits.count == come)
        let byQueue = try CityRun(day, of: scenario, settings: City.settings(.queue))
        let moved = Set((once.visits + byQueue.visits).filter { $0.hall != $0.nearest }.map(\.citizen))
        // Those who ever go elsewhere are among the 60 % who follow.
        #expect(Double(moved.count) < 0.66 * Double(come))
        for visit in once.visits {
            #expect(visit.travel == day.citizens[visit.citizen].travel[visit.hall])
            #expect(visit.start >= visit.setOut + visit.travel)
        }
    }

    @Test func `Who waits where advice came too late is told of another hall, and that saves a quarter`() throws {
        let scenario = try City.scenario()
        let day = try City.days(0..<1, scenario)[0]
        var settings = City.settings(.nearest)
        let left = try CityRun(day, of: scenario, settings: settings).visits.map { Double($0.total) }
        settings.rebalancing = HallChoice(margin: 600)
        let told = try CityRun(day, of: scenario, settings: settings)
        #expect(told.visits.map { Double($0.total) }.mean < 0.75 * left.mean)
        #expect(told.visits.contains { $0.hall != $0.firstHall })
    }

    @Test func `Days drawn have people who live as the scenario says, with ways of the right length`() throws {
        let scenario = try City.scenario()
        let citizens = (0..<6).flatMap { DayGenerator(scenario).day(seed: $0).citizens }
        let ways = try #require(scenario.travel)
        for home in 0..<4 {
            let group = citizens.filter { $0.home == home }
            #expect(abs(Double(group.count) / Double(citizens.count) - (scenario.homes?[home] ?? 0)) < 0.02)
            for hall in 0..<4 {
                let mean = group.map { Double($0.travel[hall]) / 60 }.mean
                #expect(abs(mean / ways[home][hall] - 1) < 0.05)
            }
        }
        #expect(citizens.allSatisfy { $0.isBooked == ($0.hall != nil) && ($0.isBooked || $0.arrived == nil) })
    }

    @Test func `A rule that a city cannot call by is refused`() throws {
        let scenario = try City.scenario()
        let day = DayGenerator(scenario).day(seed: 1)
        #expect(throws: SimulationError.self) {
            try CityRun(day, of: scenario, settings: City.settings(.nearest, .separate))
        }
    }
}

@Suite("Calling remote people ahead", .enabled(if: City.isGiven))
struct CallAheadTests {
    @Test
    func `Who is called ahead waits four minutes at most on site and loses three at most, and booked people none`()
        throws
    {
        var scenario = try Scenario(
            json: Data(contentsOf: Expected.scenarios.appendingPathComponent("config/morning_peak.json")))
        scenario.walkin.remote = 0.4
        var ahead = CallAheadRun.Settings()
        ahead.policy = .engineLite
        ahead.samples = 24
        var atOnce = ahead
        atOnce.callAhead = nil
        var onSite: [Double] = []
        var before: [Double] = []
        var lost: [Double] = []
        var punctual: [(ahead: Double, atOnce: Double)] = []
        for seed in 2000..<2006 {
            let day = DayGenerator(scenario).day(seed: seed)
            let told = try CallAheadRun(day, of: scenario, settings: ahead)
            let come = try CallAheadRun(day, of: scenario, settings: atOnce)
            #expect(told.visits.map(\.citizen) == come.visits.map(\.citizen))
            #expect(come.visits.allSatisfy { $0.setOut == $0.issued })
            #expect(told.visits.allSatisfy { $0.setOut >= $0.issued && $0.onSite >= 0 })
            onSite += told.visits.map { Double($0.onSite) / 60 }
            before += come.visits.map { Double($0.onSite) / 60 }
            lost += zip(told.visits, come.visits).map { Double($0.start - $1.start) / 60 }
            func share(_ run: CallAheadRun) -> Double {
                DayMetrics(day: day, served: run.served, scenario: scenario)["punct10"] ?? .nan
            }
            punctual.append((share(told), share(come)))
        }
        #expect(before.mean > 15)
        #expect(onSite.mean < 4)
        #expect(lost.mean < 3)
        #expect(punctual.map(\.ahead).mean > punctual.map(\.atOnce).mean - 0.01)
    }

    @Test func `The comparison has the means of the days, on any number of processors`() async throws {
        var scenario = try Worlds.small(walkIns: 110, booked: 30)
        scenario.walkin.remote = 0.5
        var settings = CallAheadRun.Settings()
        settings.policy = .engineLite
        settings.samples = 10
        let days = (1...2).map { DayGenerator(scenario).day(seed: $0) }
        let one = try await CallAheadComparison(days: days, scenario: scenario, settings: settings, workers: 1)
        let two = try await CallAheadComparison(days: days, scenario: scenario, settings: settings, workers: 2)
        #expect(one.table() == two.table())
        let onSite = try days.map { day in
            try CallAheadRun(day, of: scenario, settings: settings).visits.map { Double($0.onSite) / 60 }.mean
        }
        #expect(abs(one.estimate("on_site").mean - onSite.mean) < 1e-9)
        #expect(one.estimate("on_site").mean < one.estimate("at_once").mean)
        let json = try #require(try JSONSerialization.jsonObject(with: one.json()) as? [String: Any])
        let metrics = try #require(json["metrics"] as? [String: Double])
        #expect(Set(metrics.keys) == Set(CallAheadComparison.names))
    }
}
