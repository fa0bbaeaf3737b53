/// Where somebody goes whose place is gone because the hall closes: a pure rule over the places that are free.
package struct Replacement: Hashable, Sendable {
    /// The place that is gone.
    package var hall: HallID
    package var start: Timestamp

    package init(hall: HallID, start: Timestamp) {
        self.hall = hall
        self.start = start
    }

    /// Days after the lost time in which another one is looked for.
    package static let days = 7
    /// The same hall again so soon after is nearer than any other hall.
    package static let soonMinutes = 240
    /// A way to another hall, and a difference of time, that count as near.
    package static let nearSeconds = 3600
    package static let nearMinutes = 120
    /// So long before it nobody is moved to a time that is earlier than the lost one: the message may not be read at once.
    package static let noticeMinutes = 1440

    /// What makes one free place better than another, the smallest first.
    private struct Rank: Comparable {
        /// 0: same hall soon after; 1: another hall nearby, near the same time; 2: anything else in these days.
        let tier: Int
        /// Minutes by which the visit is harder: how far the time is off, and the way there and back.
        let minutes: Int64
        let start: Timestamp
        let hall: HallID

        static func < (one: Self, other: Self) -> Bool {
            (one.tier, one.minutes, one.start.milliseconds, one.hall.rawValue)
                < (other.tier, other.minutes, other.start.milliseconds, other.hall.rawValue)
        }
    }

    /// The earliest start that can be of use at all: a little before the lost one.
    package var from: Timestamp { start.advanced(minutes: -Self.nearMinutes) }
    package var until: Timestamp { start.advanced(minutes: Self.days * 1440) }

    /// The free places that will do, the best first.
    ///
    /// - Parameters:
    ///   - place: hall and start of a free place.
    ///   - halls: those of the city.
    ///   - now: whoever has to go elsewhere must have the time to get there.
    package func choices<Free>(
        among free: [Free], halls: [HallID: Hall], at now: Timestamp, place: (Free) -> (hall: HallID, start: Timestamp)
    ) -> [Free] {
        free.compactMap { one -> (rank: Rank, free: Free)? in
            let (hall, start) = place(one)
            return rank(of: hall, start, halls: halls, at: now).map { ($0, one) }
        }.sorted { $0.rank < $1.rank }.map(\.free)
    }

    private func rank(of other: HallID, _ start: Timestamp, halls: [HallID: Hall], at now: Timestamp) -> Rank? {
        guard start >= from, start <= until else { return nil }
        let isEarlier = start < self.start
        guard !isEarlier || start >= now.advanced(minutes: Self.noticeMinutes) else { return nil }
        let way =
            other == hall
            ? 0
            : halls[other].map { there in
                halls[hall].map { TravelEstimate.seconds(from: $0, to: there) } ?? TravelEstimate.nextDoor
            } ?? TravelEstimate.nextDoor
        guard start >= now.advanced(seconds: Int64(way)) else { return nil }
        let off = abs(start.milliseconds - self.start.milliseconds) / 60_000
        let tier: Int
        if other == hall, !isEarlier, off <= Self.soonMinutes {
            tier = 0
        } else if other != hall, way <= Self.nearSeconds, off <= Self.nearMinutes {
            tier = 1
        } else if isEarlier {
            return nil
        } else {
            tier = 2
        }
        return Rank(tier: tier, minutes: off + Int64(2 * way / 60), start: start, hall: other)
    }
}
