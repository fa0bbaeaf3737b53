/// Advises an operator to open, keep, close or pause windows, or to let one serve a further service.
///
/// Each change is rolled forward from the hall as it is, on the same sampled futures as the hall without it (common random
/// numbers), under the index that calls. It is worth advice when what it saves exceeds a price for each clerk-minute, by
/// more than chance. What has been advised stays advised until it is clearly no longer worth it, and a window that was
/// changed is left alone for a while, so that advice does not flap.
///
/// Costs `samples` · (changes + 1) rolls of `horizon`.
package struct WindowAdvisor: Sendable {
    package struct Settings: Sendable, Hashable {
        package var samples = 24
        /// How far the futures are rolled [s]: as long as a backlog may last, for whom nobody serves now is in the way of all
        /// who come before it is gone.
        package var horizon = 10_800
        /// Cost of waiting (see `WaitingCost`) that a clerk-minute has to save.
        package var price = RoutingDials().clerkMinutePrice
        /// A change under way is kept, and advice repeated, down to this share of the price.
        package var keepShare = 0.8
        /// A window may be closed or paused when a clerk-minute set free costs people less than this share of the price.
        package var spareShare = 0.1
        /// How many standard errors a gain has to exceed zero by (1.645: one-sided 95 %).
        package var confidence = 1.645
        /// For how long a window is opened or kept [s].
        package var block = 1800
        /// For how long a window is paused [s].
        package var pause = 1800
        /// What letting a window serve a further service costs its clerk [min].
        package var switching = 5.0
        /// How long a changed window is left alone [s].
        package var rest = 1200
        /// How long before a window would close it is asked whether to keep it [s].
        package var notice = 300
        /// How much longer an outage is expected to last [s].
        package var outage = 2700
        package init() {}
    }

    /// What may be changed.
    package struct Options: Sendable, Hashable {
        /// Windows that may be opened when they are closed, and kept when they would close.
        package var reserve: [Int] = []
        /// Windows that may be closed or paused.
        package var sparing: [Int] = []
        /// Skills that may be added.
        package var skills: [WindowChange] = []

        package init(reserve: [Int] = [], sparing: [Int] = [], skills: [WindowChange] = []) {
            self.reserve = reserve
            self.sparing = sparing
            self.skills = skills
        }
    }

    package let settings: Settings
    /// Who may come, as it is known now.
    package var demand: DemandModel
    private let order: Rollout.Order
    private let random: CounterRandom
    /// When each window was last changed.
    private var changed: [Int: Int] = [:]
    /// What was advised last.
    private var standing: Set<WindowChange> = []

    /// - Parameter order: in which the hall calls.
    package init(
        demand: DemandModel, order: Rollout.Order = .index, settings: Settings = Settings(), random: CounterRandom
    ) {
        self.order = order
        self.demand = demand
        self.settings = settings
        self.random = random
    }

    /// The operator followed the advice, or changed a window without it.
    package mutating func carriedOut(_ change: WindowChange, at now: Int) {
        changed[change.window] = now
        standing = []
    }

    /// What is worth changing now, the most worth first; nothing when nothing is. Each piece is meant alone: after one is
    /// carried out, ask again.
    ///
    /// - Parameters:
    ///   - announced: who is booked or under way and not there, by time.
    ///   - walkIns: how many walk-ins have come today.
    package mutating func advise(
        _ floor: HallFloor, announced: [Announced], walkIns: Int, options: Options
    ) -> [WindowAdvice] {
        let changes = candidates(on: floor, options)
        guard !changes.isEmpty else {
            standing = []
            return []
        }
        let advice = estimate(changes, on: floor, announced: announced, walkIns: walkIns).filter(isWorthIt)
        var best: [Int: WindowAdvice] = [:]
        for one in advice where best[one.change.window].map({ net($0) < net(one) }) ?? true {
            best[one.change.window] = one
        }
        standing = Set(best.values.map(\.change))
        return best.values.sorted { (net($0), $1.change.window) > (net($1), $0.change.window) }
    }

    /// What is saved beyond what the clerk-minutes are worth.
    private func net(_ advice: WindowAdvice) -> Double {
        advice.saving - settings.price * (advice.clerkMinutes < 0 ? settings.spareShare : 1) * advice.clerkMinutes
    }

    private func isWorthIt(_ advice: WindowAdvice) -> Bool {
        var bar = settings.price
        if standing.contains(advice.change) { bar *= settings.keepShare }
        switch advice.change {
        case .open, .addSkill: break
        case .extend: bar = settings.price * settings.keepShare
        case .close, .pause:
            // Sure, up to chance, to cost less than the clerk's time may cost.
            let loss = -advice.saving + settings.confidence * advice.error
            let share = standing.contains(advice.change) ? 1 / settings.keepShare : 1
            return loss < settings.price * settings.spareShare * share * -advice.clerkMinutes
        }
        return advice.saving > settings.confidence * advice.error && advice.saving > bar * advice.clerkMinutes
    }

    // MARK: What could be changed

    private func candidates(on floor: HallFloor, _ options: Options) -> [WindowChange] {
        var changes: [WindowChange] = []
        var seen: Set<[Double]> = []
        for window in options.reserve {
            let state = floor.windows[window]
            if state.isClosed, isRested(window, at: floor.now) {
                // Of closed windows with the same skills, one.
                guard seen.insert(floor.hall.windows[window].pace).inserted else { continue }
                changes.append(.open(window: window, seconds: settings.block))
            } else if !state.isClosed, state.closesAt != .max, state.closesAt - floor.now <= settings.notice,
                state.closesAt >= floor.now
            {
                changes.append(.extend(window: window, seconds: settings.block))
            }
        }
        let end = floor.now + settings.horizon
        // Nobody counts on a window that has failed to come back.
        let known = floor.foreseen(outage: settings.horizon)
        for window in options.sparing {
            guard floor.windows[window].doing != .away, floor.windows[window].closesAt == .max,
                isRested(window, at: floor.now)
            else { continue }
            changes += [.close(window: window), .pause(window: window, seconds: settings.pause)].filter {
                !floor.foreseen(with: $0, outage: settings.horizon).leavesUnserved(whatIsServedOn: known, until: end)
            }
        }
        return changes
            + options.skills.filter {
                if case .addSkill(let window, let service, _) = $0 {
                    return floor.hall.pace(window, service) == 0 && !floor.windows[window].isClosed
                        && isRested(window, at: floor.now)
                }
                return false
            }
    }

    private func isRested(_ window: Int, at now: Int) -> Bool {
        changed[window].map { now - $0 >= settings.rest } ?? true
    }

    // MARK: What it would be worth

    /// Every change against none, on the same futures. Who is hopelessly behind after a third of the samples is rolled no
    /// further.
    func estimate(
        _ changes: [WindowChange], on floor: HallFloor, announced: [Announced], walkIns: Int
    ) -> [WindowAdvice] {
        let end = floor.now + settings.horizon
        let base = Rolled(floor.foreseen(outage: settings.outage), order)
        var others = changes.map { Rolled(floor.foreseen(with: $0, outage: settings.outage), order) }
        let own = random.branch(floor.now)
        let prospect = Prospect(
            demand: demand, announced: announced, walkIns: walkIns, at: floor.now, until: end, base.floor.hall)
        var people = 0.0
        var minutes = 0.0
        for sample in 0..<settings.samples {
            let future = own.branch(sample)
            let cost = base.roll(future, prospect, until: end)
            let waits = base.rollout.waits
            people += Double(base.rollout.people)
            minutes += waits.reduce(0, +)
            for index in others.indices where others[index].isRacing {
                others[index].add(future, prospect, until: end, than: cost, waits)
                if sample + 1 == max(8, settings.samples / 3), case .open = changes[index] {
                    let clerkMinutes = clerkMinutes(of: changes[index], on: floor, until: end)
                    let gain = others[index].gain
                    others[index].isRacing =
                        gain.mean + 2 * gain.error > settings.price * settings.keepShare * clerkMinutes
                }
            }
        }
        return zip(changes, others).map { change, rolled in
            advice(
                change, rolled, on: floor, until: end, people: people / Double(settings.samples),
                minutes: minutes / Double(settings.samples))
        }
    }

    private func advice(
        _ change: WindowChange, _ rolled: Rolled, on floor: HallFloor, until end: Int, people: Double, minutes: Double
    ) -> WindowAdvice {
        let saved = rolled.saved.map { $0 / rolled.gain.count }
        let total = saved.reduce(0, +)
        let standings = Standing.allCases
        let helped = saved.indices.compactMap { index in
            saved[index] < 1
                ? nil
                : WindowAdvice.Helped(
                    service: index / standings.count, standing: standings[index % standings.count],
                    minutes: saved[index])
        }
        return WindowAdvice(
            change: change, until: end, clerkMinutes: clerkMinutes(of: change, on: floor, until: end),
            saving: rolled.gain.mean, error: rolled.gain.error, minutes: total,
            meanBefore: minutes / max(1, people), meanAfter: (minutes - total) / max(1, people),
            helped: helped.sorted { ($0.minutes, $1.service) > ($1.minutes, $0.service) })
    }

    private func clerkMinutes(of change: WindowChange, on floor: HallFloor, until end: Int) -> Double {
        switch change {
        case .open(_, let seconds), .extend(_, let seconds): Double(seconds) / 60
        // Nobody works on after closing whom advice could spare.
        case .close: -Double(max(0, min(end, demand.closes) - floor.now)) / 60
        case .pause(_, let seconds): -Double(max(0, min(seconds, demand.closes - floor.now))) / 60
        case .addSkill: settings.switching
        }
    }

    /// A floor rolled on futures, and what it saves.
    private struct Rolled {
        let floor: HallFloor
        let rollout: Rollout
        var gain = PairedGain()
        /// Minutes saved, summed over the samples, by service and standing.
        var saved: [Double] = []
        var isRacing = true

        init(_ floor: HallFloor, _ order: Rollout.Order) {
            self.floor = floor
            rollout = Rollout(hall: floor.hall, order: order, countsWaits: true)
            rollout.load(floor)
            saved = Array(repeating: 0, count: floor.hall.services.count * Standing.allCases.count)
        }

        func roll(_ future: CounterRandom, _ prospect: Prospect, until end: Int) -> Double {
            rollout.draw(future, prospect, until: end)
            return rollout.roll(until: end)
        }

        mutating func add(
            _ future: CounterRandom, _ prospect: Prospect, until end: Int, than cost: Double, _ waits: [Double]
        ) {
            gain.add(cost - roll(future, prospect, until: end))
            for index in saved.indices { saved[index] += waits[index] - rollout.waits[index] }
        }
    }
}
