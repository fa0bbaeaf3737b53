/// Advises the operator of a hall on its windows, from the queue as it stands.
///
/// It remembers what it advised, so that advice does not flap: one for each hall, asked again and again through the day.
/// Costs what `WindowAdvisor` states, for the windows that are closed or paused and, of those that are open, all.
package struct HallAdviser: Sendable {
    /// A piece of advice with the hall's own names.
    package struct Advice: Sendable, Hashable {
        package enum Change: Sendable, Hashable {
            /// Nobody is at the window.
            case open(minutes: Int)
            /// The clerk has paused it.
            case resume
            case close
            case pause(minutes: Int)
        }

        package var window: WindowID
        package var change: Change
        /// Clerk-minutes spent; negative: set free.
        package var clerkMinutes: Double
        /// Minutes of waiting saved until the end of the horizon; negative: added.
        package var minutesSaved: Double
        package var meanBefore: Double
        package var meanAfter: Double
        /// The service whose people gain most.
        package var helped: ServiceID?
    }

    private var advisor: WindowAdvisor?
    private var day: LocalDate?

    package init() {}

    /// What is worth changing now, the most worth first; nothing when nothing is.
    package mutating func advise(
        on queue: HallQueue, at now: Timestamp, configuration: HallConfiguration, policy: EnginePolicy
    ) -> [Advice] {
        guard queue.isDayOpen, let today = queue.day else { return [] }
        let hall = policy.models.model(of: queue, configuration, all: true)
        let picture = QueuePicture(of: queue, hall: hall, at: now, configuration)
        var settings = WindowAdvisor.Settings()
        settings.price = configuration.dials.clerkMinutePrice
        let demand = picture.demand.atPace(of: queue, services: hall.services, now: now)
        if day != today || advisor?.settings != settings {
            day = today
            advisor = WindowAdvisor(
                demand: demand, settings: settings,
                random: CounterRandom(UInt64(bitPattern: Int64(today.daysSinceEpoch))))
        }
        advisor?.demand = demand
        var options = WindowAdvisor.Options()
        for (number, id) in hall.windows.enumerated() {
            guard let state = queue.windows[id], state.isOpen else {
                options.reserve.append(number)
                continue
            }
            options.sparing.append(number)
        }
        let advice =
            advisor?.advise(
                picture.floor, announced: picture.announced, walkIns: queue.walkInCount, options: options) ?? []
        return advice.compactMap { one in
            let id = hall.windows[one.change.window]
            let change: Advice.Change
            switch one.change {
            case .open(_, let seconds): change = queue.windows[id] == nil ? .open(minutes: seconds / 60) : .resume
            case .close: change = .close
            case .pause(_, let seconds): change = .pause(minutes: seconds / 60)
            case .extend, .addSkill: return nil
            }
            return Advice(
                window: id, change: change, clerkMinutes: one.clerkMinutes, minutesSaved: one.minutes,
                meanBefore: one.meanBefore, meanAfter: one.meanAfter,
                helped: one.helped.first.map { hall.services[$0.service] })
        }
    }
}
