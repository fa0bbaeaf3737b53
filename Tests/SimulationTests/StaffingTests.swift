import Foundation
import Simulation
import Testing

@testable import Domain

@Suite("Windows of a reserve")
struct StaffingTests {
    /// The broadest of five windows is the reserve.
    private func trial(walkIns: Int, booked: Int) throws -> (StaffingTrial, DayGenerator) {
        let scenario = try Worlds.small(walkIns: walkIns, booked: booked)
        return (try StaffingTrial(scenario, reserve: [3]), DayGenerator(scenario))
    }

    @Test func `Advice lowers the cost of waiting more than queue length does with as many clerk-minutes`() async throws
    {
        var scenario = try Worlds.small(walkIns: 140, booked: 70)
        scenario.windows += scenario.windows
        let generator = DayGenerator(scenario)
        let trial = try StaffingTrial(scenario, reserve: [3, 8])
        var settings = WindowAdvisor.Settings()
        // In a hall as full as this a lower price opens the reserve for most of the day, which leaves nothing to choose.
        settings.price = 40
        let comparison = await StaffingComparison(
            trial, days: (0..<12).map { generator.day(seed: $0) }, settings: settings, workers: 2)
        let advice = try #require(comparison["advice"])
        let queue = try #require(comparison["queue"])
        let all = try #require(comparison["all"])
        #expect(abs(advice.clerkMinutes.mean - queue.clerkMinutes.mean) < 1e-6)
        #expect(advice.clerkMinutes.mean > 30)
        #expect(advice.clerkMinutes.mean < 0.9 * all.clerkMinutes.mean)
        #expect(comparison.ratio.mean < 0.95)
        #expect(comparison.saving(of: advice).minutes > comparison.saving(of: queue).minutes)
    }

    @Test(.enabled(if: !Expected.names.isEmpty), arguments: [("balanced", [3, 7]), ("skill_w", [8, 9])])
    func `In halls of ten and more windows by at least a ninth`(name: String, reserve: [Int]) async throws {
        let json = try Data(contentsOf: Expected.scenarios.appendingPathComponent("config/\(name).json"))
        let scenario = try Scenario(json: json)
        let generator = DayGenerator(scenario)
        var settings = WindowAdvisor.Settings()
        settings.samples = 16
        let comparison = await StaffingComparison(
            try StaffingTrial(scenario, reserve: reserve), days: (0..<6).map { generator.day(seed: $0) },
            settings: settings, workers: 2)
        #expect(comparison.ratio.mean < 0.88)
    }

    @Test func `On a calm day nothing is advised`() throws {
        let (trial, generator) = try trial(walkIns: 30, booked: 20)
        for seed in 0..<4 {
            let outcome = trial.run(generator.day(seed: seed), .advice(WindowAdvisor.Settings()))
            #expect(outcome.questions > 30)
            #expect(outcome.advice.isEmpty)
            #expect(outcome.clerkMinutes == 0)
        }
    }

    @Test func `A window opens for half an hour at least, serves nobody else than then, and does not flap`() throws {
        let (trial, generator) = try trial(walkIns: 110, booked: 60)
        var openings = 0
        for seed in 0..<6 {
            let day = generator.day(seed: seed)
            let outcome = trial.run(day, .advice(WindowAdvisor.Settings()))
            openings += outcome.shifts.count
            for (shift, next) in zip(outcome.shifts, outcome.shifts.dropFirst()) { #expect(shift.to <= next.from) }
            #expect(outcome.shifts.allSatisfy { $0.to - $0.from >= 1800 })
            // Four hours: openings and closings, at most two an hour.
            #expect(outcome.shifts.count * 2 <= 8)
            for leg in outcome.served where leg.window == 3 {
                #expect(outcome.shifts.contains { $0.from <= leg.start && leg.start < $0.to })
            }
            let planned = outcome.shifts.map { Double($0.to - $0.from) / 60 }.reduce(0, +)
            #expect(outcome.clerkMinutes >= planned)
            #expect(outcome.clerkMinutes < planned + 60 * Double(max(1, outcome.shifts.count)))
        }
        #expect(openings > 3)
    }

    @Test func `The reason adds up`() throws {
        let (trial, generator) = try trial(walkIns: 110, booked: 60)
        let advice = trial.run(generator.day(seed: 1), .advice(WindowAdvisor.Settings())).advice
        #expect(!advice.isEmpty)
        for one in advice {
            #expect(one.clerkMinutes == 30)
            #expect(one.savingPerClerkMinute > 0.8 * WindowAdvisor.Settings().price)
            #expect(one.meanAfter < one.meanBefore)
            #expect(one.helped.map(\.minutes) == one.helped.map(\.minutes).sorted(by: >))
            #expect(one.saving > one.error)
        }
    }

    @Test func `A reserve that a service cannot do without is refused`() throws {
        var scenario = try Worlds.small()
        scenario.windows[3].skills["C"] = nil
        #expect {
            try StaffingTrial(scenario, reserve: [2, 4])
        } throws: {
            "\($0)" == "reserve: C would have no window; hold another one in reserve"
        }
    }
}

@Suite("Advice to spare a window")
struct SparingAdviceTests {
    /// Asks at every call which windows could be spared.
    private struct AskingRule: AssignmentRule {
        var inner = GuardedIndexRule(random: CounterRandom(1))
        var advisor: WindowAdvisor
        var options: WindowAdvisor.Options
        var asked = 0
        var advice: [(floor: HallFloor, advice: WindowAdvice)] = []

        mutating func admit(_ person: inout Waiting, on floor: HallFloor) {
            inner.admit(&person, on: floor)
            guard floor.now - asked > 900 else { return }
            asked = floor.now
            for one in advisor.advise(floor, announced: [], walkIns: 0, options: options) {
                advice.append((floor, one))
            }
        }

        mutating func next(on floor: HallFloor) -> Assignment? { inner.next(on: floor) }
    }

    private func ask(
        _ scenario: Scenario, seed: Int, options: WindowAdvisor.Options
    ) -> [(floor: HallFloor, advice: WindowAdvice)] {
        var settings = WindowAdvisor.Settings()
        settings.samples = 12
        let advisor = WindowAdvisor(demand: scenario.demandModel(), settings: settings, random: CounterRandom(5))
        var run = HallRun(
            floor: HallFloor(hall: scenario.hallModel(), now: 0),
            world: RecordedDay(day: DayGenerator(scenario).day(seed: seed), speedClasses: scenario.speedClasses()),
            rule: AskingRule(advisor: advisor, options: options))
        run.run()
        return run.rule.advice
    }

    @Test func `Closing and pausing is advised in a calm hall, and leaves every service served`() throws {
        var scenario = try Worlds.small(walkIns: 20, booked: 10)
        // Only windows 3 and 4 serve C, and 3 rests from 10:40 to 11:20.
        scenario.windows[2].skills["C"] = nil
        scenario.windows[3].breaks = [[640, 40]]
        var closings = 0
        for seed in 0..<4 {
            for (floor, one) in ask(scenario, seed: seed, options: WindowAdvisor.Options(sparing: [0, 1, 2, 3, 4])) {
                closings += 1
                let hall = floor.hall
                let end = floor.now + 10_800
                for service in hall.services.indices {
                    let others = hall.windows.indices.filter { $0 != one.change.window && hall.pace($0, service) > 0 }
                    #expect(!others.isEmpty)
                    if case .close = one.change, service == 2, hall.pace(one.change.window, 2) > 0 {
                        // The other window with C has no rest ahead.
                        #expect(
                            others.allSatisfy { other in
                                !hall.windows[other].rests.contains { $0.start >= floor.now && $0.start < end }
                            })
                    }
                }
                #expect(one.clerkMinutes < 0)
                #expect(-one.saving < WindowAdvisor.Settings().price * 0.13 * -one.clerkMinutes)
            }
        }
        #expect(closings > 10)
    }

    @Test func `Nobody is spared while many wait`() throws {
        let scenario = try Worlds.small(walkIns: 150, booked: 60)
        let options = WindowAdvisor.Options(sparing: [0, 1, 2, 3, 4])
        let busy = ask(scenario, seed: 1, options: options).filter { $0.floor.waiting.count > 15 }
        #expect(busy.isEmpty)
    }

    @Test func `A skill is advised where it relieves a service, and not where the window has it`() throws {
        var scenario = try Worlds.small(walkIns: 90, booked: 40)
        for window in [1, 2, 3] { scenario.windows[window].skills["C"] = nil }
        let skills = [WindowChange.addSkill(window: 2, service: 2, pace: 1), .addSkill(window: 4, service: 2, pace: 1)]
        let advice = ask(scenario, seed: 2, options: WindowAdvisor.Options(skills: skills))
        #expect(!advice.isEmpty)
        #expect(advice.allSatisfy { $0.advice.change == skills[0] })
        #expect(advice.allSatisfy { $0.advice.helped.first?.service == 2 })
    }
}

@Suite("Advice for the plan of a day")
struct DayPlanAdviceTests {
    @Test func `The hour of the rush and the missing skill come first`() throws {
        var scenario = try Worlds.small(walkIns: 80, booked: 20)
        scenario.walkin.shape = [1, 1, 4, 0.5]
        scenario.walkin.dayVariation = 0
        for window in [1, 2, 3] { scenario.windows[window].skills["C"] = nil }
        let generator = DayGenerator(scenario)
        let advice = try DayPlanAdvice(scenario, days: (0..<20).map { generator.day(seed: $0) })
        let skill = try #require(advice.skills.first)
        #expect(skill.isWorthIt)
        guard case .skill(_, let service) = skill.change else {
            Issue.record("\(skill.change) is no skill")
            return
        }
        #expect(service == "C")
        #expect(skill.ratio < 0.8)
        #expect(advice.clerks.count == 4)
        #expect(advice.clerks.map(\.saving) == advice.clerks.map(\.saving).sorted(by: >))
    }

    @Test func `In a calm hall no clerk more is worth it`() throws {
        let scenario = try Worlds.small(walkIns: 24, booked: 16)
        let generator = DayGenerator(scenario)
        let advice = try DayPlanAdvice(scenario, days: (0..<10).map { generator.day(seed: $0) })
        #expect(!advice.clerks.contains { $0.isWorthIt })
    }
}
