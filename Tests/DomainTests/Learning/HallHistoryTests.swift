import Foundation
import Testing

@testable import Domain

@Suite("What a hall learns from its days")
struct HallHistoryTests {
    /// Days of a hall whose passports take 16 minutes instead of the 8 of the catalogue, with one clerk who needs half as
    /// long again as the other.
    private struct Days {
        var log = QueueLog(at: "09:00")
        private var ticket = 0

        /// Serves people one after the other; `minutes` is how long each takes at each window.
        mutating func serve(
            _ count: Int, at windows: [(window: WindowID, staff: StaffID, minutes: Double)],
            service: ServiceID = "passport"
        ) throws {
            for _ in 0..<count {
                for place in windows {
                    ticket += 1
                    let id = TicketID("t\(ticket)")
                    try log.issue(id, service)
                    try log.perform(.call(id, place.window, place.staff))
                    log.now = log.now.advanced(seconds: 30)
                    try log.perform(.startServing(place.window, place.staff))
                    log.now = log.now.advanced(seconds: Int64(place.minutes * 60) - 30)
                    try log.perform(.finish(place.window, place.staff, .completed))
                }
            }
        }

        mutating func open() throws {
            try log.open("1", "li")
            try log.open("2", "wang")
        }

        /// Goes on to nine o'clock of the next day.
        mutating func nextDay() throws {
            let zone = try #require(log.configuration.civilTime)
            let day = zone.date(at: log.now).advanced(days: 1)
            log.now = zone.moment(of: day, minute: 540)
            try log.perform(.tick)
        }
    }

    private func learned(days count: Int, slow: Double = 19.2, fast: Double = 12.8) throws -> Days {
        var days = Days()
        for _ in 0..<count {
            try days.open()
            try days.serve(10, at: [("1", "li", slow), ("2", "wang", fast)])
            try days.nextDay()
        }
        return days
    }

    @Test func `Before the first day is over the catalogue is believed, afterwards more and more what was seen`() throws
    {
        var means: [Double] = []
        for count in 0...5 {
            let log = try learned(days: count).log
            let history = log.queue.history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
            #expect(history.days == count)
            means.append(history.serviceTime("passport", in: log.configuration).mean / 60)
        }
        #expect(abs(means[0] - 8) < 1e-9)
        #expect(zip(means, means.dropFirst()).allSatisfy { $0 < $1 })
        #expect((14.5...17.5).contains(means[5]))
        // A service that nobody asked for keeps its belief.
        let log = try learned(days: 3).log
        let history = try #require(log.queue.history)
        #expect(abs(history.serviceTime("permit", in: log.configuration).mean - 720) < 1e-9)
    }

    @Test func `A slow clerk's pace is above one, a fast clerk's below, drawn towards one while little is known`()
        throws
    {
        let early = try #require(try learned(days: 1).log.queue.history)
        let late = try #require(try learned(days: 12).log.queue.history)
        func pace(_ history: HallHistory, _ window: WindowID, _ staff: StaffID) -> Double {
            history.pace(of: "passport", at: window, by: staff)
        }
        #expect(pace(late, "1", "li") > pace(early, "1", "li"))
        #expect(pace(early, "1", "li") > pace(early, "2", "wang"))
        #expect((1.08...1.3).contains(pace(late, "1", "li")))
        #expect((0.75...0.95).contains(pace(late, "2", "wang")))
        // The clerk's, not the window's: at the other window it is nearly the same.
        #expect(abs(pace(late, "2", "li") - pace(late, "1", "li")) < 0.15)
        #expect(pace(late, "3", "zhao") == 1)
    }

    @Test func `A forgotten finish and one that was pressed at once teach nothing`() throws {
        var days = Days()
        try days.open()
        try days.serve(10, at: [("1", "li", 8)])
        try days.serve(1, at: [("1", "li", 240), ("2", "wang", 0.6)])
        // Still at the window when the day ends.
        try days.log.issue("last")
        try days.log.perform(.call("last", "1", "li"))
        try days.log.perform(.startServing("1", "li"))
        try days.nextDay()
        let history = try #require(days.log.queue.history)
        #expect(history.setAside == 2)
        #expect(history.durations["passport"]?.weight == 10)
        #expect((7...9).contains(history.serviceTime("passport", in: days.log.configuration).mean / 60))
    }

    @Test func `A visit that was undone teaches nothing, and one that was sent on teaches both parts and the way`()
        throws
    {
        var days = Days()
        try days.open()
        try days.log.issue("a")
        try days.log.perform(.call("a", "2", "wang"))
        try days.log.perform(.startServing("2", "wang"))
        days.log.now = days.log.now.advanced(minutes: 8)
        try days.log.perform(.finish("2", "wang", .completed))
        try days.log.perform(.undo("2", "wang"))
        days.log.now = days.log.now.advanced(minutes: 2)
        try days.log.perform(.transfer("2", "wang", to: "permit"))
        try days.log.perform(.call("a", "2", "wang"))
        try days.log.perform(.startServing("2", "wang"))
        days.log.now = days.log.now.advanced(minutes: 12)
        try days.log.perform(.finish("2", "wang", .completed))
        try days.nextDay()
        let history = try #require(days.log.queue.history)
        let passport = try #require(history.durations["passport"])
        #expect(passport.weight == 1)
        #expect(abs(exp(passport.mean) - 600) < 1)
        #expect(history.durations["permit"]?.weight == 1)
        #expect(history.followUps["passport"]?["permit"] == 1)
        #expect(history.mix == ["passport": 1])
    }

    @Test func `Legs of an itinerary teach durations, and are no surprise`() throws {
        var days = Days()
        try days.open()
        try days.log.issue("a", for: ["permit", "passport"])
        try days.log.perform(.callNext("2", "wang"))
        try days.log.perform(.startServing("2", "wang"))
        for minutes in [12, 8] {
            days.log.now = days.log.now.advanced(minutes: minutes)
            try days.log.perform(.finish("2", "wang", .completed))
        }
        #expect(days.log["a"]?.state == .done)
        try days.nextDay()
        let history = try #require(days.log.queue.history)
        #expect(history.durations["permit"].map { abs(exp($0.mean) - 720) < 1 } == true)
        #expect(history.durations["passport"].map { abs(exp($0.mean) - 480) < 1 } == true)
        #expect(history.clerks["wang"]?.count == 2)
        #expect(history.followUps.isEmpty)
    }

    @Test func `More legs than steps can be undone are all learned`() throws {
        var days = Days()
        try days.open()
        try days.log.issue("a")
        for next: ServiceID in ["permit", "passport", "permit", "passport"] {
            try days.log.perform(.callNext("2", "wang"))
            try days.log.perform(.startServing("2", "wang"))
            days.log.now = days.log.now.advanced(minutes: 8)
            try days.log.perform(.transfer("2", "wang", to: next))
        }
        try days.nextDay()
        let history = try #require(days.log.queue.history)
        #expect(history.durations["passport"]?.weight == 2 && history.durations["permit"]?.weight == 2)
        #expect(history.followUps["passport"]?["permit"] == 2)
        #expect(history.mix == ["passport": 1])
    }

    @Test func `Who comes when, on which weekday, is learned, and a weekday seen once leans on all days`() throws {
        var days = Days()
        // Monday to Sunday, twice; on Mondays three times as many.
        for number in 0..<14 {
            try days.open()
            try days.serve(number % 7 == 0 ? 18 : 6, at: [("1", "li", 1)])
            try days.nextDay()
        }
        let history = try #require(days.log.queue.history)
        let monday = history.profile(of: .monday)
        let tuesday = history.profile(of: .tuesday)
        #expect(monday.count == 96)
        #expect(monday[0..<36].allSatisfy { $0 == 0 })
        #expect(monday[36] > 0)
        #expect(monday.reduce(0, +) > 1.3 * tuesday.reduce(0, +))
        let demand = history.demand(on: .monday, services: ["notary", "passport", "permit"])
        #expect(demand.mix == [0, 1, 0])
        let expected = demand.expected(until: 86_400)
        #expect(abs(expected - monday.reduce(0, +)) < 0.01)
        #expect(HallHistory(through: LocalDate(daysSinceEpoch: 0)).demand(on: .monday, services: ["a"]).rates.isEmpty)
    }

    @Test func `No-shows and lateness are learned`() throws {
        var days = Days()
        for _ in 0..<6 {
            try days.log.open("1", "li")
            let zone = try #require(days.log.configuration.civilTime)
            let day = zone.date(at: days.log.now)
            for number in 0..<10 {
                let slot = zone.moment(of: day, minute: 600 + number * 6)
                var booking = QueueLog.booking(TicketID("b\(number)-\(day)"), slot: "10:00")
                booking.slot = slot
                booking.checkInKeys = []
                try days.log.perform(.expect(booking))
            }
            for number in 0..<5 {
                // Half of them do not come; who comes is four minutes late.
                days.log.now = zone.moment(of: day, minute: 604 + number * 6)
                try days.log.perform(.checkIn(TicketID("b\(number)-\(day)"), .kiosk))
            }
            try days.nextDay()
        }
        let history = try #require(days.log.queue.history)
        #expect((0.5...0.7).contains(history.showOdds))
        #expect(history.lateness.mean == 1)
        #expect(abs(history.lateBy.mean - 240) < 1)
        #expect(history.demand(on: .monday, services: []).showOdds == history.showOdds)
    }

    @Test func `The same days teach the same, and a day on which nobody came teaches nothing`() throws {
        let one = try learned(days: 3)
        var other = try learned(days: 3)
        #expect(one.log.queue.history == other.log.queue.history)
        #expect(other.log.folded() == other.log.queue)
        let before = other.log.queue.history
        try other.nextDay()
        #expect(other.log.queue.history == before)
        // Closing and opening again on the same day does not count it twice.
        try other.open()
        try other.serve(2, at: [("1", "li", 8)])
        try other.log.perform(.closeDay)
        try other.log.perform(.openDay)
        #expect(other.log.queue.history == before)
        try other.nextDay()
        #expect(other.log.queue.history?.days == 4)
    }

    @Test func `Older days count less, and who is not seen any more is forgotten`() throws {
        var days = try learned(days: 2)
        for _ in 0..<250 {
            try days.log.open("2", "zhao")
            try days.serve(1, at: [("2", "zhao", 8)])
            try days.nextDay()
        }
        let history = try #require(days.log.queue.history)
        #expect(history.clerks["li"] == nil)
        #expect(history.clerks["zhao"] != nil)
        #expect((7...9.5).contains(history.serviceTime("passport", in: days.log.configuration).mean / 60))
        #expect((history.durations["passport"]?.weight ?? 0) < 55)
    }

    @Test func `A hall of hundreds of clerks stays within the bound of its event`() throws {
        var days = Days()
        days.log.configuration = HallConfiguration(
            hall: "centre", timeZone: "Asia/Shanghai",
            services: Dictionary(
                uniqueKeysWithValues: (0..<26).map { number in
                    (
                        ServiceID("service-with-a-long-name-\(number)"),
                        QueuedService(letter: String(UnicodeScalar(UInt8(65 + number))), meanMinutes: 3)
                    )
                }),
            windows: Dictionary(
                uniqueKeysWithValues: (0..<100).map { number in
                    (WindowID("\(number)"), (0..<26).map { ServiceID("service-with-a-long-name-\($0)") })
                }))
        for number in 0..<100 {
            try days.log.open(WindowID("\(number)"), StaffID("clerk-\(number)"))
            for service in 0..<26 {
                try days.serve(
                    1, at: [(WindowID("\(number)"), StaffID("clerk-\(number)"), 0.2)],
                    service: ServiceID("service-with-a-long-name-\(service)"))
            }
        }
        try days.nextDay()
        let history = try #require(days.log.queue.history)
        let pairs = history.clerks.values.map(\.count).reduce(0, +)
        #expect(pairs == HallHistory.speedLimit)
        let text = try JSONEncoder().encode(history)
        #expect(text.count < 256 * 1024)
        #expect(try JSONDecoder().decode(HallHistory.self, from: text) == history)
    }
}

@Suite("The engine with what it has learned")
struct LearnedEngineTests {
    @Test func `The forecast follows the times that the hall really takes`() throws {
        func forecast(minutes: Double) throws -> Int {
            var log = QueueLog(at: "09:00")
            log.policy = EnginePolicy()
            for day in 0..<6 {
                try log.open("1", "li")
                for number in 0..<12 {
                    let id = TicketID("\(day)-\(number)")
                    try log.issue(id)
                    try log.perform(.call(id, "1", "li"))
                    try log.perform(.startServing("1", "li"))
                    log.now = log.now.advanced(seconds: Int64(minutes * 60))
                    try log.perform(.finish("1", "li", .completed))
                }
                let zone = try #require(log.configuration.civilTime)
                log.now = zone.moment(of: zone.date(at: log.now).advanced(days: 1), minute: 540)
                try log.perform(.tick)
            }
            // In the evening nobody else comes.
            log.now = log.now.advanced(minutes: 600)
            try log.open("1", "li")
            for number in 0..<6 { try log.issue(TicketID("n\(number)")) }
            let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
            return try #require(forecast.outlook(of: "n5")).expectedMinutes
        }
        let quick = try forecast(minutes: 4)
        let slow = try forecast(minutes: 16)
        #expect((15...27).contains(quick))
        #expect((65...95).contains(slow))
    }
}
