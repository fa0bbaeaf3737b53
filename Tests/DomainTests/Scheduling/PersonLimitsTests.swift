import Domain
import Foundation
import Testing

@Suite("Limits of a person")
struct PersonLimitsTests {
    private func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    private func visits(_ days: [String], missed: [String] = []) throws -> [CountedVisit] {
        try days.map { CountedVisit(date: try day($0)) }
            + missed.map { CountedVisit(date: try day($0), isNoShow: true) }
    }

    @Test(arguments: [
        // 2027-06-01 is a Tuesday: its week goes from Monday 31 May to Sunday 6 June.
        ("2027-06-01", ["2027-05-31", "2027-06-06"], "2027-06-07"),
        ("2027-06-01", ["2027-05-30", "2027-06-07"], nil),
        ("2027-06-06", ["2027-05-31", "2027-05-31"], "2027-06-07"),
        ("2027-12-31", ["2027-12-28", "2028-01-02"], "2028-01-03"),
    ])
    func `A week is that of the visit, Monday to Sunday`(visit: String, others: [String], next: String?) throws {
        let limits = PersonLimits(perWeek: 2)
        let refusal = limits.refusal(of: try day(visit), today: try day("2027-05-01"), visits: try visits(others))
        #expect(refusal == (try next.map { .week(limit: 2, next: try day($0)) }))
    }

    @Test(arguments: [
        ("2027-06-30", ["2027-06-01"], "2027-07-01"), ("2027-06-30", ["2027-05-31", "2027-07-01"], nil),
        ("2027-12-31", ["2027-12-01"], "2028-01-01"), ("2028-02-29", ["2028-02-01"], "2028-03-01"),
        ("2027-06-30", ["2026-06-30"], nil),
    ])
    func `A month is that of the visit`(visit: String, others: [String], next: String?) throws {
        let limits = PersonLimits(perMonth: 1)
        let refusal = limits.refusal(of: try day(visit), today: try day("2027-05-01"), visits: try visits(others))
        #expect(refusal == (try next.map { .month(limit: 1, next: try day($0)) }))
    }

    @Test(
        arguments: [
            ([], nil), (["2027-05-20"], nil), (["2027-05-10", "2027-05-20"], nil),
            // The first of them is forgiven, so the third in 30 days is the second that counts.
            (["2027-05-01", "2027-05-10", "2027-05-20"], "2027-06-03"),
            (["2027-05-20", "2027-05-01", "2027-05-10"], "2027-06-03"),
            (["2027-04-20", "2027-05-10", "2027-05-20"], nil),
            // It began with the third, and is over.
            (["2027-05-01", "2027-05-10", "2027-05-18"], nil),
            (["2027-05-01", "2027-05-10", "2027-05-18", "2027-05-25"], "2027-06-08"),
        ] as [([String], String?)])
    func `Who does not come again and again must wait, and one time is forgiven`(missed: [String], until: String?)
        throws
    {
        let limits = PersonLimits(noShows: NoShowRule(count: 2, withinDays: 30, blockDays: 14, forgiven: 1))
        let refusal = limits.refusal(
            of: try day("2027-07-01"), today: try day("2027-06-01"), visits: try visits(["2027-05-02"], missed: missed))
        #expect(refusal == (try until.map { .noShows(until: try day($0)) }))
    }

    @Test func `Without limits nothing is refused, and what was stored before says nothing of them`() throws {
        let many = try visits(Array(repeating: "2027-06-01", count: 50), missed: ["2027-06-01", "2027-06-01"])
        #expect(PersonLimits.none.refusal(of: try day("2027-06-01"), today: try day("2027-06-01"), visits: many) == nil)
        #expect(PersonLimits.none.isNone)
        #expect(PersonLimits(noShows: NoShowRule(count: 1, withinDays: 90, blockDays: 30)).daysBack == 120)
        let service = Service(
            id: "a", name: LocalizedText(zh: "甲", en: "A"), summary: LocalizedText(zh: "甲", en: "A"), letter: "A",
            meanMinutes: 1, checklist: Checklist(), limits: PersonLimits(perWeek: 2))
        let data = try JSONEncoder().encode(service)
        #expect(try JSONDecoder().decode(Service.self, from: data) == service)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        object["limits"] = nil
        let old = try JSONDecoder().decode(Service.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.limits == PersonLimits.none)
    }
}
