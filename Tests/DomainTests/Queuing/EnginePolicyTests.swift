import Testing

@testable import Domain

@Suite("The engine on a hall's log")
struct EnginePolicyTests {
    private func log(at clock: String = "09:00") -> QueueLog {
        var log = QueueLog(at: clock)
        log.policy = EnginePolicy()
        return log
    }

    @Test func `The only one who waits is called, and the reason says so`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("a")
        try log.perform(.callNext("1", "li"))
        let call = try #require(log.lastCall)
        #expect(call.ticket == "a")
        #expect(call.reason.rule == .due)
        #expect(call.reason.candidates == 1)
    }

    @Test func `A window calls only whom it may serve`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("a", "notary")
        #expect(log.refusal(.callNext("1", "li")) == .nobodyWaiting)
        try log.open("3", "zhao")
        try log.perform(.callNext("3", "zhao"))
        #expect(log.lastCall?.ticket == "a")
    }

    @Test func `A window takes a person for the leg with the largest index, and the reason counts each person once`()
        throws
    {
        var log = log()
        try log.open("2", "li")
        try log.issue("t", for: ["permit", "passport"])
        log.at("09:25")
        try log.issue("u", "permit")
        try log.perform(.callNext("2", "li"))
        let call = try #require(log.lastCall)
        #expect(call.ticket == "t")
        #expect(call.service == "passport", "the shorter of the two that the window serves")
        #expect(call.reason.candidates == 2)
        #expect(call.reason.rule == .due)
        try log.open("3", "wang")
        try log.perform(.callNext("3", "wang"))
        #expect(log.lastCall?.ticket == "u")
    }

    @Test func `Who has several services in free order is foretold the shortest of the lines`() throws {
        var log = log()
        try log.open("1", "li")
        try log.open("3", "wang")
        for index in 0..<10 { try log.issue(TicketID("p\(index)")) }
        log.now = log.now.advanced(seconds: 30)
        try log.issue("only", "passport")
        try log.issue("t", for: ["passport", "notary"])
        let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
        let free = try #require(forecast.outlook(of: "t"))
        let bound = try #require(forecast.outlook(of: "only"))
        #expect(free.expectedMinutes < 5 && bound.expectedMinutes > 30)
    }

    @Test func `The work that a window goes on with delays who comes after`() throws {
        func wait(_ services: [ServiceID]) throws -> Int {
            var log = log()
            try log.open("2", "li")
            try log.issue("t", for: services)
            try log.perform(.callNext("2", "li"))
            try log.issue("u", "permit")
            let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
            return try #require(forecast.outlook(of: "u")).expectedMinutes
        }
        let one = try wait(["passport"])
        let two = try wait(["passport", "permit"])
        #expect(two >= one + 6)
    }

    @Test func `Later legs of others, who come with the time they have waited, are in the forecast`() throws {
        func wait(_ services: [ServiceID]) throws -> Int {
            var log = log()
            log.order(["notary": ["passport"]])
            try log.open("1", "li")
            try log.open("3", "wang")
            for index in 0..<6 { try log.issue(TicketID("t\(index)"), for: services) }
            log.now = log.now.advanced(seconds: 30)
            for index in 0..<6 { try log.issue(TicketID("n\(index)"), "notary") }
            let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
            return try #require(forecast.outlook(of: "n5")).expectedMinutes
        }
        let alone = try wait(["passport"])
        let shared = try wait(["passport", "notary"])
        #expect((80...120).contains(alone))
        #expect(shared > alone + 40)
    }

    @Test func `The promise of several services is that of the shortest line`() throws {
        var log = log()
        try log.open("1", "li")
        try log.open("3", "wang")
        for index in 0..<12 { try log.issue(TicketID("p\(index)")) }
        try log.issue("only", "passport")
        try log.issue("t", for: ["passport", "notary"])
        let only = try #require(log["only"]?.promisedBy)
        let free = try #require(log["t"]?.promisedBy)
        #expect(free < only)
        #expect(free == log.now.advanced(minutes: 30))
    }

    @Test func `A booked person who is due passes walk-ins, and one who is not due does not`() throws {
        var log = log()
        try log.open("1", "li")
        try log.expect("booked", slot: "09:30")
        try log.perform(.checkIn("booked", .kiosk))
        try log.issue("walker")
        try log.perform(.callNext("1", "li"))
        #expect(log.lastCall?.ticket == "walker")
        try log.issue("later")
        log.at("09:31")
        try log.perform(.startServing("1", "li"))
        try log.perform(.finish("1", "li", .completed))
        try log.perform(.callNext("1", "li"))
        #expect(log.lastCall?.ticket == "booked")
    }

    @Test func `Who takes a number is promised a bound, which a transfer moves along and an undo restores`() throws {
        var log = log()
        try log.open("2", "wang")
        for ticket: TicketID in ["a", "b", "c", "d", "e"] { try log.issue(ticket) }
        let promise = try #require(log["e"]?.promisedBy)
        #expect(promise >= log.now.advanced(minutes: 30))
        #expect(log["a"]?.promisedBy == log.now.advanced(minutes: 30))
        log.at("09:10")
        try log.perform(.callNext("2", "wang"))
        let called = try #require(log.lastCall?.ticket)
        try log.perform(.startServing("2", "wang"))
        let before = try #require(log[called])
        try log.perform(.transfer("2", "wang", to: "permit"))
        let after = try #require(log[called])
        let moved = try #require(after.promisedBy)
        let kept = try #require(before.promisedBy)
        #expect(moved.seconds(since: after.due) == kept.seconds(since: before.due))
        try log.perform(.undo("2", "wang"))
        #expect(log[called]?.promisedBy == before.promisedBy)
    }

    @Test func `Who is put aside and comes back at once keeps the place before who came later`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("first")
        try log.issue("second")
        try log.perform(.callNext("1", "li"))
        #expect(log.lastCall?.ticket == "first")
        try log.perform(.park("1", "li"))
        try log.perform(.bringBack("first", "li"))
        try log.perform(.callNext("1", "li"))
        #expect(log.lastCall?.ticket == "first")
    }

    @Test func `Beyond the promise nobody passes, whatever the look-ahead would gain`() throws {
        var log = log()
        try log.open("2", "wang")
        try log.issue("old", "permit")
        for index in 0..<6 { try log.issue(TicketID("w\(index)")) }
        log.at("10:30")
        try log.issue("priority", "passport", .priority)
        for index in 0..<4 { try log.issue(TicketID("n\(index)")) }
        var called: [TicketID] = []
        for _ in 0..<7 {
            try log.perform(.callNext("2", "wang"))
            let call = try #require(log.lastCall)
            called.append(call.ticket)
            #expect(call.reason.rule == .promise)
            try log.perform(.startServing("2", "wang"))
            try log.perform(.finish("2", "wang", .completed))
        }
        #expect(Set(called) == ["old", "w0", "w1", "w2", "w3", "w4", "w5"])
    }

    @Test func `The same log decides the same again`() throws {
        var one = log()
        var other = log()
        for index in 0..<30 {
            let service: ServiceID = index % 3 == 0 ? "permit" : "passport"
            try one.issue(TicketID("t\(index)"), service)
            try other.issue(TicketID("t\(index)"), service)
        }
        for (window, staff): (WindowID, StaffID) in [("1", "li"), ("2", "wang"), ("3", "zhao")] {
            try one.open(window, staff)
            try other.open(window, staff)
        }
        for (window, staff): (WindowID, StaffID) in [("1", "li"), ("2", "wang"), ("3", "zhao")] {
            try one.perform(.callNext(window, staff))
            // Another process, with tables of its own.
            other.policy = EnginePolicy()
            try other.perform(.callNext(window, staff))
        }
        #expect(one.events.map(\.event) == other.events.map(\.event))
        #expect(one.folded() == one.queue)
    }

    @Test func `The forecast covers the mean, and knows nothing where no window is open`() throws {
        var log = log()
        try log.open("1", "li")
        for index in 0..<10 { try log.issue(TicketID("t\(index)")) }
        try log.issue("none", "notary")
        let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
        let last = try #require(forecast.outlook(of: "t9"))
        #expect(last.ahead == 9)
        // Nine services of 8 minutes on average.
        #expect((55...90).contains(last.expectedMinutes))
        #expect(last.lowMinutes < last.expectedMinutes && last.expectedMinutes < last.highMinutes)
        let newcomer = try #require(forecast.prospective(service: "passport"))
        #expect(newcomer.expectedMinutes >= last.expectedMinutes)
        #expect(forecast.outlook(of: "none") == nil)
        #expect(forecast.prospective(service: "notary") == nil)
    }
}

extension QueueLog {
    fileprivate var lastCall: TicketCalled? {
        for entry in events.reversed() { if case .ticketCalled(let call) = entry.event { return call } }
        return nil
    }
}
