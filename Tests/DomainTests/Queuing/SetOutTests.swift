import Testing

@testable import Domain

@Suite("When to set out")
struct SetOutTests {
    private let now = QueueLog.time("10:00")

    @Test func `There is time until the low end of the range, less the way and two minutes to spare`() {
        let advice = SetOut(low: 40, expected: 55, minutesAway: 20, at: now.advanced(seconds: 25))
        #expect(advice.advice == .later)
        #expect(advice.at == QueueLog.time("10:18"), "to the whole minute, and not later")
        #expect(advice.minutesAway == 20)
    }

    @Test(arguments: [
        (40, 55, 37, SetOut.Advice.later), (40, 55, 38, .now), (40, 55, 55, .now), (40, 55, 56, .late),
        (3, 9, 0, .later), (2, 9, 0, .near), (0, 0, 0, .near), (0, 0, 1, .late), (400, 500, 180, .later),
    ])
    func `From time enough over now to too late, and near without a way`(
        low: Int, expected: Int, away: Int, advice: SetOut.Advice
    ) {
        let setOut = SetOut(low: low, expected: expected, minutesAway: away, at: now)
        #expect(setOut.advice == advice)
        #expect((setOut.at != nil) == (advice == .later))
    }

    @Test func `Who has booked sets out for the slot, until the booking counts no more`() {
        let slot = QueueLog.time("11:00")
        func advice(_ clock: String, away: Int = 20) -> SetOut? {
            SetOut(slot: slot, lateCheckInMinutes: 30, minutesAway: away, at: QueueLog.time(clock))
        }
        #expect(advice("10:00")?.at == QueueLog.time("10:38"))
        #expect(advice("10:38")?.advice == .now)
        #expect(advice("10:40")?.advice == .now)
        #expect(advice("10:41")?.advice == .late)
        #expect(advice("11:10")?.advice == .late)
        #expect(advice("11:11") == nil)
    }

    /// The forecast goes by the same rolls as the calls, so whoever sets out when told is mostly there in time.
    @Test func `On a hall's own log nine in ten who are told to leave are there before the call`() throws {
        var inTime = 0
        var told = 0
        for run in 0..<12 {
            var log = QueueLog(at: "09:00")
            log.policy = EnginePolicy(samples: 40)
            var random = SeededGenerator(state: UInt64(run) + 7)
            try log.open("1", "li")
            try log.open("2", "wang")
            for number in 0..<16 { try log.issue(TicketID("t\(number)")) }
            let way = 15
            var arrives: Timestamp?
            var free: [WindowID: Timestamp] = ["1": log.now, "2": log.now]
            day: for _ in 0..<240 {
                for (window, staff): (WindowID, StaffID) in [("1", "li"), ("2", "wang")] {
                    guard try #require(free[window]) <= log.now else { continue }
                    if log.queue.windows[window]?.ticket != nil {
                        try log.perform(.startServing(window, staff))
                        try log.perform(.finish(window, staff, .completed))
                    }
                    guard let called = try log.callNext(window, staff) else { continue }
                    // The mean is that of the catalogue, 8 minutes.
                    let minutes = Double.random(in: 3...13, using: &random)
                    free[window] = log.now.advanced(seconds: Int64(minutes * 60))
                    guard called == "t15" else { continue }
                    told += 1
                    if let arrives, arrives <= log.now { inTime += 1 }
                    break day
                }
                if arrives == nil {
                    let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
                    let outlook = try #require(forecast.outlook(of: "t15"))
                    let advice = SetOut(
                        low: outlook.lowMinutes, expected: outlook.expectedMinutes, minutesAway: way, at: log.now)
                    if advice.advice != .later { arrives = log.now.advanced(minutes: way) }
                }
                log.now = log.now.advanced(minutes: 1)
            }
        }
        #expect(told == 12)
        #expect(inTime >= 9)
    }
}
