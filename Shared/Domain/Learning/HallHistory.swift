#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a hall has learned from its own days: how long services take, who comes when, and how booked people keep their
/// times.
///
/// Sufficient statistics, not events: a day is taken in at its end, in O(m log m) for m tickets, and written into the
/// event that opens the next day, so that every process and every replay knows the same from that event on. Older days
/// fade: after 34 of them a day counts half. What is little known is drawn towards the imported catalogue.
///
/// It holds no citizen's data. Clerks appear with the identifier that every call carries; their speed serves the
/// forecast and the choice of the window, and nothing else.
package struct HallHistory: Sendable, Hashable, Codable {
    /// How many days were learned: the version.
    package private(set) var days = 0
    /// The last of them.
    package private(set) var through: LocalDate
    /// Logarithms of the seconds that a window is taken.
    package private(set) var durations: [ServiceID: Tally] = [:]
    /// What a clerk, and beyond the clerk a window, adds to the logarithm.
    package private(set) var clerks: [StaffID: [ServiceID: Tally]] = [:]
    package private(set) var windows: [WindowID: [ServiceID: Tally]] = [:]
    /// Services left out because their length was surely a mistake: "finish" pressed at once, or forgotten.
    package private(set) var setAside = 0
    /// 1 for who came for a booking, 0 for who did not.
    package private(set) var shows = Tally()
    /// 1 for who came after the booked time, 0 for who came by then; and by how many seconds.
    package private(set) var lateness = Tally()
    package private(set) var lateBy = Tally()
    package private(set) var earlyBy = Tally()
    /// Numbers taken in each quarter of an hour: of all days, and of each weekday.
    package private(set) var arrivals = ArrivalProfile()
    package private(set) var weekdays: [Weekday: ArrivalProfile] = [:]
    /// Squared relative deviation of a day's arrivals from those expected, beyond chance.
    package private(set) var dayVariance = Tally()
    /// Numbers taken for each service, and those of priority groups.
    package private(set) var mix: [ServiceID: Double] = [:]
    package private(set) var priority = Tally()
    /// How often a service was followed by another in the same visit.
    package private(set) var followUps: [ServiceID: [ServiceID: Double]] = [:]
    /// How good the promises were, class by class.
    package private(set) var accuracy: [TicketClass: PromiseAccuracy] = [:]
    /// What makes told waits hold what they claim; `nil` before any was told.
    private var calibrated: WaitCalibration?

    /// What a day's learning leaves of what was known before.
    static let fading = 0.98
    /// A length that differs from the usual by more than this factor is a mistake.
    static let mistake = 6.0
    /// Coefficient of variation of a service time of which nothing is known.
    static let variation = 0.6

    /// How many speeds of clerks are kept, and how many of windows: 60 clerks who each give ten services.
    static let speedLimit = 600

    /// A hall before its first day.
    package init(through day: LocalDate) { through = day }
}

extension HallHistory {
    /// Takes in a day that ends.
    mutating func learn(_ queue: HallQueue, in configuration: HallConfiguration) {
        guard let day = queue.day, let zone = configuration.civilTime else { return }
        // In a fixed order, because sums of floating-point numbers depend on it.
        let tickets = queue.tickets.values.sorted { $0.id < $1.id }
        let came = tickets.filter { $0.arrived != nil }
        guard !came.isEmpty else { return }
        days += 1
        through = day
        fade()
        let forgotten = queue.isDayOpen ? nil : tickets.compactMap(\.endedAt).max()
        learnDurations(
            came.filter { forgotten == nil || $0.outcome != .notApplicable || $0.endedAt != forgotten }
                .flatMap(\.servedLegs), configuration)
        for ticket in tickets where ticket.slot != nil && ticket.state != .withdrawn { learnPunctuality(ticket) }
        for ticket in came { accuracy[ticket.kind, default: PromiseAccuracy()].add(ticket) }
        calibrate(came, zone)
        learnArrivals(came.filter { $0.slot == nil }, on: day, zone)
        keepShort()
    }

    /// The event that carries this has a bound, so has what is kept; digits that mean nothing go.
    private mutating func keepShort() {
        clerks = Self.heaviest(Self.speedLimit, of: clerks)
        windows = Self.heaviest(Self.speedLimit, of: windows)
        for service in durations.keys { durations[service]?.round() }
        for path in [\HallHistory.shows, \.lateness, \.lateBy, \.earlyBy, \.dayVariance, \.priority] {
            self[keyPath: path].round()
        }
        for kind in accuracy.keys { accuracy[kind]?.round() }
        mix = mix.mapValues(\.inTenThousandths)
        followUps = followUps.mapValues { $0.mapValues(\.inTenThousandths) }
    }

    /// The best known speeds, at most so many.
    private static func heaviest<Key: Comparable>(
        _ limit: Int, of speeds: [Key: [ServiceID: Tally]]
    ) -> [Key: [ServiceID: Tally]] {
        var all: [(key: Key, service: ServiceID, tally: Tally)] = []
        for (key, services) in speeds {
            for (service, tally) in services {
                var tally = tally
                tally.round()
                all.append((key, service, tally))
            }
        }
        all.sort { ($1.tally.weight, $0.key, $0.service) < ($0.tally.weight, $1.key, $1.service) }
        var kept: [Key: [ServiceID: Tally]] = [:]
        for entry in all.prefix(limit) { kept[entry.key, default: [:]][entry.service] = entry.tally }
        return kept
    }

    private mutating func fade() {
        let factor = Self.fading
        for key in durations.keys { durations[key]?.fade(by: factor) }
        for key in clerks.keys { for service in (clerks[key] ?? [:]).keys { clerks[key]?[service]?.fade(by: factor) } }
        for key in windows.keys {
            for service in (windows[key] ?? [:]).keys { windows[key]?[service]?.fade(by: factor) }
        }
        // Who has not been seen for long is forgotten, so that this stays as small as the hall.
        clerks = clerks.mapValues { $0.filter { $1.weight >= 0.5 } }.filter { !$1.isEmpty }
        windows = windows.mapValues { $0.filter { $1.weight >= 0.5 } }.filter { !$1.isEmpty }
        durations = durations.filter { $1.weight >= 0.05 }
        shows.fade(by: factor)
        lateness.fade(by: factor)
        lateBy.fade(by: factor)
        earlyBy.fade(by: factor)
        dayVariance.fade(by: factor)
        priority.fade(by: factor)
        for kind in accuracy.keys { accuracy[kind]?.fade(by: factor) }
        mix = mix.mapValues { $0 * factor }.filter { $1 >= 0.05 }
        followUps = followUps.mapValues { $0.mapValues { $0 * factor }.filter { $1 >= 0.05 } }.filter { !$1.isEmpty }
    }

    private mutating func learnDurations(_ legs: [ServedLeg], _ configuration: HallConfiguration) {
        let byService = Dictionary(grouping: legs, by: \.service)
        for service in byService.keys.sorted() {
            guard let given = byService[service] else { continue }
            let belief = logarithm(of: service, in: configuration)
            let logs = given.map { log($0.seconds) }.sorted()
            let usual = logs.count >= 5 ? logs[logs.count / 2] : belief.mean
            let kept = given.filter { abs(log($0.seconds) - usual) <= log(Self.mistake) }
            setAside += given.count - kept.count
            for leg in kept { durations[service, default: Tally()].add(log(leg.seconds)) }
            // What was really seen, not what is believed: a wrong belief of the service is no clerk's doing.
            let center = durations[service]?.mean ?? belief.mean
            for leg in kept {
                let beyond = log(leg.seconds) - center
                let clerk = clerkEffect(leg.staff, service)
                clerks[leg.staff, default: [:]][service, default: Tally()].add(beyond)
                windows[leg.window, default: [:]][service, default: Tally()].add(beyond - clerk)
                if let next = leg.next { followUps[service, default: [:]][next, default: 0] += 1 }
            }
        }
    }

    private mutating func learnPunctuality(_ ticket: Ticket) {
        guard let slot = ticket.slot else { return }
        shows.add(ticket.arrived == nil ? 0 : 1)
        guard let arrived = ticket.arrived else { return }
        let late = arrived.seconds(since: slot)
        lateness.add(late > 0 ? 1 : 0)
        // Beyond the bounds of a visit it says nothing of the habit.
        if late > 0 { lateBy.add(min(late, 2400)) } else { earlyBy.add(min(-late, 2400)) }
    }

    /// In the order of the calls.
    private mutating func calibrate(_ came: [Ticket], _ zone: TimeZoneRules) {
        var calibration = calibration
        let called = came.compactMap { ticket in ticket.firstCalledAt.map { (ticket, $0) } }
            .sorted { ($0.1, $0.0.id) < ($1.1, $1.0.id) }
        for (ticket, moment) in called {
            guard let quoted = ticket.quoted, let arrived = ticket.arrived else { continue }
            let person = WaitCalibration.Case(
                kind: ticket.kind, arrival: arrived, service: ticket.legs.first?.service ?? ticket.service, zone)
            calibration.learn(quoted, for: person, actual: moment.seconds(since: arrived))
        }
        if calibration != WaitCalibration() { calibrated = calibration }
    }

    private mutating func learnArrivals(_ walkIns: [Ticket], on day: LocalDate, _ zone: TimeZoneRules) {
        var quarters = [Double](repeating: 0, count: ArrivalProfile.quarters)
        for ticket in walkIns {
            guard let arrived = ticket.arrived else { continue }
            quarters[min(quarters.count - 1, max(0, zone.minuteOfDay(at: arrived) / 15))] += 1
            let first = ticket.legs.first?.service ?? ticket.service
            mix[first, default: 0] += 1
            priority.add(ticket.kind == .priority ? 1 : 0)
        }
        let expected = profile(of: day.weekday).reduce(0, +)
        if expected >= 5 {
            let relative = Double(walkIns.count) / expected - 1
            dayVariance.add(max(0, relative * relative - 1 / expected))
        }
        arrivals.add(quarters, fading: Self.fading)
        weekdays[day.weekday, default: ArrivalProfile()].add(quarters, fading: Self.fading)
    }
}

// MARK: - What is believed

extension HallHistory {
    /// Mean and variance of the logarithm of a service's seconds.
    private func logarithm(of service: ServiceID, in configuration: HallConfiguration) -> (
        mean: Double, variance: Double
    ) {
        let variance = log(1 + Self.variation * Self.variation)
        let minutes = configuration.services[service]?.meanMinutes ?? 10
        let belief = log(max(6, minutes * 60)) - variance / 2
        let tally = durations[service] ?? Tally()
        return (
            tally.mean(towards: belief, strength: 12), tally.variance(towards: variance, strength: 12)
        )
    }

    /// How long a service takes.
    package func serviceTime(_ service: ServiceID, in configuration: HallConfiguration) -> ServiceTime {
        let (mean, variance) = logarithm(of: service, in: configuration)
        return ServiceTime(
            mean: exp(mean + variance / 2), variation: min(2, max(0.15, (exp(variance) - 1).squareRoot())))
    }

    private func clerkEffect(_ staff: StaffID, _ service: ServiceID) -> Double {
        clerks[staff]?[service]?.mean(towards: 0, strength: 20) ?? 0
    }

    /// The time that a service takes at a window with a clerk, by the time that it takes on average.
    package func pace(of service: ServiceID, at window: WindowID, by staff: StaffID) -> Double {
        let beyond = windows[window]?[service]?.mean(towards: 0, strength: 40) ?? 0
        return exp(min(0.7, max(-0.7, clerkEffect(staff, service) + beyond)))
    }

    /// The time that a clerk needs for a service, by the time that it takes on average.
    package func pace(of service: ServiceID, by staff: StaffID) -> Double { exp(clerkEffect(staff, service)) }

    /// Numbers taken in each quarter of an hour of such a day; empty before anything was learned.
    package func profile(of weekday: Weekday) -> [Double] {
        guard arrivals.weight > 0 else { return [] }
        let own = weekdays[weekday] ?? ArrivalProfile()
        // Three days of all kinds count as much as one own of each quarter.
        return zip(own.mean, arrivals.mean).map { (own.weight * $0 + 3 * $1) / (own.weight + 3) }
    }

    /// What makes told waits hold what they claim.
    package var calibration: WaitCalibration { calibrated ?? WaitCalibration() }

    package var showOdds: Double { shows.mean(towards: 0.88, strength: 20) }

    /// Odds of coming late among those who come for a booking, and the mean seconds of coming late and early.
    package var punctuality: (lateOdds: Double, lateMean: Double, earlyMean: Double) {
        (
            lateness.mean(towards: 0.1, strength: 20), lateBy.mean(towards: 420, strength: 10),
            earlyBy.mean(towards: 540, strength: 10)
        )
    }

    /// What is known of who will come on such a day; times count from midnight.
    package func demand(on weekday: Weekday, services: [ServiceID]) -> DemandModel {
        var demand = DemandModel()
        demand.bin = 900
        demand.rates = profile(of: weekday).map { $0 / 900 }
        demand.dayVariation = dayVariance.mean(towards: 0.04, strength: 5).squareRoot()
        let total = services.reduce(0) { $0 + (mix[$1] ?? 0) }
        // Without a service to want, nobody comes.
        if total > 0 { demand.mix = services.map { (mix[$0] ?? 0) / total } } else { demand.rates = [] }
        demand.priorityShare = priority.mean(towards: 0.05, strength: 20)
        demand.showOdds = showOdds
        let (lateOdds, lateMean, earlyMean) = punctuality
        demand.setPunctuality(lateOdds: lateOdds, lateMean: lateMean, earlyMean: earlyMean)
        return demand
    }

    /// The odds that a service is followed by another.
    package func followUps(of service: ServiceID, services: [ServiceID]) -> [HallModel.FollowUp] {
        guard let known = followUps[service] else { return [] }
        let visits = (durations[service]?.weight ?? 0) + 10
        return services.enumerated().compactMap { number, next in
            known[next].map { HallModel.FollowUp(service: number, odds: min(0.9, $0 / visits)) }
        }
    }
}

/// Mean numbers taken in the quarters of an hour of a day.
package struct ArrivalProfile: Sendable, Hashable, Codable {
    static let quarters = 96
    /// How many days are in it, the older the less.
    package private(set) var weight = 0.0
    /// From the first quarter that has somebody.
    private var first = 0
    private var means: [Double] = []

    package init() {}

    package var mean: [Double] {
        var all = [Double](repeating: 0, count: Self.quarters)
        for (offset, value) in means.enumerated() where first + offset < all.count { all[first + offset] = value }
        return all
    }

    mutating func add(_ quarters: [Double], fading: Double) {
        weight = (weight * fading + 1).inTenThousandths
        // Ten-thousandths are enough, and keep the text of it short.
        let all = zip(mean, quarters).map { ($0 + ($1 - $0) / weight).inTenThousandths }
        first = all.firstIndex { $0 > 0 } ?? 0
        means = Array(all[first...(all.lastIndex { $0 > 0 } ?? first)])
    }
}
