import Testing

@testable import Domain

@Suite("Advice to the operator of a hall")
struct HallAdviserTests {
    /// One of three windows is open.
    private func hall(
        _ people: Int, waitingFor minutes: Int, mean: Double = 8, price: Double? = nil
    ) throws -> [HallAdviser.Advice] {
        var log = QueueLog(at: "09:00")
        log.policy = EnginePolicy()
        var dials = RoutingDials()
        if let price { dials.clerkMinutePrice = price }
        log.configuration = HallConfiguration(
            hall: "h", timeZone: "Asia/Shanghai", services: ["s": QueuedService(letter: "A", meanMinutes: mean)],
            windows: ["1": ["s"], "2": ["s"], "3": ["s"]], dials: dials)
        try log.open("1", "li")
        for number in 0..<people + 1 { try log.issue(TicketID("t\(number)"), "s") }
        log.now = log.now.advanced(minutes: minutes)
        try log.perform(.callNext("1", "li"))
        #expect(log.queue.waitingCount == people)
        var adviser = HallAdviser()
        return adviser.advise(on: log.queue, at: log.now, configuration: log.configuration, policy: EnginePolicy())
    }

    @Test(arguments: [6.0, 8, 12, 20])
    func `With one window open and eight people waiting for over an hour, another one is to open`(mean: Double) throws {
        let advice = try hall(8, waitingFor: 65, mean: mean)
        let first = try #require(advice.first)
        #expect(first.window == "2")
        #expect(first.change == .open(minutes: 30))
        #expect(first.clerkMinutes == 30)
        #expect(first.minutesSaved > 100)
        #expect(first.meanAfter < first.meanBefore)
    }

    @Test(arguments: [(1, 5), (2, 0), (3, 5), (4, 10)])
    func `A quiet hall is told nothing`(people: Int, minutes: Int) throws {
        #expect(try hall(people, waitingFor: minutes).isEmpty)
    }

    @Test func `The price of a clerk-minute is the hall's own`() throws {
        #expect(try hall(8, waitingFor: 65, price: 200).isEmpty)
        #expect(try !hall(5, waitingFor: 10, price: 2).isEmpty)
        #expect(try hall(5, waitingFor: 10).isEmpty)
    }

    @Test func `A price that changes during the day counts at once`() throws {
        var log = QueueLog(at: "09:00")
        log.policy = EnginePolicy()
        try log.open("2", "li")
        for number in 0..<10 { try log.issue(TicketID("t\(number)")) }
        log.at("10:10")
        func configuration(_ price: Double) -> HallConfiguration {
            var dials = RoutingDials()
            dials.clerkMinutePrice = price
            return HallConfiguration(
                hall: QueueLog.hall.hall, timeZone: QueueLog.hall.timeZone, services: QueueLog.hall.services,
                windows: QueueLog.hall.windows, dials: dials)
        }
        var adviser = HallAdviser()
        func advice(_ price: Double) -> [HallAdviser.Advice] {
            adviser.advise(on: log.queue, at: log.now, configuration: configuration(price), policy: EnginePolicy())
        }
        #expect(advice(200).isEmpty)
        #expect(advice(5).map(\.window).contains("1"))
        #expect(advice(200).isEmpty)
    }
}
