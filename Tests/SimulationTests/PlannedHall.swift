import Domain
import Simulation

/// A hall made in code, of which a test can choose every number.
enum PlannedHall {
    static func text(_ name: String) -> LocalizedText { LocalizedText(zh: name, en: name) }

    static func range(_ text: String) -> TimeRange {
        guard let range = TimeRange(text) else { preconditionFailure("not a range: \(text)") }
        return range
    }

    /// Open 9 to 13 on Mondays and Saturdays: two windows all the time but for rests from 11 to 11:30 and from 11:30 to 12,
    /// a third, alone for permits, till 12, and none for the notary on Saturdays.
    static func hall(shifts: Bool = true, places: Int = 2) -> Hall {
        func shift(_ staff: StaffID, _ hours: [String], _ window: WindowID?, _ days: [Weekday] = [.monday, .saturday])
            -> Shift
        {
            Shift(staff: staff, days: days, hours: hours.map(range), window: window)
        }
        return Hall(
            id: "centre", name: text("centre"), address: text("address"), timeZone: "Asia/Shanghai",
            hours: [.monday: [range("09:00-13:00")], .saturday: [range("09:00-13:00")]],
            windows: [
                HallWindow(id: "1", services: ["card", "permit"]), HallWindow(id: "2", services: ["card", "permit"]),
                HallWindow(id: "3", services: ["permit"]), HallWindow(id: "4", services: ["notary"]),
            ],
            offers: [
                "card": Offer(slotMinutes: 15, places: places), "permit": Offer(slotMinutes: 30, places: places),
                "notary": Offer(slotMinutes: 60, places: 1),
            ],
            shifts: shifts
                ? [
                    shift("ann", ["09:00-11:00", "11:30-13:00"], "1"),
                    shift("bob", ["09:00-11:30", "12:00-13:00"], "2"), shift("cid", ["09:00-12:00"], "3"),
                    shift("dan", ["09:00-13:00"], "4", [.monday]), shift("eve", ["09:00-13:00"], nil),
                ] : [])
    }

    static let configuration = HallConfiguration(
        hall: "centre", timeZone: "Asia/Shanghai",
        services: [
            "card": QueuedService(letter: "A", meanMinutes: 8), "permit": QueuedService(letter: "B", meanMinutes: 12),
            "notary": QueuedService(letter: "C", meanMinutes: 25),
        ],
        windows: ["1": ["card", "permit"], "2": ["card", "permit"], "3": ["permit"], "4": ["notary"]])

    static func scenario(
        _ weekday: Weekday = .monday, shifts: Bool = true, places: Int = 2, skills: [StaffID: Set<ServiceID>] = [:],
        share: Double = 0.3, booked: Double? = 1
    ) -> HallScenario? {
        HallScenario(
            hall: hall(shifts: shifts, places: places), configuration: configuration, skills: skills, history: nil,
            weekday: weekday, assumedShare: share, bookedShare: booked)
    }

    /// Little work, so that tests are quick.
    static var settings: HallSlotPlan.Settings {
        var settings = HallSlotPlan.Settings()
        settings.search.days = 16
        settings.search.rounds = 3
        settings.judgeDays = 20
        settings.policy = .engineLite
        return settings
    }
}
