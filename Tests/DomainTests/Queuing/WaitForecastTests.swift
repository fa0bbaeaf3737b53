import Testing

@testable import Domain

@Suite struct WaitForecastTests {
    private func forecast(_ log: QueueLog) -> WaitForecast {
        WaitForecast(queue: log.queue, configuration: log.configuration, policy: log.policy, at: log.now)
    }

    @Test func oneWindow_addsUpMeans() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        for ticket: TicketID in ["a", "b", "c"] { try log.issue(ticket) }
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        log.at("09:03")
        let outlook = forecast(log)
        // 5 of 8 minutes are left of the first.
        #expect(outlook.outlook(of: "a") == nil)
        #expect(outlook.outlook(of: "b")?.expectedMinutes == 5)
        #expect(outlook.outlook(of: "b")?.ahead == 0)
        #expect(outlook.outlook(of: "c")?.expectedMinutes == 13)
        #expect(outlook.outlook(of: "c")?.ahead == 1)
        let newcomer = try #require(outlook.prospective(service: "passport"))
        #expect(newcomer.expectedMinutes == 21)
        #expect(newcomer.ahead == 2)
        #expect(newcomer.lowMinutes < 21 && newcomer.highMinutes > 21)
    }

    @Test func noOpenWindow_isUnknown() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t", "notary")
        #expect(forecast(log).outlook(of: "t") == nil)
        #expect(forecast(log).prospective(service: "notary") == nil)
        #expect(forecast(log).prospective(service: "passport")?.expectedMinutes == 0)
        try log.perform(.pauseWindow("1", "li", .rest))
        #expect(forecast(log).prospective(service: "passport") == nil)
    }

    @Test func newcomer_isCalledBeforeWhoIsDueLater() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.expect("early", slot: "10:30")
        try log.perform(.checkIn("early", .kiosk))
        let outlook = forecast(log)
        #expect(outlook.outlook(of: "early")?.expectedMinutes == 0)
        #expect(outlook.prospective(service: "passport")?.expectedMinutes == 0)
    }

    @Test func overdueService_stillTakesAWhile() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.issue("a")
        try log.issue("b")
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        log.at("09:40")
        #expect(forecast(log).outlook(of: "b")?.expectedMinutes == 2)
    }

    /// With service times exactly as the means, the forecast is what then happens.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func roll_isWhatHappens(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var log = QueueLog(at: "08:00")
        for index in 0..<40 {
            log.now = log.now.advanced(seconds: 20)
            let service = (["passport", "permit", "notary"] as [ServiceID]).randomElement(using: &random)!
            try log.issue(TicketID("t\(index)"), service, Bool.random(using: &random) ? .walkIn : .priority)
        }
        try log.open("1", "li")
        try log.open("2", "wang")
        try log.open("3", "zhao")
        let start = log.now
        let forecast = forecast(log)
        var freeAt: [(time: Timestamp, window: WindowID, staff: StaffID)] = [
            (start, "1", "li"), (start, "2", "wang"), (start, "3", "zhao"),
        ]
        var calls = 0
        while let next = freeAt.min(by: { ($0.time, $0.window) < ($1.time, $1.window) }) {
            freeAt.removeAll { $0.window == next.window }
            log.now = next.time
            if log.queue.windows[next.window]?.ticket != nil {
                try log.perform(.startServing(next.window, next.staff))
                try log.perform(.finish(next.window, next.staff, .completed))
            }
            guard log.refusal(.callNext(next.window, next.staff)) == nil,
                let id = try log.callNext(next.window, next.staff)
            else { continue }
            calls += 1
            let ticket = try #require(log[id])
            let outlook = try #require(forecast.outlook(of: id))
            let waited = log.now.minutes(since: start)
            #expect(outlook.expectedMinutes == Int(waited.rounded(.up)))
            #expect(Double(outlook.lowMinutes) <= waited && waited <= Double(outlook.highMinutes))
            let mean = try #require(log.configuration.services[ticket.service]).meanMinutes
            freeAt.append((log.now.advanced(seconds: Int64(mean * 60)), next.window, next.staff))
        }
        #expect(calls == 40)
    }
}
