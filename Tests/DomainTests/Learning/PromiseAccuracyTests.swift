import Testing

@testable import Domain

@Suite("How good promises were")
struct PromiseAccuracyTests {
    private func log() throws -> QueueLog {
        var log = QueueLog(at: "09:00")
        log.policy = EnginePolicy()
        try log.open("1", "li")
        return log
    }

    @Test func `Who takes a number is told a wait, which the event keeps`() throws {
        var log = try log()
        for number in 0..<8 { try log.issue(TicketID("t\(number)")) }
        let first = try #require(log["t0"]?.quoted)
        #expect(first == QuotedWait(low: 0, expected: 0, high: 0, ninety: 0...0))
        let last = try #require(log["t7"]?.quoted)
        // Seven people of eight minutes on average.
        #expect((35 * 60...75 * 60).contains(last.expected))
        #expect(last.low < last.expected && last.expected < last.high)
        let ninety = try #require(last.ninety)
        #expect(ninety.lowerBound < last.low && last.high < ninety.upperBound)
        guard case .ticketIssued(let issued)? = log.events.last?.event else {
            Issue.record("no number was issued")
            return
        }
        #expect(issued.quoted == last)
        #expect(log.folded() == log.queue)
    }

    @Test func `Where nobody can know, nothing is told`() throws {
        var log = QueueLog(at: "09:00")
        log.policy = EnginePolicy()
        try log.issue("a")
        #expect(log["a"]?.quoted == nil)
        try log.open("1", "li")
        try log.issue("b", "notary")
        #expect(log["b"]?.quoted == nil)
        try log.perform(.pauseWindow("1", "li", .rest))
        try log.issue("c")
        #expect(log["c"]?.quoted == nil)
    }

    @Test func `A booked person is told on checking in`() throws {
        var log = try log()
        try log.expect("booked", slot: "09:30")
        try log.perform(.checkIn("booked", .kiosk))
        let quoted = try #require(log["booked"]?.quoted)
        // An idle window takes who came early.
        #expect(quoted.expected == 0)
    }

    @Test func `A call is held against what was told, and against the bound`() throws {
        var log = try log()
        for number in 0..<4 { try log.issue(TicketID("t\(number)")) }
        let told = try (0..<4).map { try #require(log[TicketID("t\($0)")]?.quoted) }
        var waits: [Double] = []
        for _ in 0..<4 {
            try log.perform(.callNext("1", "li"))
            waits.append(log.now.seconds(since: QueueLog.time("09:00")))
            try log.perform(.startServing("1", "li"))
            log.now = log.now.advanced(minutes: 8)
            try log.perform(.finish("1", "li", .completed))
        }
        let accuracy = try #require(log.queue.accuracy[.walkIn])
        #expect(accuracy.count == 4)
        let errors = zip(told, waits).map { Double($0.expected) - $1 }
        let bias = errors.reduce(0, +) / 4
        let absolute = errors.map { abs($0) }.reduce(0, +) / 4
        #expect(abs(accuracy.error.mean - bias) < 1e-9)
        #expect(abs(accuracy.absolute.mean - absolute) < 1e-9)
        #expect(accuracy.kept.mean == 1)
        #expect(accuracy.within.mean > 0.7)
        #expect(log.queue.accuracy[.priority] == nil)
        // The next day knows it.
        log.now = log.now.advanced(minutes: 24 * 60)
        try log.perform(.tick)
        let kept = try #require(log.queue.history?.accuracy[.walkIn])
        #expect(kept.count == 4)
        #expect(abs(kept.absolute.mean - accuracy.absolute.mean) < 0.001)
        #expect(log.queue.accuracy.isEmpty)
    }

    @Test func `The range is the one that people read, in whole minutes`() {
        let now = QuotedWait(low: 0, expected: 0, high: 0)
        #expect(now.covers(seconds: 7) && now.covers(seconds: 60) && !now.covers(seconds: 61))
        let later = QuotedWait(low: 130, expected: 300, high: 425)
        #expect(!later.covers(seconds: 119) && later.covers(seconds: 120))
        #expect(later.covers(seconds: 480) && !later.covers(seconds: 481))
    }

    @Test func `A call that came too late was no kept promise, and one that was taken back is none at all`() throws {
        var log = try log()
        try log.issue("a")
        let promised = try #require(log["a"]?.promisedBy)
        log.now = promised.advanced(seconds: 1)
        try log.perform(.callNext("1", "li"))
        var accuracy = try #require(log.queue.accuracy[.walkIn])
        #expect(accuracy.kept.mean == 0)
        #expect(accuracy.within.mean == 0)
        try log.perform(.undo("1", "li"))
        accuracy = try #require(log.queue.accuracy[.walkIn])
        #expect(accuracy.count == 0)
        #expect(accuracy.kept.weight == 0)
    }

    @Test func `The first call is known however much happens afterwards`() throws {
        var log = try log()
        try log.issue("a")
        log.at("09:03")
        try log.perform(.callNext("1", "li"))
        for _ in 0..<Ticket.historyLimit {
            try log.perform(.park("1", "li"))
            try log.perform(.bringBack("a", nil))
            log.now = log.now.advanced(minutes: 1)
            try log.perform(.callNext("1", "li"))
        }
        #expect(log["a"]?.firstCalledAt == QueueLog.time("09:03"))
        #expect(log.queue.accuracy[.walkIn]?.error.mean == -180)
    }

    @Test func `Who came back after being set aside is measured by the first call, and not by the moved bound`() throws
    {
        var log = try log()
        try log.issue("a")
        log.at("09:02")
        try log.perform(.callNext("1", "li"))
        try log.perform(.markMissed("1", "li"))
        log.at("09:20")
        try log.perform(.bringBack("a", nil))
        log.at("09:50")
        try log.perform(.callNext("1", "li"))
        let accuracy = try #require(log.queue.accuracy[.walkIn])
        #expect(accuracy.count == 1)
        #expect(accuracy.error.mean == -120)
        #expect(accuracy.kept.weight == 0)
    }
}
