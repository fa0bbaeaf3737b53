import Foundation
import Simulation
import Testing

@testable import Domain

@Suite("Waits foretold on simulated days")
struct ForecastTests {
    @Test(arguments: [Policy.engineLite, .fcfs, .bcgov, .zms])
    func `Forecasts are nearer than formulas, unbiased, and hold what they claim`(policy: Policy) async throws {
        let scenario = try Worlds.small(walkIns: 65, booked: 30)
        let trial = await ForecastTrial(
            policy, of: scenario, past: Array(100..<124), days: Array(200..<224), samples: 60, workers: 2)
        let report = ForecastReport([trial])
        let row = try #require(report.rows.first)
        #expect(row.count > 1800)
        #expect(row.toQueueLength < 0.55)
        #expect(row.toEappointment < 0.5)
        // No better than the futures themselves allow, and not much worse.
        #expect((0.75...1.35).contains(row.error / row.spread))
        #expect(abs(row.bias) < 0.6)
        #expect((0.78...0.9).contains(row.all.eighty))
        #expect((0.87...0.96).contains(row.all.ninety))
        for group in row.classes + row.hours + row.services where group.count >= ForecastReport.Group.least {
            #expect(abs(group.eighty - group.eightyClaimed) < 0.08, "\(group)")
            #expect(abs(group.ninety - group.ninetyClaimed) < 0.07, "\(group)")
        }
    }

    /// The published tables have more days, so the bars have slack.
    @Test(
        .enabled(if: !Expected.names.isEmpty),
        arguments: [(world: "balanced", policy: Policy.engineLite), ("surge_outage", .zms)])
    func `So they are in the published worlds`(world: String, policy: Policy) async throws {
        let file = Expected.scenarios.appendingPathComponent("config/\(world).json")
        let scenario = try Scenario(json: Data(contentsOf: file))
        let trial = await ForecastTrial(
            policy, of: scenario, past: Array(100..<106), days: Array(200..<206), samples: 60, workers: 2)
        let row = try #require(ForecastReport([trial]).rows.first)
        #expect(row.toQueueLength < 0.45)
        #expect(row.toEappointment < 0.45)
        #expect(abs(row.bias) < 0.6)
        for group in row.classes {
            #expect(group.eightyClaimed < 0.9 && group.ninetyClaimed < 0.95, "\(group)")
            #expect(abs(group.eighty - group.eightyClaimed) < 0.06, "\(group)")
            #expect(abs(group.ninety - group.ninetyClaimed) < 0.05, "\(group)")
        }
    }

    @Test func `Who asks ahead is told as truly as who comes, and the nearer the time the more exactly`() async throws {
        let scenario = try Worlds.small(walkIns: 90, booked: 30)
        let trial = await ForecastTrial(
            .engineLite, of: scenario, past: Array(100..<112), days: Array(200..<212), ahead: [1800, 5400],
            samples: 60, workers: 2)
        let rows = ForecastReport([trial]).rows
        #expect(rows.map(\.ahead) == [0, 30, 90])
        for row in rows.dropFirst() {
            #expect(row.count > 60)
            #expect(row.toQueueLength < 0.95)
            #expect((0.7...0.9).contains(row.all.eighty))
        }
        #expect(rows[0].error < rows[1].error)
        #expect(rows[1].error < rows[2].error)
    }

    @Test func `The same trial gives the same report on any number of processors, and reads back from JSON`()
        async throws
    {
        let scenario = try Worlds.small(walkIns: 40, booked: 20)
        let one = await ForecastTrial(.bcgov, of: scenario, past: [1, 2], days: [3, 4], samples: 20, workers: 1)
        let two = await ForecastTrial(.bcgov, of: scenario, past: [1, 2], days: [3, 4], samples: 20, workers: 2)
        let report = ForecastReport([one])
        #expect(report == ForecastReport([two]))
        #expect(try JSONDecoder().decode([ForecastReport].self, from: ForecastReport.json([report])) == [report])
        #expect(report.table.contains("bcgov"))
    }

    /// How long an outage lasts is in the world, and no forecast may look.
    @Test func `The length of an outage under way changes no forecast`() throws {
        func waits(_ minutes: Int) -> [WaitDistribution] {
            let hall = HallModel(
                open: 0, services: [ServiceTime(mean: 600, variation: 0.5)],
                windows: [
                    HallModel.Window(pace: [1]),
                    HallModel.Window(
                        pace: [1], rests: [HallModel.Rest(start: 36_000, length: minutes * 60, isPlanned: false)]),
                ])
            var floor = HallFloor(hall: hall, now: 37_000)
            floor.windows[1].doing = .away
            floor.windows[1].until = 36_000 + minutes * 60
            floor.windows[1].nextRest = 1
            floor.idle = 1
            floor.waiting = (0..<12).map {
                Waiting(person: $0, service: 0, standing: .walkIn, joined: 36_900, arrived: 36_900, due: 36_900)
            }
            return HallForecaster(hall: hall, order: .firstCome, demand: DemandModel())
                .forecast(floor, announced: [], walkIns: 0, random: CounterRandom(1))
        }
        #expect(waits(30) == waits(240))
    }

    @Test func `Who may lose patience makes others wait less, and is told of a call all the same`() throws {
        let hall = HallModel(
            open: 0, services: [ServiceTime(mean: 600, variation: 0.5)], windows: [HallModel.Window(pace: [1])])
        var floor = HallFloor(hall: hall, now: 36_000)
        floor.waiting = (0..<12).map {
            Waiting(person: $0, service: 0, standing: .walkIn, joined: 35_900, arrived: 35_900, due: 35_900)
        }
        func last(_ demand: DemandModel) throws -> Double {
            let waits = HallForecaster(hall: hall, order: .firstCome, demand: demand)
                .forecast(floor, announced: [], walkIns: 0, random: CounterRandom(1))
            return try #require(waits.last).median - 36_000
        }
        var patient = DemandModel()
        patient.patience = DemandModel.Patience(mean: 1e7, shape: 2)
        var hurried = DemandModel()
        hurried.patience = DemandModel.Patience(mean: 2400, shape: 2)
        #expect(try last(patient) == last(DemandModel()))
        #expect(try last(hurried) < 0.7 * last(patient))
        #expect(try last(hurried) > 0)
    }

    @Test func `A future is the same however far it is drawn`() throws {
        let scenario = try Worlds.small(walkIns: 110, booked: 60)
        let hall = scenario.hallModel()
        let day = DayGenerator(scenario).day(seed: 3)
        var floor = HallFloor(hall: hall, now: 570 * 60)
        floor.waiting = (0..<25).map {
            Waiting(person: 900 + $0, service: $0 % 3, standing: .walkIn, joined: 34_100, arrived: 34_100, due: 34_100)
        }
        var near = HallForecaster.Settings()
        near.step = 300
        var far = HallForecaster.Settings()
        far.step = far.horizon
        let waits = [near, far].map {
            HallForecaster(hall: hall, demand: scenario.demandModel(), settings: $0).forecast(
                floor, announced: day.announced, walkIns: 30, random: CounterRandom(1))
        }
        #expect(waits[0] == waits[1])
    }
}

/// Looks at every call: the roll must call whom the rule calls.
@Suite("Fixed orders rolled as their rules have them")
struct RolledOrderTests {
    private struct ComparingRule<Rule: AssignmentRule>: AssignmentRule {
        var rule: Rule
        let rollout: Rollout
        let prospect: Prospect
        var compared = 0
        var different = 0

        mutating func next(on floor: HallFloor) -> Assignment? {
            let choice = rule.next(on: floor)
            rollout.load(floor, track: true)
            rollout.draw(CounterRandom(2), prospect, until: floor.now)
            _ = rollout.roll(until: floor.now)
            let called = rollout.calls.indices.filter { rollout.calls[$0] == Int32(floor.now) }
            compared += 1
            if choice.map({ !called.contains($0.place) }) ?? !called.isEmpty { different += 1 }
            return choice
        }
    }

    private func compare(_ rule: some AssignmentRule, _ order: Rollout.Order) throws {
        let scenario = try Worlds.small(walkIns: 110, booked: 60)
        for seed in 0..<10 {
            let day = DayGenerator(scenario).day(seed: seed)
            let hall = scenario.hallModel()
            let nobody = Prospect(demand: DemandModel(), announced: [], walkIns: 0, at: 0, until: 0, hall)
            var run = HallRun(
                floor: HallFloor(hall: hall, now: 0),
                world: RecordedDay(
                    day: day, speedClasses: scenario.speedClasses(),
                    triggers: order == .eappointment ? Set(day.citizens.map(\.slot)).sorted() : []),
                rule: ComparingRule(rule: rule, rollout: Rollout(hall: hall, order: order), prospect: nobody))
            run.run()
            #expect(run.rule.compared > 100)
            #expect(run.rule.different == 0)
        }
    }

    @Test func `First come, first served`() throws { try compare(FirstComeRule(), .firstCome) }
    @Test func `Service BC`() throws { try compare(ServiceBCRule(), .serviceBC) }
    @Test func `eappointment, with check-in`() throws { try compare(EappointmentRule(), .eappointment) }
}
