import Testing

@testable import Domain

@Suite("A hall that closes")
struct ClosingTests {
    /// Monday 2026-11-23: open from nine to five.
    private func configuration(_ hours: OpeningHours?) -> HallConfiguration {
        HallConfiguration(
            hall: "centre", timeZone: "Asia/Shanghai", services: QueueLog.hall.services, windows: QueueLog.hall.windows,
            openingHours: hours)
    }

    private func range(_ text: String) throws -> TimeRange { try #require(TimeRange(text)) }

    private func log(at clock: String, _ hours: OpeningHours?) throws -> QueueLog {
        var log = QueueLog(at: clock)
        log.policy = EnginePolicy()
        log.configuration = configuration(hours)
        try log.open("1", "li")
        return log
    }

    private func picture(_ log: QueueLog) -> QueuePicture {
        let hall = HallModels().model(of: log.queue, log.configuration)
        return QueuePicture(of: log.queue, hall: hall, at: log.now, log.configuration)
    }

    @Test func `Exceptions, holidays and make-up days have hours of their own`() throws {
        let friday = try #require(LocalDate("2026-11-27"))
        let hours = OpeningHours(
            week: [.monday: [try range("09:00-12:00"), try range("13:00-17:00")]],
            special: [friday: [try range("09:00-12:00")], friday.advanced(days: 3): []])
        let hall = configuration(hours)
        #expect(hall.closing(on: friday.advanced(days: -4)) == 17 * 60)
        #expect(hall.closing(on: friday) == 12 * 60)
        #expect(hall.closing(on: friday.advanced(days: 1)) == nil)
        #expect(hall.closing(on: friday.advanced(days: 3)) == nil, "a Monday on which it is closed")
        #expect(configuration(nil).closing(on: friday) == nil)
    }

    @Test func `After closing nobody is foreseen to come, and whoever is there by then is still served`() throws {
        var log = try log(
            at: "16:30", OpeningHours(week: [.monday: [try range("09:00-12:00"), try range("13:00-17:00")]]))
        for number in 0..<8 { try log.issue(TicketID("t\(number)")) }
        let moments = ["16:30", "16:59", "17:00", "17:30"]
        let calls = EnginePolicy().foresee(
            moments.map { ProspectiveArrival(service: "passport", arrival: QueueLog.time($0)) }, in: log.queue,
            at: log.now, configuration: log.configuration)
        #expect(calls.map { $0 != nil } == [true, true, false, false])
        // Eight people of eight minutes each at one window.
        #expect(try #require(calls[0]).wait.expected > 45 * 60)
        let forecast = log.policy.forecast(of: log.queue, at: log.now, configuration: log.configuration)
        #expect(try #require(forecast.outlook(of: "t7")).expectedMinutes > 40)
    }

    @Test func `Neither a hall that never closes nor one of unknown hours ends its day`() throws {
        let always = try log(at: "23:30", OpeningHours(week: [.monday: [.wholeDay]]))
        #expect(picture(always).demand.closes == .max)
        #expect(picture(try log(at: "23:30", nil)).demand.closes == .max)
        let closing = picture(try log(at: "16:30", OpeningHours(week: [.monday: [try range("09:00-17:00")]])))
        #expect(closing.demand.closes - closing.floor.now == 1800)
    }

    @Test func `Walk-ins and booked people are drawn until closing only`() {
        let hall = HallModel(
            open: 0, services: [ServiceTime(mean: 300, variation: 0.5)], windows: [HallModel.Window(pace: [1])])
        var demand = DemandModel()
        demand.rates = Array(repeating: 0.02, count: 48)
        demand.mix = [1]
        let booked = (0..<40).map {
            Announced(
                person: 2_000_000 + $0, service: 0, standing: .appointment, isBooked: true, isPriority: false,
                time: 60_000 + $0 * 60, hint: nil)
        }
        func arrivals(closes: Int) -> [Int] {
            demand.closes = closes
            let prospect = Prospect(
                demand: demand, announced: booked, walkIns: 900, at: 59_400, until: 66_600, hall)
            var moments: [Int] = []
            prospect.draw(CounterRandom(5), from: 59_400, until: 66_600, hall) { moments.append($0.arrived) }
            return moments.sorted()
        }
        let open = arrivals(closes: .max)
        let closing = arrivals(closes: 61_200)
        #expect(open.contains { $0 >= 61_200 })
        #expect(closing == open.filter { $0 < 61_200 })
        #expect(arrivals(closes: 59_000).isEmpty)
    }

    @Test func `Shortly before closing a clerk is spared only until then`() {
        let hall = HallModel(
            open: 0, services: [ServiceTime(mean: 300, variation: 0.5)],
            windows: Array(repeating: HallModel.Window(pace: [1]), count: 3))
        func minutes(closes: Int) -> [Double] {
            var demand = DemandModel()
            demand.closes = closes
            var advisor = WindowAdvisor(demand: demand, random: CounterRandom(3))
            let floor = HallFloor(hall: hall, now: 60_300)
            return advisor.advise(
                floor, announced: [], walkIns: 0, options: WindowAdvisor.Options(sparing: [2])
            ).map(\.clerkMinutes)
        }
        #expect(minutes(closes: .max) == [-180])
        #expect(minutes(closes: 61_200) == [-15])
        #expect(minutes(closes: 60_000).isEmpty, "nobody has to be told that the day is over")
    }
}
