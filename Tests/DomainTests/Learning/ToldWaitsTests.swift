import Foundation
import Testing

@testable import Domain

@Suite("Told waits learn from what became of them")
struct ToldWaitsTests {
    /// A clerk who goes away between visits, which no forecast knows of, and services that take long or short.
    private func accuracy(days: ClosedRange<Int>, of count: Int) throws -> PromiseAccuracy {
        var log = QueueLog(at: "09:00")
        log.policy = EnginePolicy(samples: 30)
        var draw = RandomSequence(CounterRandom(5))
        var told = PromiseAccuracy()
        for day in 0..<count {
            try log.open("1", "li")
            var number = 0
            for _ in 0..<6 {
                for place in 0..<4 {
                    if place == 0 {
                        number += 1
                        try log.issue(TicketID("\(day)-\(number)"))
                    }
                    try log.perform(.callNext("1", "li"))
                    try log.perform(.startServing("1", "li"))
                    if place == 0 {
                        for _ in 1..<4 {
                            number += 1
                            log.now = log.now.advanced(seconds: 20 + Int64(draw.unit() * 60))
                            try log.issue(TicketID("\(day)-\(number)"))
                        }
                    }
                    log.now = log.now.advanced(seconds: Int64(360 * exp(0.5 * draw.normal())))
                    try log.perform(.finish("1", "li", .completed))
                    log.now = log.now.advanced(seconds: Int64(900 * draw.unit() * draw.unit()))
                }
            }
            if days.contains(day) { for ticket in log.queue.tickets.values { told.add(ticket) } }
            let zone = try #require(log.configuration.civilTime)
            log.now = zone.moment(of: zone.date(at: log.now).advanced(days: 1), minute: 540)
            try log.perform(.tick)
        }
        return told
    }

    /// Without it the ranges hold in two of three cases, and people wait six minutes longer than told.
    @Test func `After some weeks the ranges hold what they claim, and the middle has no bias`() throws {
        let told = try accuracy(days: 25...49, of: 50)
        #expect(told.count == 600)
        // One in four is called at once, which always holds; and whole minutes are a little wider.
        #expect((0.8...0.92).contains(told.within.mean))
        let ninety = try #require(told.withinNinety)
        #expect((0.89...0.98).contains(ninety.mean))
        #expect(abs(told.error.mean) < 60)
    }
}
