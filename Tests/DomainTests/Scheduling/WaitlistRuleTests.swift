import Domain
import Foundation
import Testing

struct WaitlistRuleTests {
    private static let now = Timestamp(seconds: 1_811_815_200)

    @Test func `An offer is good for its minutes, or until the hall takes no more bookings`() {
        let rule = WaitlistRule(offerMinutes: 30)
        func end(_ minutesToStart: Int, lead: Int = 0) -> Timestamp? {
            rule.offerEnd(at: Self.now, start: Self.now.advanced(minutes: minutesToStart), leadMinutes: lead)
        }
        #expect(end(600) == Self.now.advanced(minutes: 30))
        #expect(end(30) == Self.now.advanced(minutes: 30))
        #expect(end(20) == Self.now.advanced(minutes: 20))
        #expect(end(70, lead: 60) == Self.now.advanced(minutes: 10))
        #expect(end(5) == Self.now.advanced(minutes: 5))
    }

    @Test func `When too little time is left nobody is asked`() {
        let rule = WaitlistRule(offerMinutes: 30)
        for (minutes, lead) in [(4, 0), (0, 0), (-10, 0), (64, 60)] {
            #expect(
                rule.offerEnd(at: Self.now, start: Self.now.advanced(minutes: minutes), leadMinutes: lead) == nil)
        }
    }

    @Test func `A catalogue that was stored before there were waitlists has none`() throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(SmallCity.service("passport")))
                as? [String: Any])
        object["waitlist"] = nil
        object["returnDelayMinutes"] = nil
        let service = try JSONDecoder().decode(Service.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(service.waitlist == nil && service.returnDelayMinutes == 0)
    }

    @Test func `Numbers that make no sense are refused`() {
        func messages(_ change: (inout Service) -> Void) -> [String] {
            var catalogue = SmallCity.catalogue()
            change(&catalogue.services["passport"]!)
            return catalogue.validate().map(\.path)
        }
        #expect(messages { $0.waitlist = WaitlistRule() }.isEmpty)
        #expect(
            messages { $0.waitlist = WaitlistRule(offerMinutes: 0, maxDays: 400) }
                == ["services[0].waitlist.offerMinutes", "services[0].waitlist.maxDays"])
        #expect(messages { $0.returnDelayMinutes = -1 } == ["services[0].returnDelayMinutes"])
    }
}
