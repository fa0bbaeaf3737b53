import Domain
import Foundation
import Simulation
import Testing

@Suite("A day of a hall's log becomes people and windows to simulate")
struct RecordedHallDayTests {
    /// A Monday.
    private static let date = LocalDate(year: 2026, month: 11, day: 23)!
    private static let zone = TimeZoneRules("Asia/Shanghai")!

    /// A hall's log in memory: decided by the real queue.
    private struct Log {
        var queue = HallQueue()
        var entries: [RecordedHallDay.Entry] = []

        mutating func perform(_ command: QueueCommand, _ minute: Int) throws {
            let now = RecordedHallDayTests.zone.moment(of: RecordedHallDayTests.date, minute: minute)
            for event in try queue.decide(command, at: now, in: PlannedHall.configuration, by: DueTimePolicy()) {
                queue.apply(event, at: now, position: queue.position + 1)
                entries.append(.init(event: event, time: now))
            }
        }

        mutating func issue(
            _ ticket: TicketID, _ service: ServiceID = "card", _ kind: TicketClass = .walkIn, at minute: Int
        )
            throws
        {
            try perform(.issue(ticket, service, kind, .kiosk, follow: "follow-\(ticket)"), minute)
        }

        mutating func expect(_ ticket: TicketID, _ service: ServiceID = "card", slot: Int) throws {
            try perform(
                .expect(
                    TicketExpected(
                        ticket: ticket, service: service,
                        slot: RecordedHallDayTests.zone.moment(of: RecordedHallDayTests.date, minute: slot),
                        channel: .online, checkInKeys: ["key-\(ticket)"], follow: "follow-\(ticket)")), 531)
        }

        mutating func serve(
            _ ticket: TicketID, at minute: Int, for length: Int, window: WindowID = "1", _ staff: StaffID = "ann"
        )
            throws
        {
            try perform(.call(ticket, window, staff), minute)
            try perform(.startServing(window, staff), minute + 1)
            try perform(.finish(window, staff, .completed), minute + length)
        }

        func read() throws -> RecordedHallDay {
            try RecordedHallDay(
                entries, of: RecordedHallDayTests.date, hours: [PlannedHall.range("09:00-13:00")],
                configuration: PlannedHall.configuration)
        }
    }

    private func opened() throws -> Log {
        var log = Log()
        try log.perform(.openDay, 530)
        try log.perform(.openWindow("1", "ann", skills: nil), 540)
        return log
    }

    @Test func `People come when they came, booked or not, and services take what they took from call to end`() throws {
        var log = try opened()
        try log.expect("booked", slot: 570)
        try log.expect("absent", slot: 600)
        try log.expect("cancelled", slot: 600)
        try log.perform(.withdraw("cancelled"), 532)
        try log.issue("first", at: 541)
        try log.serve("first", at: 542, for: 10)
        try log.issue("elder", "permit", .priority, at: 560)
        try log.perform(.checkIn("booked", .kiosk), 565)
        try log.serve("booked", at: 572, for: 8)
        try log.serve("elder", at: 581, for: 20)
        try log.perform(.closeDay, 790)
        let recorded = try log.read()
        let people = recorded.day.citizens
        #expect(people.count == 4)
        #expect(people.map(\.joined) == [541 * 60, 560 * 60, 565 * 60, 600 * 60])
        #expect(people.map(\.isBooked) == [false, false, true, true])
        #expect(people.map(\.shows) == [true, true, true, false])
        #expect(people[1].isPriority && people[2].slot == 570 * 60)
        let own = try #require(
            recorded.scenario.speedNames.firstIndex(of: recorded.scenario.windows[0].skills["card"] ?? ""))
        #expect(people[0].legs.map { $0.durations[own] } == [600])
        #expect(people[2].legs.map { $0.durations[own] } == [480])
        #expect(recorded.served.count == 3)
        #expect(recorded.drawn == 0 && recorded.impossible == 0 && recorded.isComplete)
        // 1 minute, 2 after the slot, 21 after coming.
        let mean = try #require(recorded.metrics["mean"])
        #expect(abs(mean - (1 + 2 + 21) / 3.0) < 1e-9)
    }

    @Test func `A window is away before it opens, while it pauses and after it closed`() throws {
        var log = try opened()
        try log.perform(.openWindow("2", "bob", skills: ["card"]), 600)
        try log.perform(.pauseWindow("2", "bob", .rest), 630)
        try log.perform(.resumeWindow("2", "bob"), 645)
        try log.perform(.closeWindow("2", "bob"), 700)
        try log.issue("one", at: 650)
        try log.serve("one", at: 651, for: 5)
        try log.perform(.closeDay, 780)
        let recorded = try log.read()
        #expect(recorded.lines.map(\.window) == ["1", "2"])
        let second = recorded.scenario.windows[1]
        #expect(second.skills.keys.sorted() == ["card"])
        #expect(Array(second.breaks.prefix(2)) == [[540, 60], [630, 15]])
        #expect(second.breaks[2][0] == 700)
        #expect(recorded.scenario.windows[0].breaks.isEmpty)
    }

    @Test func `Who was sent on has a leg for each service, and a step that was taken back leaves none`() throws {
        var log = try opened()
        try log.perform(.openWindow("4", "dan", skills: nil), 540)
        try log.issue("one", at: 541)
        try log.perform(.call("one", "1", "ann"), 542)
        try log.perform(.startServing("1", "ann"), 543)
        try log.perform(.transfer("1", "ann", to: "permit"), 545)
        try log.perform(.undo("1", "ann"), 546)
        try log.perform(.transfer("1", "ann", to: "notary"), 550)
        try log.serve("one", at: 560, for: 40, window: "4", "dan")
        try log.perform(.closeDay, 780)
        let recorded = try log.read()
        let services = recorded.scenario.serviceNames
        let legs = try #require(recorded.day.citizens.first).legs
        #expect(legs.map { services[$0.service] } == ["card", "notary"])
        #expect(recorded.served.map { [$0.start / 60, $0.end / 60] } == [[542, 550], [560, 600]])
    }

    @Test func `Who was never served gets a time drawn, the same each time; who went away has a patience`() throws {
        var log = try opened()
        try log.issue("waits", at: 600)
        try log.issue("goes", at: 610)
        try log.perform(.leave("goes", .person), 640)
        try log.issue("served", at: 700)
        try log.serve("served", at: 701, for: 5)
        try log.issue("forgotten", at: 720)
        try log.perform(.call("forgotten", "1", "ann"), 721)
        try log.perform(.startServing("1", "ann"), 722)
        try log.perform(.closeDay, 790)
        let recorded = try log.read()
        #expect(recorded.drawn == 3)
        #expect(recorded.day.citizens.map(\.patience) == [nil, 1800, nil, nil])
        #expect(recorded.day.citizens.allSatisfy { $0.legs.count == 1 })
        let again = try log.read()
        #expect(recorded.day.citizens.map { $0.legs[0].durations } == again.day.citizens.map { $0.legs[0].durations })
        // Everybody is served under a rule, at the latest after closing.
        let outcome = try Policy.fcfs.run(recorded.day, of: recorded.scenario)
        #expect(outcome.served.count == 4)
        #expect(try Policy.engine.run(recorded.day, of: recorded.scenario).served.count == 4)
    }

    @Test func `A day without people or windows is refused`() throws {
        var log = Log()
        try log.perform(.openDay, 530)
        #expect(throws: SimulationError.self) { try log.read() }
        try log.perform(.openWindow("1", "ann", skills: nil), 540)
        try log.perform(.closeDay, 700)
        #expect(throws: SimulationError.self) { try log.read() }
    }

    @Test func `Windows that nobody needs stay idle until their rest`() throws {
        let scenario = try Worlds.small(walkIns: 0, booked: 0)
        var late = scenario
        // Everybody rests from opening on for an hour.
        for window in late.windows.indices { late.windows[window].breaks = [[540, 60]] }
        let day = Day(
            scenario: "small", seed: 1,
            citizens: [
                Day.Citizen(
                    id: 0, isBooked: false, shows: true, isPriority: false, slot: 0, joined: 32_400, arrived: 32_400,
                    home: 0, legs: [Day.Leg(service: 0, expected: 300, durations: [300, 300, 300])])
            ])
        #expect(try Policy.fcfs.run(day, of: late).served.first?.start == 600 * 60)
    }
}
