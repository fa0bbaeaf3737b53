import Domain
import Foundation
import Simulation
import Testing

@Suite("Places for the slots of a hall")
struct HallSlotPlanTests {
    private func count(_ plan: HallSlotPlan, _ service: ServiceID) -> Int {
        (plan.places[service] ?? [:]).values.reduce(0, +)
    }

    @Test func `Each service keeps its number of places, on the grid of its own slots`() async throws {
        let hall = try #require(PlannedHall.scenario(places: 1))
        let plan = try await HallSlotPlan(hall, settings: PlannedHall.settings)
        #expect(plan.left.isEmpty)
        #expect(count(plan, "card") == 16 && count(plan, "permit") == 8 && count(plan, "notary") == 4)
        #expect(plan.places["permit"]?.keys.sorted() == Array(stride(from: 540, to: 780, by: 30)))
        #expect(plan.places["notary"]?.keys.sorted() == [540, 600, 660, 720])
        #expect(plan.total.now == plan.total.planned)
        #expect(plan.cells.count == 16)
    }

    @Test func `People wait less on days that the search has not seen, and overtime stays short`() async throws {
        let hall = try #require(PlannedHall.scenario())
        let plan = try await HallSlotPlan(hall, settings: PlannedHall.settings)
        let isChanged = plan.isChanged
        #expect(isChanged)
        let (before, after) = (plan.before, plan.after)
        #expect(after.mean < 0.95 * before.mean)
        #expect(after.overtime < before.overtime + 10)
        // The rests are at 11:00 and 11:30.
        let rests = plan.cells.filter { (660..<720).contains($0.time.lowerBound) }
        #expect(rests.reduce(0) { $0 + $1.planned } < rests.reduce(0) { $0 + $1.now })
        #expect(rests.contains { $0.reason == .fewerWindows })
        #expect(plan.cells.allSatisfy { ($0.planned == $0.now) == ($0.reason == .same) })
    }

    @Test func `A plan after which the hall stays open too long is searched again, and in the end given up`()
        async throws
    {
        let hall = try #require(PlannedHall.scenario())
        var settings = PlannedHall.settings
        let plan = try await HallSlotPlan(hall, settings: settings)
        let more = plan.after.overtime - plan.before.overtime
        settings.mostOvertime = more - 0.01
        let shorter = try await HallSlotPlan(hall, settings: settings)
        #expect(!shorter.isChanged || shorter.after.overtime - shorter.before.overtime < more)
        settings.mostOvertime = -500
        let none = try await HallSlotPlan(hall, settings: settings)
        #expect(!none.isChanged && none.cells.allSatisfy { $0.now == $0.planned })
    }

    @Test func `No slot gets more than the windows with the skill can begin, and nobody is booked where nobody is`()
        async throws
    {
        // Permits are for Cid alone, who goes at 12.
        let hall = try #require(PlannedHall.scenario(skills: ["ann": ["card"], "bob": ["card"]]))
        let plan = try await HallSlotPlan(hall, settings: PlannedHall.settings)
        let permits = try #require(plan.places["permit"])
        #expect(permits[720] == 0 && permits[750] == 0)
        // 30 minutes of one window at 12 minutes each.
        #expect(permits.values.allSatisfy { $0 <= 3 })
        #expect(count(plan, "permit") == 16)
    }

    @Test func `The same hall gives the same plan, and the people of today's places are the same in both judgements`()
        async throws
    {
        let hall = try #require(PlannedHall.scenario())
        let one = try await HallSlotPlan(hall, settings: PlannedHall.settings)
        let other = try await HallSlotPlan(hall, settings: PlannedHall.settings)
        #expect(one.places == other.places)
        #expect(one.before == other.before && one.after == other.after)
    }

    @Test(.enabled(if: !Expected.names.isEmpty), arguments: [("no_show", 0.53), ("balanced", 0.53)])
    func `With as many places, plan and engine leave this part of the wait under today's plan and Service BC's rule`(
        world: String, most: Double
    ) async throws {
        let scenario = try Scenario(
            json: Data(contentsOf: Expected.scenarios.appendingPathComponent("config/\(world).json")))
        var settings = HallSlotPlan.Settings()
        settings.policy = .engineLite
        let trial = try await PlanTrial(scenario, settings: settings)
        #expect(trial.planned.reduce(0, +) == trial.flat.reduce(0, +))
        #expect(trial.ratio.mean < most)
        #expect(trial.moreOvertime < 10)
    }
}
