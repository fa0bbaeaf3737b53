import Domain
import Testing

/// Where somebody goes whose place is gone.
@Suite struct ReplacementTests {
    private struct Free: Equatable {
        let hall: HallID
        /// Minutes after the lost start.
        let minutes: Int
    }

    private static let start = Timestamp(seconds: 1_811_840_400)
    /// Two days before.
    private static let now = start.advanced(minutes: -2880)

    private static func hall(_ id: HallID, latitude: Double) -> Hall {
        Hall(
            id: id, name: SmallCity.text(id.rawValue), address: SmallCity.text("address"), timeZone: "Asia/Shanghai",
            latitude: latitude, longitude: 118, hours: [:], windows: [], offers: [:])
    }

    /// `near` is some 4 km from `lost`, `far` some 55.
    private static let halls: [HallID: Hall] = [
        "lost": hall("lost", latitude: 31), "near": hall("near", latitude: 31.036), "far": hall("far", latitude: 31.5),
    ]

    private func choices(_ free: [Free], at now: Timestamp = now) -> [Free] {
        Replacement(hall: "lost", start: Self.start).choices(among: free, halls: Self.halls, at: now) {
            ($0.hall, Self.start.advanced(minutes: $0.minutes))
        }
    }

    @Test func `The same hall soon after comes first, then a hall nearby near the time, then the rest`() {
        let soon = Free(hall: "lost", minutes: 180)
        let sooner = Free(hall: "lost", minutes: 60)
        let near = Free(hall: "near", minutes: 0)
        let far = Free(hall: "far", minutes: 0)
        let nextDay = Free(hall: "lost", minutes: 1440)
        #expect(choices([nextDay, far, near, soon, sooner]) == [sooner, soon, near, far, nextDay])
        // The end of what is soon, and of what is near.
        #expect(choices([near, Free(hall: "lost", minutes: 241)]).first == near)
        #expect(choices([near, Free(hall: "lost", minutes: 240)]).first == Free(hall: "lost", minutes: 240))
        #expect(choices([nextDay, Free(hall: "near", minutes: 120)]).first?.hall == "near")
    }

    @Test func `An earlier time is for those only who hear of it in time, and in a hall nearby`() {
        let earlier = Free(hall: "near", minutes: -60)
        #expect(choices([earlier]) == [earlier])
        #expect(choices([Free(hall: "lost", minutes: -60), Free(hall: "far", minutes: -60)]).isEmpty)
        #expect(choices([Free(hall: "near", minutes: -121)]).isEmpty)
        let late = Self.start.advanced(minutes: -60 - Replacement.noticeMinutes)
        #expect(choices([earlier], at: late) == [earlier])
        #expect(choices([earlier], at: late.advanced(milliseconds: 1)).isEmpty)
    }

    @Test func `Nothing after the last day, and nothing that cannot be reached`() {
        let last = Free(hall: "lost", minutes: Replacement.days * 1440)
        #expect(choices([last]) == [last])
        #expect(choices([Free(hall: "lost", minutes: Replacement.days * 1440 + 1)]).isEmpty)
        // Half an hour away, by the estimate.
        let near = Free(hall: "near", minutes: 0)
        #expect(choices([near], at: Self.start.advanced(minutes: -60)) == [near])
        #expect(choices([near], at: Self.start.advanced(minutes: -10)).isEmpty)
    }

    @Test func `The order does not depend on the order of the places`() {
        let free = [60, 0, 30].flatMap { [Free(hall: "near", minutes: $0), Free(hall: "far", minutes: $0)] }
        #expect(choices(free) == choices(free.reversed()))
    }
}
