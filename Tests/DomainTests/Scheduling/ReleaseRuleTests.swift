import Domain
import Foundation
import Testing

/// When places open, by the clock of the hall.
@Suite struct ReleaseRuleTests {
    private func opening(
        _ rule: ReleaseRule, of slot: String, zone: String = "Asia/Shanghai", draw: UInt64 = 0
    ) throws -> SlotOpening {
        let zone = try #require(TimeZoneRules(zone))
        return rule.opening(of: try #require(Timestamp(rfc3339: slot)), in: zone, draw: draw)
    }

    @Test(arguments: [
        // Half an hour after midnight in Shanghai is still the day before in UTC.
        ("2026-12-15T00:30:00+08:00", "2026-12-01T01:00:00Z"), ("2026-12-15T23:30:00+08:00", "2026-12-01T01:00:00Z"),
        ("2027-01-05T09:00:00+08:00", "2026-12-22T01:00:00Z"), ("2028-03-14T09:00:00+08:00", "2028-02-29T01:00:00Z"),
    ])
    func `Each day opens so many days before, at the hall's time`(slot: String, opens: String) throws {
        let rule = ReleaseRule(.daily(daysAhead: 14), minute: 540)
        #expect(try opening(rule, of: slot).moment.rfc3339() == opens)
    }

    @Test(arguments: [
        // Monday and Sunday of one week, and the Monday after.
        ("2026-12-07T00:00:00+08:00", "2026-12-03T01:00:00Z"), ("2026-12-13T23:00:00+08:00", "2026-12-03T01:00:00Z"),
        ("2026-12-14T00:00:00+08:00", "2026-12-10T01:00:00Z"),
    ])
    func `The next week opens on a weekday`(slot: String, opens: String) throws {
        let rule = ReleaseRule(.weekly(on: .thursday), minute: 540)
        #expect(try opening(rule, of: slot).moment.rfc3339() == opens)
    }

    @Test(arguments: [
        (1, "2027-01-31T10:00:00+08:00", "2026-12-01"), (25, "2027-01-01T10:00:00+08:00", "2026-12-25"),
        (31, "2027-01-01T10:00:00+08:00", "2026-12-31"), (31, "2027-03-31T10:00:00+08:00", "2027-02-28"),
        (30, "2028-03-01T10:00:00+08:00", "2028-02-29"), (1, "2027-02-28T10:00:00+08:00", "2027-01-01"),
    ])
    func `The next month opens on a day of the month, or its last`(day: Int, slot: String, opens: String) throws {
        let rule = ReleaseRule(.monthly(day: day), minute: 0)
        let zone = try #require(TimeZoneRules("Asia/Shanghai"))
        let moment = try opening(rule, of: slot).moment
        #expect(zone.date(at: moment).description == opens)
        #expect(zone.minuteOfDay(at: moment) == 0)
    }

    @Test func `The clock on the wall counts where the clocks change`() throws {
        let rule = ReleaseRule(.daily(daysAhead: 7), minute: 540)
        // The release is before the change of 29 March 2026, the visit after it; and the other way round.
        #expect(
            try opening(rule, of: "2026-04-01T10:00:00+02:00", zone: "Europe/Berlin").moment.rfc3339()
                == "2026-03-25T08:00:00Z")
        #expect(
            try opening(rule, of: "2026-04-06T10:00:00+02:00", zone: "Europe/Berlin").moment.rfc3339()
                == "2026-03-30T07:00:00Z")
        // At a time that the clocks skip it opens when they have skipped it.
        let night = ReleaseRule(.daily(daysAhead: 0), minute: 150)
        #expect(
            try opening(night, of: "2026-03-29T10:00:00+02:00", zone: "Europe/Berlin").moment.rfc3339()
                == "2026-03-29T01:30:00Z")
    }

    @Test func `With jitter a slot opens within the stretch that people are told`() throws {
        let rule = ReleaseRule(.daily(daysAhead: 1), minute: 540, jitterMinutes: 20)
        var moments: Set<Timestamp> = []
        for draw in [0, 1, 599, 1199, 1200, UInt64.max] {
            let opening = try opening(rule, of: "2026-12-02T10:00:00+08:00", draw: draw)
            #expect(opening.from.rfc3339() == "2026-12-01T01:00:00Z")
            #expect(opening.by.rfc3339() == "2026-12-01T01:20:00Z")
            #expect(opening.from <= opening.moment && opening.moment < opening.by)
            #expect(
                !opening.isOpen(at: opening.moment.advanced(milliseconds: -1)) && opening.isOpen(at: opening.moment))
            moments.insert(opening.moment)
        }
        #expect(moments.count == 5)
    }

    /// Every slot of two years, under each rhythm: it opens before it begins, and the hall has made it a day before it opens.
    @Test(arguments: [
        ReleaseRule.Rhythm.daily(daysAhead: 30), .weekly(on: .monday), .weekly(on: .sunday), .monthly(day: 1),
        .monthly(day: 31),
    ])
    func `The horizon that a rule asks for shows each slot before it opens`(rhythm: ReleaseRule.Rhythm) throws {
        let rule = ReleaseRule(rhythm, minute: 540)
        let start = SmallCity.date("2027-01-01")
        for day in 0..<730 {
            let date = start.advanced(days: day)
            let release = rule.releaseDay(of: rule.period(of: date))
            #expect(release < date)
            #expect(date.daysSinceEpoch - release.daysSinceEpoch < rule.horizonDays)
        }
    }

    @Test func `A catalogue says what is wrong with a rule`() {
        func issues(_ rule: ReleaseRule, horizonDays: Int = 40) -> [String] {
            var catalogue = SmallCity.catalogue { $0.horizonDays = horizonDays }
            catalogue.services["passport"]?.release = rule
            return catalogue.validate().map { "\($0.path): \($0.message)" }
        }
        #expect(issues(ReleaseRule(.daily(daysAhead: 14), minute: 540)) == [])
        #expect(issues(ReleaseRule(.daily(daysAhead: 14), minute: 540), horizonDays: 15) == [])
        #expect(
            issues(ReleaseRule(.daily(daysAhead: 14), minute: 540), horizonDays: 14).first?.contains("15 days ahead")
                == true)
        #expect(issues(ReleaseRule(.daily(daysAhead: .max), minute: 540)).count == 1)
        #expect(issues(ReleaseRule(.monthly(day: .min), minute: 540)).count == 1)
        #expect(issues(ReleaseRule(.monthly(day: 1), minute: 540), horizonDays: 61).count == 1)
        #expect(issues(ReleaseRule(.weekly(on: .monday), minute: 540, jitterMinutes: 241)).count == 1)
        let ballot = BallotRule(entryDays: 1, closesHoursBefore: 24)
        #expect(
            issues(ReleaseRule(.weekly(on: .monday), minute: 540, ballot: ballot)).first?.contains(
                "end before they begin") == true)
        let long = BallotRule(entryDays: .max, closesHoursBefore: 24)
        #expect(issues(ReleaseRule(.weekly(on: .monday), minute: 540, ballot: long)).count == 1)
    }

    @Test func `Services that were stored before know no rule, and a rule is stored`() throws {
        var service = SmallCity.service("passport")
        let old = try JSONEncoder().encode(service)
        #expect(try JSONDecoder().decode(Service.self, from: old).release == nil)
        service.release = ReleaseRule(
            .monthly(day: 25), minute: 540, jitterMinutes: 5, ballot: BallotRule(entryDays: 7, closesHoursBefore: 24))
        #expect(try JSONDecoder().decode(Service.self, from: JSONEncoder().encode(service)) == service)
    }
}
