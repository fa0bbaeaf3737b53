import Domain
import Testing

@Suite struct SlotCalendarTests {
    private func slots(_ day: String, _ catalogue: Catalogue, service: ServiceID = "passport") -> [PlannedSlot] {
        SlotCalendar.slots(hall: "hall", service: service, on: SmallCity.date(day), catalogue: catalogue)
    }

    private func starts(_ day: String, _ catalogue: Catalogue) -> [String] {
        slots(day, catalogue).map { $0.start.rfc3339() }
    }

    @Test func ordinaryDay_cutsEachStretch() throws {
        let slots = slots("2026-11-24", SmallCity.catalogue())
        #expect(slots.count == 6 + 7)
        let first = try #require(slots.first)
        #expect(first.start.rfc3339() == "2026-11-24T01:00:00Z")
        #expect(first.end.rfc3339() == "2026-11-24T01:30:00Z")
        #expect(first.capacity == 2)
        #expect(slots.last?.end.rfc3339() == "2026-11-24T09:00:00Z")
        #expect(!slots.contains { $0.start.rfc3339() == "2026-11-24T04:00:00Z" }, "nobody is booked into the break")
    }

    @Test(arguments: [
        // Slot minutes, hours, starts by the wall clock of UTC.
        (30, "09:00-10:00", ["09:00", "09:30"]), (40, "09:00-10:00", ["09:00"]), (60, "09:00-10:00", ["09:00"]),
        (61, "09:00-10:00", []), (25, "09:00-10:15", ["09:00", "09:25", "09:50"]),
        (30, "23:00-24:00", ["23:00", "23:30"]),
    ])
    func lastSlot_endsByClosing(minutes: Int, hours: String, expected: [String]) {
        let catalogue = SmallCity.catalogue(zone: "UTC", daily: [hours], slotMinutes: minutes)
        #expect(starts("2026-11-24", catalogue) == expected.map { "2026-11-24T\($0):00Z" })
    }

    @Test func wholeDayInShanghai_beginsAndEndsAt16Z() {
        let slots = slots("2026-11-24", SmallCity.catalogue(daily: ["00:00-24:00"], slotMinutes: 15))
        #expect(slots.count == 96)
        #expect(slots.first?.start.rfc3339() == "2026-11-23T16:00:00Z")
        #expect(slots.last?.end.rfc3339() == "2026-11-24T16:00:00Z")
    }

    @Test func wholeDays_joinWithoutGapOrOverlap() {
        let catalogue = SmallCity.catalogue(zone: "Europe/Berlin", daily: ["00:00-24:00"], slotMinutes: 60)
        for month in ["03", "10"] {
            let all = (20...30).flatMap { slots("2026-\(month)-\($0)", catalogue) }
            for (slot, next) in zip(all, all.dropFirst()) { #expect(slot.end == next.start) }
        }
    }

    @Test(arguments: [
        ("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-24", 24), ("2026-10-25", 25),
        ("2026-10-26", 24),
    ])
    func clockChangeInBerlin_changesTheNumberOfHours(day: String, count: Int) {
        let catalogue = SmallCity.catalogue(zone: "Europe/Berlin", daily: ["00:00-24:00"], slotMinutes: 60)
        let slots = slots(day, catalogue)
        #expect(slots.count == count)
        #expect(slots.allSatisfy { $0.end.minutes(since: $0.start) == 60 })
        #expect(Set(slots.map(\.start)).count == count)
    }

    @Test func officeHours_areUntouchedByClockChange() {
        let catalogue = SmallCity.catalogue(zone: "Europe/Berlin", daily: ["09:00-10:00"])
        #expect(starts("2026-03-28", catalogue) == ["2026-03-28T08:00:00Z", "2026-03-28T08:30:00Z"])
        #expect(starts("2026-03-29", catalogue) == ["2026-03-29T07:00:00Z", "2026-03-29T07:30:00Z"])
        #expect(starts("2026-10-25", catalogue) == ["2026-10-25T08:00:00Z", "2026-10-25T08:30:00Z"])
    }

    @Test func hoursInTheSkippedHour_haveNoSlots() {
        let catalogue = SmallCity.catalogue(zone: "Europe/Berlin", daily: ["02:00-03:00"])
        #expect(slots("2026-03-28", catalogue).count == 2)
        #expect(slots("2026-03-29", catalogue).isEmpty)
    }

    @Test(arguments: [
        // An exception wins over the holiday, the holiday over the make-up day, that over the weekday.
        ("2026-11-24", "09:00-12:00,13:30-17:00", nil), ("2026-11-29", "", nil),
        ("2026-11-22", "09:00-12:00,13:30-17:00", nil),
        ("2026-12-01", "", "holiday"), ("2026-12-02", "09:00-11:00", "shorter"), ("2026-12-03", "10:00-12:00", "open"),
        ("2026-12-04", "", "closed"),
    ])
    func differentDays_followTheOrderOfRules(day: String, expected: String, reason: String?) throws {
        var catalogue = SmallCity.catalogue { hall in
            hall.hours[.sunday] = nil
            hall.exceptions = [
                SmallCity.date("2026-12-02"): HallException(
                    hours: [SmallCity.range("09:00-11:00")], reason: SmallCity.text("shorter")),
                SmallCity.date("2026-12-03"): HallException(
                    hours: [SmallCity.range("10:00-12:00")], reason: SmallCity.text("open")),
                SmallCity.date("2026-12-04"): HallException(hours: [], reason: SmallCity.text("closed")),
            ]
        }
        catalogue.holidays = [
            SmallCity.date("2026-12-01"): SmallCity.text("holiday"),
            SmallCity.date("2026-12-03"): SmallCity.text("holiday"),
        ]
        catalogue.workdays = [SmallCity.date("2026-11-22"): .friday]
        let hall = try #require(catalogue.halls["hall"])
        let date = SmallCity.date(day)
        let hours = SlotCalendar.hours(of: hall, on: date, catalogue: catalogue)
        #expect(hours.map(\.description).joined(separator: ",") == expected)
        #expect(SlotCalendar.reason(for: date, in: hall, catalogue: catalogue)?.en == reason)
        #expect(slots(day, catalogue).isEmpty == expected.isEmpty)
    }

    @Test func hallThatNeverCloses_ignoresHolidays() {
        var catalogue = SmallCity.catalogue(daily: ["00:00-24:00"]) { $0.observesHolidays = false }
        catalogue.holidays = [SmallCity.date("2027-01-01"): SmallCity.text("New Year")]
        #expect(slots("2027-01-01", catalogue).count == 48)
    }

    @Test func unknownThings_haveNoSlots() {
        let day = SmallCity.date("2026-11-24")
        let catalogue = SmallCity.catalogue()
        #expect(slots("2026-11-24", catalogue, service: "other").isEmpty)
        #expect(SlotCalendar.slots(hall: "other", service: "passport", on: day, catalogue: catalogue).isEmpty)
        #expect(slots("2026-11-24", SmallCity.catalogue(zone: "Mars/Base")).isEmpty)
        #expect(slots("2026-11-24", SmallCity.catalogue(slotMinutes: 0)).isEmpty)
        #expect(slots("2026-11-24", SmallCity.catalogue(places: 0)).isEmpty)
    }
}

@Suite("Plans of places")
struct PlacesPlanCalendarTests {
    private static let plan = PlacesPlan(
        days: [
            "passport": [
                // A Tuesday's slots at 9:00 and 9:30 alone.
                .tuesday: .init(offer: Offer(slotMinutes: 30, places: 2), places: [540: 5, 570: 1, 600: 0])
            ]
        ])

    private func capacities(_ day: String, _ catalogue: Catalogue) -> [Int] {
        SlotCalendar.slots(
            hall: "hall", service: "passport", on: SmallCity.date(day), catalogue: catalogue, plan: Self.plan
        ).map(\.capacity)
    }

    @Test func `A planned weekday has the planned places, slots without one are left out`() {
        #expect(capacities("2026-11-24", SmallCity.catalogue()) == [5, 1])
    }

    @Test func `Other weekdays and another offer keep the city file's places`() {
        #expect(capacities("2026-11-25", SmallCity.catalogue()) == Array(repeating: 2, count: 13))
        #expect(capacities("2026-11-24", SmallCity.catalogue(places: 3)) == Array(repeating: 3, count: 13))
        #expect(capacities("2026-11-24", SmallCity.catalogue(slotMinutes: 60)).allSatisfy { $0 == 2 })
    }

    @Test func `A day with hours of its own keeps them, a make-up working day takes the plan of its weekday`() {
        let short = SmallCity.catalogue { hall in
            hall.exceptions[SmallCity.date("2026-11-24")] = HallException(
                hours: [SmallCity.range("09:00-10:00")], reason: SmallCity.text("short"))
        }
        #expect(capacities("2026-11-24", short) == [2, 2])
        var madeUp = SmallCity.catalogue()
        madeUp.workdays = [SmallCity.date("2026-11-28"): .tuesday]
        #expect(capacities("2026-11-28", madeUp) == [5, 1])
    }
}
