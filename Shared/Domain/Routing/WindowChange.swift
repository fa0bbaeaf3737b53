/// What an operator can change of a hall's windows while it is open.
package enum WindowChange: Sendable, Hashable {
    /// A closed window opens for so many seconds.
    case open(window: Int, seconds: Int)
    /// A window that would close stays open for so many seconds more.
    case extend(window: Int, seconds: Int)
    /// A window closes once it is free, until somebody opens it.
    case close(window: Int)
    /// A window rests once it is free, for so many seconds.
    case pause(window: Int, seconds: Int)
    /// A window serves one service more; `pace` as in `HallModel.Window`.
    case addSkill(window: Int, service: Int, pace: Double)

    package var window: Int {
        switch self {
        case .open(let window, _), .extend(let window, _), .close(let window), .pause(let window, _),
            .addSkill(let window, _, _):
            window
        }
    }
}

extension HallFloor {
    /// Longer than a day: a rest that does not end.
    static let forever = 86_400

    /// The hall as far as it may be known from now on, with the change carried out, for a roll to start from.
    ///
    /// Rests that have been are gone, closing is a rest without end, and an outage ends after `outage` seconds more,
    /// because nobody knows when it will. O(w · r) for w windows with r rests each.
    func foreseen(with change: WindowChange? = nil, outage: Int) -> HallFloor {
        var models = hall.windows
        var states = windows
        for index in states.indices {
            let rests = hall.windows[index].rests
            let next = states[index].nextRest
            models[index].rests = rests[min(next, rests.count)...].filter(\.isPlanned)
            if states[index].doing == .away, !states[index].isClosed, next > 0, !rests[next - 1].isPlanned {
                states[index].until = now + outage
            }
        }
        if let change { Self.carryOut(change, &states[change.window], &models[change.window], at: now) }
        for index in states.indices {
            if states[index].closesAt != .max {
                models[index].rests.append(HallModel.Rest(start: states[index].closesAt, length: Self.forever))
            }
            models[index].rests.sort { ($0.start, $0.length) < ($1.start, $1.length) }
            states[index].nextRest = 0
        }
        var floor = HallFloor(
            hall: HallModel(
                open: hall.open, services: hall.services, followUps: hall.followUps, windows: models,
                dials: hall.dials.withPlainCost),
            now: now)
        floor.windows = states
        floor.waiting = waiting
        floor.idle = states.count { $0.doing == .idle }
        return floor
    }

    private static func carryOut(
        _ change: WindowChange, _ state: inout Window, _ model: inout HallModel.Window, at now: Int
    ) {
        switch change {
        case .open(_, let seconds):
            guard state.isClosed else { return }
            state.closesAt = now + seconds
            state.doing = .idle
            state.since = now
        case .extend(_, let seconds):
            state.closesAt += seconds
        case .close:
            state.closesAt = now
            if state.doing == .idle {
                state.doing = .away
                state.until = .max
            }
        case .pause(_, let seconds):
            if state.doing == .idle {
                state.doing = .away
                state.until = now + seconds
            } else {
                model.rests.append(HallModel.Rest(start: now, length: seconds))
            }
        case .addSkill(_, let service, let pace):
            model.pace[service] = pace
        }
    }

    /// Whether at some moment until `end` nobody on duty has a skill that somebody on duty has on the `other` floor, as far
    /// as it is known now. O(m · w · s) for m rests of w windows with s services.
    func leavesUnserved(whatIsServedOn other: HallFloor, until end: Int) -> Bool {
        let starts = hall.windows.flatMap(\.rests).map(\.start).filter { $0 > now && $0 < end }
        return ([now] + starts).contains { moment in
            hall.services.indices.contains { !serves($0, at: moment) && other.serves($0, at: moment) }
        }
    }

    private func serves(_ service: Int, at moment: Int) -> Bool {
        windows.indices.contains { hall.pace($0, service) > 0 && isOnDuty($0, at: moment) }
    }

    private func isOnDuty(_ index: Int, at moment: Int) -> Bool {
        let window = windows[index]
        if window.doing == .away, window.until > moment { return false }
        return !hall.windows[index].rests.contains { $0.start <= moment && moment < $0.start + $0.length }
    }
}

extension RoutingDials {
    /// With what people lose by waiting as the only cost: J, without what the look-ahead adds to it.
    var withPlainCost: RoutingDials {
        var plain = self
        plain.punctuality = 0
        plain.priorityCost = 1
        plain.appointmentStrictness = 1
        plain.priorityStrictness = 1
        return plain
    }
}
