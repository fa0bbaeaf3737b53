import Synchronization

/// A hall's configuration and open windows in the numbers of the engine.
struct NumberedHall: Sendable {
    let services: [ServiceID]
    let windows: [WindowID]
    let model: HallModel
    /// What it was made from.
    let configuration: HallConfiguration
    let open: [WindowID: OpenWindow]
    let learned: Learned
    /// Who will come, with times from midnight.
    let demand: DemandModel

    struct OpenWindow: Sendable, Hashable {
        var staff: StaffID
        var services: [ServiceID]
    }

    /// Which history, for which day.
    struct Learned: Sendable, Hashable {
        var day: LocalDate?
        var through: LocalDate?
        var days: Int
    }

    func serviceNumber(of service: ServiceID) -> Int? {
        let place = services.partitioningIndex { $0 >= service }
        return place < services.count && services[place] == service ? place : nil
    }

    func windowNumber(of window: WindowID) -> Int? { windows.firstIndex(of: window) }

    /// A service with what its window then goes on with. When it is not known which that will be, the one with the
    /// fewest services is taken.
    func stretch(of standing: Ticket.Standing, from first: Int, at window: Int? = nil) -> Stretch {
        let narrowest = model.skills.indices.filter { model.pace($0, first) > 0 }
            .min { model.skills[$0].count < model.skills[$1].count }
        guard let window = window ?? narrowest else { return Stretch(service: first, given: [services[first]]) }
        let here = model.skills[window].map { services[$0] }
        return Stretch(service: first, given: standing.oneGo(from: services[first], at: here))
    }

    /// The time at speed 1 of all that is given in a stretch [s]; `nil` when it is one service.
    func hint(of stretch: Stretch) -> Double? {
        guard stretch.given.count > 1 else { return nil }
        return stretch.given.reduce(0) { $0 + (serviceNumber(of: $1).map { model.services[$0].mean } ?? 0) }
    }

    /// The model with the follow-ups of a moment.
    func model(followUps: [[HallModel.FollowUp]]) -> HallModel {
        HallModel(
            open: model.open, services: model.services, followUps: followUps, windows: model.windows, dials: model.dials
        )
    }
}

/// What a window gives somebody without letting the person wait again.
struct Stretch {
    /// The first of it.
    var service: Int
    /// All of it; empty for a visit of one service.
    var given: [ServiceID]
}

/// The models of halls, made once for a configuration and a set of open windows.
final class HallModels: Sendable {
    private let known = Mutex<[HallID: NumberedHall]>([:])

    /// - Parameter all: also the windows that nobody has open, at the pace of nobody in particular; made anew each time.
    func model(of queue: HallQueue, _ configuration: HallConfiguration, all: Bool = false) -> NumberedHall {
        let open = queue.windows.mapValues { NumberedHall.OpenWindow(staff: $0.staff, services: $0.services) }
        let history = queue.history
        let learned = NumberedHall.Learned(day: queue.day, through: history?.through, days: history?.days ?? 0)
        let present = known.withLock { $0[configuration.hall] }
        let isSameDay = present?.configuration == configuration && present?.learned == learned
        if let present, isSameDay, present.open == open, !all { return present }
        let services = configuration.services.keys.sorted()
        let names = all ? Set(open.keys).union(configuration.windows.keys) : Set(open.keys)
        let windows = names.sorted { TicketNumber.precedes($0.rawValue, $1.rawValue) }
        let before = isSameDay ? present : nil
        let belief = history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
        let model = HallModel(
            open: 0,
            services: before?.model.services ?? services.map { belief.serviceTime($0, in: configuration) },
            followUps: services.map { belief.followUps(of: $0, services: services) },
            windows: windows.map { window in
                let skills = Set(open[window]?.services ?? configuration.windows[window] ?? [])
                return HallModel.Window(
                    pace: services.map { service in
                        guard skills.contains(service) else { return 0 }
                        return open[window].map { belief.pace(of: service, at: window, by: $0.staff) } ?? 1
                    })
            },
            dials: configuration.dials)
        let made = NumberedHall(
            services: services, windows: windows, model: model, configuration: configuration, open: open,
            learned: learned,
            demand: before?.demand ?? belief.demand(on: queue.day?.weekday ?? .monday, services: services))
        if !all { known.withLock { $0[configuration.hall] = made } }
        return made
    }
}

extension [ServiceID] {
    /// The first place whose element fulfils the condition, in a partitioned array.
    fileprivate func partitioningIndex(where belongs: (ServiceID) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
