package import Domain

/// A hall on a weekday as it is, as a world to simulate: windows by shifts, services, walk-ins and the habits of booked
/// people by what the hall has learned, and the places of the city file.
package struct HallScenario: Sendable {
    /// What can be booked of a service.
    package struct Bookable: Sendable, Hashable {
        package var service: ServiceID
        package var offer: Offer
        /// When its slots begin, in minutes since midnight.
        package var starts: [Int]
    }

    /// From where the walk-ins are known.
    package enum WalkInSource: Sendable, Hashable {
        case learned(days: Int)
        /// Nothing was learned: so many of all visits.
        case assumed(share: Double)
    }

    /// How much of the places offered is booked.
    package enum Booked: Sendable, Hashable {
        /// The share that was booked of late, or that somebody gave.
        case known(share: Double)
        /// Nothing is known, and booked out the work would be up to `load` times what windows on duty can do: of each
        /// service as large a share as they can.
        case limited(shares: [ServiceID: Double], load: Double)

        func share(of service: ServiceID) -> Double {
            switch self {
            case .known(let share): share
            case .limited(let shares, _): shares[service] ?? 1
            }
        }
    }

    package let weekday: Weekday
    package let hours: [TimeRange]
    package let scenario: Scenario
    package let walkIns: WalkInSource
    package let booked: Booked
    /// The share of all places that is booked.
    package let filledShare: Double
    /// Whether the city file says who works when; otherwise all windows count as staffed while the hall is open.
    package let hasShifts: Bool
    /// What can be booked and is served by somebody on that weekday.
    package let bookable: [Bookable]
    /// What can be booked, and nobody on duty serves.
    package let unserved: [Bookable]
    /// Starts of the slots that are planned, in minutes since midnight, with their ends.
    package let cells: [Range<Int>]
    /// What the hall sets of the engine.
    let dials: RoutingDials
    let lines: [DutyLine]

    /// More cells than this are joined: the search tries moves between all of them.
    private static let cellLimit = 60

    /// - Parameters:
    ///   - skills: of clerks; who is not named serves all that the window offers.
    ///   - assumedShare: walk-ins among all visits where nothing was learned, in 0..<1.
    ///   - bookedShare: of the places, how many are booked; `nil`: all, or as many as the windows can serve.
    /// - Returns: `nil` when the hall is closed on that weekday, or nothing can be booked.
    package init?(
        hall: Hall, configuration: HallConfiguration, skills: [StaffID: Set<ServiceID>], history: HallHistory?,
        weekday: Weekday, assumedShare: Double, bookedShare: Double? = nil
    ) {
        let hours = hall.hours[weekday, default: []].sorted()
        guard let opening = hours.first?.start, let closing = hours.map(\.end).max() else { return nil }
        self.weekday = weekday
        self.hours = hours
        dials = configuration.dials
        hasShifts = hall.shifts.contains { $0.window != nil }
        lines = Self.lines(of: hall, configuration, on: weekday, hours, skills, hasShifts: hasShifts)
        let served = Set(lines.flatMap(\.services))
        let offers = hall.offers.keys.sorted().compactMap { service -> Bookable? in
            guard let offer = hall.offers[service], offer.places > 0, configuration.services[service] != nil else {
                return nil
            }
            let starts = SlotCalendar.starts(of: offer, in: hours)
            return starts.isEmpty ? nil : Bookable(service: service, offer: offer, starts: starts)
        }
        bookable = offers.filter { served.contains($0.service) }
        unserved = offers.filter { !served.contains($0.service) }
        guard let step = Self.step(bookable.map(\.offer.slotMinutes), hours) else { return nil }
        cells = hours.flatMap { range in
            stride(from: range.start, to: range.end, by: step).map { $0..<min($0 + step, range.end) }
        }

        let belief = HallBelief(configuration: configuration, history: history, weekday: weekday)
        let places = bookable.map { Double($0.offer.places * $0.starts.count) }
        let mix = Dictionary(uniqueKeysWithValues: zip(bookable.map(\.service.rawValue), places))
        var assumed: Scenario.WalkIns?
        if !belief.isLearned {
            assumed = Self.evenWalkIns(
                places.reduce(0, +) * belief.demand.showOdds * assumedShare / (1 - assumedShare), hours, mix,
                belief.demand.dayVariation)
        }
        walkIns = belief.isLearned ? .learned(days: belief.history.days) : .assumed(share: assumedShare)
        var scenario = belief.scenario(
            name: hall.id.rawValue, open: opening * 60, close: closing * 60, lines: lines, walkIns: assumed)
        // Walk-ins for what nobody serves that day cannot be simulated.
        scenario.walkin = scenario.walkin.only(Set(served.map(\.rawValue)))
        scenario.transfers = scenario.transfers.mapValues { next in
            next.filter { served.contains(ServiceID($0.service)) }
        }
        scenario.appt.n = Int(places.reduce(0, +))
        scenario.appt.mix = mix
        scenario.appt.slot = Double(step)
        let taken =
            bookedShare.map { .known(share: $0) }
            ?? HallLoad(scenario, lines, walkInsFollow: !belief.isLearned).booked(bookable.map(\.service))
        let filled = zip(bookable, places).map { $1 * taken.share(of: $0.service) }
        booked = taken
        filledShare = filled.reduce(0, +) / max(1, places.reduce(0, +))
        scenario.appt.mix = Dictionary(uniqueKeysWithValues: zip(bookable.map(\.service.rawValue), filled))
        if !belief.isLearned {
            scenario.walkin.n *= filledShare
            scenario.walkin.mix = scenario.appt.mix
        }
        self.scenario = scenario
    }

    private static func evenWalkIns(
        _ count: Double, _ hours: [TimeRange], _ mix: [String: Double], _ dayVariation: Double
    ) -> Scenario.WalkIns {
        let opening = hours.first?.start ?? 0
        let closing = hours.map(\.end).max() ?? opening + 15
        let bins = max(1, (closing - opening) / 15)
        let length = (closing - opening) / bins
        return Scenario.WalkIns(
            total: count,
            shape: (0..<bins).map { bin in
                let middle = opening + bin * length + length / 2
                return hours.contains { $0.start <= middle && middle < $0.end } ? 1 : 0
            }, mix: mix, dayVariation: dayVariation)
    }

    /// The length of the cells: the shortest slot that gives not too many of them.
    private static func step(_ lengths: [Int], _ hours: [TimeRange]) -> Int? {
        let open = hours.reduce(0) { $0 + $1.minutes }
        return lengths.sorted().first { open / $0 <= cellLimit } ?? lengths.max()
    }

    private static func lines(
        of hall: Hall, _ configuration: HallConfiguration, on weekday: Weekday, _ hours: [TimeRange],
        _ skills: [StaffID: Set<ServiceID>], hasShifts: Bool
    ) -> [DutyLine] {
        func duty(_ ranges: [TimeRange]) -> [Range<Int>] {
            ranges.sorted().flatMap { range in
                hours.map { ($0.start..<$0.end).clamped(to: range.start..<range.end) }.filter { !$0.isEmpty }
                    .map { $0.lowerBound * 60..<$0.upperBound * 60 }
            }
        }
        return hall.windows.flatMap { window -> [DutyLine] in
            let offered = Set(window.services).filter { configuration.services[$0] != nil }
            guard hasShifts else {
                return [DutyLine(window: window.id, services: offered, duty: duty(hours))]
            }
            let shifts = hall.shifts.filter { $0.window == window.id && $0.days.contains(weekday) }
            let byStaff = Dictionary(grouping: shifts, by: \.staff)
            return byStaff.keys.sorted().map { staff in
                DutyLine(
                    window: window.id, staff: staff,
                    services: skills[staff].map { offered.intersection($0) } ?? offered,
                    duty: duty((byStaff[staff] ?? []).flatMap(\.hours)))
            }
        }.filter { !$0.services.isEmpty && !$0.duty.isEmpty }
    }

    /// Whether all that a plan depends on is the same, the weekday's name apart.
    package func isLike(_ other: HallScenario) -> Bool {
        hours == other.hours && lines == other.lines && bookable == other.bookable
            && scenario.walkin.n == other.scenario.walkin.n && scenario.walkin.shape == other.scenario.walkin.shape
            && scenario.walkin.mix == other.scenario.walkin.mix
    }

    /// Windows on duty in a stretch of minutes, on average.
    func windows(in cell: Range<Int>) -> Double {
        let stretch = cell.lowerBound * 60..<cell.upperBound * 60
        let seconds = Dictionary(grouping: lines, by: \.window).values.reduce(0) { sum, lines in
            sum + min(stretch.count, lines.reduce(0) { $0 + $1.seconds(in: stretch) })
        }
        return Double(seconds) / Double(max(1, stretch.count))
    }

    /// How many people the windows with the skill can begin to serve in a stretch of minutes.
    func starts(of service: ServiceID, in slot: Range<Int>) -> Int {
        guard let mean = scenario.services[service.rawValue]?.mean, mean > 0 else { return 0 }
        return zip(lines, scenario.windows).reduce(0) { sum, pair in
            guard let pace = pair.1.skills[service.rawValue].flatMap({ scenario.speed[$0] }) else { return sum }
            let minutes = Double(pair.0.seconds(in: slot.lowerBound * 60..<slot.upperBound * 60)) / 60
            return sum + Int((minutes / (mean * pace)).rounded(.up))
        }
    }
}

extension Scenario.WalkIns {
    /// Without those who want something else.
    fileprivate func only(_ services: Set<String>) -> Self {
        let total = mix.values.reduce(0, +)
        var rest = self
        rest.mix = mix.filter { services.contains($0.key) }
        rest.n *= total > 0 ? rest.mix.values.reduce(0, +) / total : 0
        return rest
    }
}
