import Domain
import Foundation
import Simulation
import Testing

@Suite("A hall as it is becomes a scenario")
struct HallScenarioTests {
    @Test func `Windows are on duty by the shifts, and rest between them`() throws {
        let hall = try #require(PlannedHall.scenario())
        let windows = hall.scenario.windows
        #expect(windows.count == 4)
        #expect(windows[0].breaks == [[660, 30]])
        #expect(windows[1].breaks == [[690, 30]])
        // Leaves at 12; others stay longer for the same service, so it does not come back.
        #expect(windows[2].breaks.map { $0[0] } == [720])
        #expect(windows[2].breaks[0][1] > 24 * 60)
        #expect(windows[3].breaks.isEmpty)
        #expect(hall.hasShifts)
        #expect(hall.scenario.open == 540 && hall.scenario.close == 780)
    }

    @Test func `Who leaves before closing and is the last with a skill comes back for those who are left`() throws {
        let hall = try #require(PlannedHall.scenario(skills: ["ann": ["card"], "bob": ["card"]]))
        #expect(hall.scenario.windows[0].skills.keys.sorted() == ["card"])
        #expect(hall.scenario.windows[2].breaks == [[720, 60]])
    }

    @Test func `What nobody on duty serves is told, and left out`() throws {
        let hall = try #require(PlannedHall.scenario(.saturday))
        #expect(hall.unserved.map(\.service) == ["notary"])
        #expect(hall.bookable.map(\.service) == ["card", "permit"])
        #expect(hall.scenario.appt.mix["notary"] == nil)
        #expect(PlannedHall.scenario(.tuesday) == nil)
    }

    @Test func `Without shifts all windows count as staffed, and the scenario says so`() throws {
        let hall = try #require(PlannedHall.scenario(shifts: false))
        #expect(!hall.hasShifts)
        #expect(hall.scenario.windows.allSatisfy { $0.breaks.isEmpty })
    }

    @Test func `Before anything was learned walk-ins are assumed as a share of all visits`() throws {
        let hall = try #require(PlannedHall.scenario(share: 0.5))
        let booked = 16 * 2 + 8 * 2 + 4
        #expect(hall.scenario.appt.n == booked)
        #expect(hall.walkIns == .assumed(share: 0.5))
        #expect(abs(hall.scenario.walkin.n - Double(booked) * (1 - hall.scenario.appt.noShow)) < 1e-9)
        #expect(try #require(PlannedHall.scenario(share: 0)).scenario.walkin.n == 0)
    }

    @Test func `More places than windows can serve are taken as booked only as far as they can, service by service`()
        throws
    {
        let hall = try #require(PlannedHall.scenario(places: 6, booked: nil))
        guard case .limited(let shares, let load) = hall.booked else {
            Issue.record("not limited: \(hall.booked)")
            return
        }
        #expect(load > 1)
        // Dan has 240 minutes for four people of 25 minutes and some walk-ins: that is within his time.
        #expect(shares["notary"] == nil)
        let card = try #require(shares["card"])
        #expect(card < 0.8 && card >= 0.05)
        #expect(try #require(PlannedHall.scenario(places: 1, booked: nil)).booked == .known(share: 1))
    }

    @Test func `What was learned comes from the history: walk-ins by quarters of an hour, paces, punctuality`() throws {
        let history = try Learned.history()
        let hall = try #require(
            HallScenario(
                hall: PlannedHall.hall(), configuration: PlannedHall.configuration, skills: [:], history: history,
                weekday: .monday, assumedShare: 0.3))
        #expect(hall.walkIns == .learned(days: history.days))
        let shape = hall.scenario.walkin.shape
        #expect(shape.count == 16)
        // Eight came at 10:00, nobody at 12:00.
        #expect(shape[4] > 7 && shape[12] < 0.5)
        #expect(abs(hall.scenario.walkin.n - history.profile(of: .monday).reduce(0, +)) < 1e-6)
        #expect(hall.scenario.walkin.mix == ["card": 1])
        // Ann needs half the time of the others.
        let speed = hall.scenario.speed
        let pace = { (window: Int) in hall.scenario.windows[window].skills["card"].flatMap { speed[$0] } ?? .nan }
        #expect(pace(0) < pace(1))
        let mean = try #require(hall.scenario.services["card"]?.mean)
        #expect(mean < 8)
    }

    /// A hall that has lived through days on which eight came for a card at 10, and Ann served twice as fast as Bob.
    enum Learned {
        static func history() throws -> HallHistory {
            var queue = HallQueue()
            var position: Int64 = 0
            for week in 0..<6 {
                let day = LocalDate(daysSinceEpoch: 20_780 + 7 * week)
                func time(_ minute: Int) -> Timestamp {
                    TimeZoneRules("Asia/Shanghai")!.moment(of: day, minute: minute)
                }
                func perform(_ command: QueueCommand, _ minute: Int) throws {
                    for event in try queue.decide(
                        command, at: time(minute), in: PlannedHall.configuration, by: DueTimePolicy())
                    {
                        position += 1
                        queue.apply(event, at: time(minute), position: position)
                    }
                }
                try perform(.openDay, 530)
                try perform(.openWindow("1", "ann", skills: nil), 540)
                try perform(.openWindow("2", "bob", skills: nil), 540)
                for number in 0..<8 {
                    try perform(
                        .issue(TicketID("\(week)-\(number)"), "card", .walkIn, .kiosk, follow: "f\(week)-\(number)"),
                        600)
                }
                var minute = 601
                for _ in 0..<4 {
                    for (window, staff, length) in [("1", "ann", 3), ("2", "bob", 6)] as [(WindowID, StaffID, Int)] {
                        try perform(.callNext(window, staff), minute)
                        try perform(.startServing(window, staff), minute)
                        try perform(.finish(window, staff, .completed), minute + length)
                        minute += length
                    }
                }
                try perform(.closeDay, 780)
            }
            let last = LocalDate(daysSinceEpoch: 20_780 + 7 * 6)
            let opened = try queue.decide(
                .openDay, at: TimeZoneRules("Asia/Shanghai")!.moment(of: last, minute: 530),
                in: PlannedHall.configuration, by: DueTimePolicy())
            for case .dayOpened(let event) in opened { if let history = event.history { return history } }
            throw SimulationError.invalid("nothing was learned")
        }
    }
}
