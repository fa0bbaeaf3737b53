import Synchronization

/// The queue engine: the due-date index under the promise guard, with look-ahead.
///
/// Pure like every policy: what it samples depends on the position of the queue's last event alone, so that a replay of
/// the log chooses the same. It keeps the tables of a hall's services between calls; they are made from the
/// configuration and change no result.
///
/// Who waits for several services is one person in its picture, with one leg of the itinerary: at the window for which
/// it chooses, the leg with the largest index there; elsewhere, the leg that most likely comes first, which is the one
/// with the fewest waiting for each open window that serves it. Legs that the window then goes on with lengthen its
/// work. For legs for which people will wait again the sampled futures have odds only, see `VisitFlow`.
///
/// A decision costs what `LookAheadRule` states, with one window to choose for; a promise what `PromiseGuard` states; a
/// forecast what `HallForecaster` states.
package struct EnginePolicy: RoutingPolicy {
    package let name = "engine"
    private let dials: RoutingDials
    private let models = HallModels()
    /// How many futures a forecast rolls for a short line.
    private let samples: Int

    package init(dials: RoutingDials = RoutingDials(), samples: Int = 60) {
        self.dials = dials
        self.samples = samples
    }

    package func choose(
        for window: WindowID, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> RoutingDecision? {
        let hall = models.model(of: queue, configuration, dials)
        guard let number = hall.windowNumber(of: window), let services = queue.windows[window]?.services else {
            return nil
        }
        var picture = QueuePicture(of: queue, hall: hall, at: now, configuration, choosing: number)
        picture.floor.makeIdle(number)
        var rule = LookAheadRule(
            hall: picture.floor.hall, random: picture.random, demand: picture.demand, announced: picture.announced,
            walkIns: queue.walkInCount)
        guard let (choice, byIndex) = rule.best(for: number, on: picture.floor) else { return nil }
        let ticket = picture.waiting[choice.place]
        let open = picture.floor.waiting.indices.filter {
            hall.model.pace(number, picture.floor.waiting[$0].service) > 0
        }
        let isDueFirst = !open.contains {
            picture.floor.waiting[$0].due < picture.floor.waiting[choice.place].due
        }
        let reason: RoutingReason.Rule =
            if picture.floor.waiting[choice.place].promisedBy <= picture.floor.now {
                .promise
            } else if isDueFirst {
                .due
            } else {
                choice == byIndex ? .urgency : .lookAhead
            }
        return RoutingDecision(
            ticket: ticket.id, service: hall.services[picture.floor.waiting[choice.place].service],
            reason: RoutingReason(
                rule: reason, due: ticket.due, waitedSeconds: ticket.waitedSeconds(at: now), candidates: open.count),
            overtook: queue.overtaken(by: ticket, for: services))
    }

    package func promise(
        to arrival: QueueArrival, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> ArrivalPromise {
        let hall = models.model(of: queue, configuration, dials)
        let picture = QueuePicture(of: queue, hall: hall, at: now, configuration)
        guard let service = picture.quickest(of: arrival.services.compactMap(hall.serviceNumber)) else {
            return ArrivalPromise()
        }
        let standing = Standing(arrival.kind)
        let due = picture.seconds(arrival.due)
        var person = Waiting(
            person: picture.waiting.count, service: service, standing: standing, joined: picture.floor.now,
            arrived: picture.floor.now, due: due + Self.headStart(of: arrival.kind, configuration))
        person.isBooked = arrival.slot != nil
        person.isPriority = arrival.kind == .priority
        person.slot = arrival.slot.map(picture.seconds) ?? 0
        person.weight = hall.model.weight(standing: standing, service: service, hint: nil)
        var promises = PromiseGuard(random: picture.random)
        person.promisedBy = promises.promise(to: person, on: picture.floor)
        return ArrivalPromise(
            promisedBy: arrival.due.advanced(seconds: Int64(person.promisedBy - due)),
            quoted: quote(person, of: queue, picture, hall))
    }

    /// The wait that somebody who comes now is told; `nil` while no open window serves the service, and when the roll does
    /// not come to an end.
    private func quote(
        _ person: Waiting, of queue: HallQueue, _ picture: QueuePicture, _ hall: NumberedHall
    ) -> QuotedWait? {
        let isServed = queue.windows.values.contains {
            $0.isOpen && hall.model.pace(hall.windowNumber(of: $0.id) ?? 0, person.service) > 0
        }
        guard isServed else { return nil }
        var settings = HallForecaster.Settings()
        // One number is taken after the other in a rush: a long line gets fewer samples, so that the cost stays bounded.
        settings.samples = max(16, min(samples, 1500 / max(1, picture.waiting.count)))
        let forecaster = HallForecaster(hall: picture.floor.hall, demand: picture.demand, settings: settings)
        let waits = forecaster.forecast(
            of: [person], on: picture.floor, announced: picture.announced, walkIns: queue.walkInCount,
            random: picture.random)
        guard let wait = waits.first, wait.median < Double(picture.floor.now + settings.horizon) else { return nil }
        func seconds(_ odds: Double) -> Int { Int((wait.quantile(odds) - Double(picture.floor.now)).rounded()) }
        return QuotedWait(low: seconds(0.1), expected: seconds(0.5), high: seconds(0.9))
    }

    /// By how many seconds a class is due before its arrival: the engine weighs the class instead.
    fileprivate static func headStart(of kind: TicketClass, _ configuration: HallConfiguration) -> Int {
        kind == .priority ? configuration.rules.priorityMinutes * 60 : 0
    }

    package func forecast(of queue: HallQueue, at now: Timestamp, configuration: HallConfiguration) -> WaitForecast {
        let hall = models.model(of: queue, configuration, dials)
        let picture = QueuePicture(of: queue, hall: hall, at: now, configuration)
        var settings = HallForecaster.Settings()
        // A long line needs fewer samples for the same precision, and a forecast is made at every change.
        settings.samples = max(20, min(samples, 3000 / max(1, picture.waiting.count)))
        let served = Set(
            queue.windows.values.filter(\.isOpen).flatMap { hall.model.skills[hall.windowNumber(of: $0.id) ?? 0] })
        let asking = served.sorted().map { service in
            Waiting(
                person: 4_000_000 + service, service: service, standing: .walkIn, joined: picture.floor.now,
                arrived: picture.floor.now, due: picture.floor.now)
        }
        let forecaster = HallForecaster(hall: picture.floor.hall, demand: picture.demand, settings: settings)
        let waits = forecaster.forecast(
            picture.floor, announced: picture.announced, walkIns: queue.walkInCount, asking: asking,
            random: picture.random)
        let ahead = Ahead(waits: waits, services: picture.floor.waiting.map(\.service), hall: hall.model)
        let latest = Double(picture.floor.now + settings.horizon)
        var outlooks: [TicketID: WaitOutlook] = [:]
        for (place, ticket) in picture.waiting.enumerated() where served.contains(picture.floor.waiting[place].service)
        {
            guard waits[place].median < latest else { continue }
            outlooks[ticket.id] = WaitOutlook(
                waits[place], now: picture.floor.now,
                ahead: ahead.count(before: waits[place].median, service: picture.floor.waiting[place].service))
        }
        var newcomers: [ServiceID: WaitOutlook] = [:]
        for (number, service) in served.sorted().enumerated() {
            let wait = waits[picture.waiting.count + number]
            guard wait.median < latest else { continue }
            newcomers[hall.services[service]] = WaitOutlook(
                wait, now: picture.floor.now, ahead: ahead.count(before: wait.median, service: service))
        }
        return WaitForecast(outlooks: outlooks, newcomers: newcomers)
    }
}

extension WaitOutlook {
    fileprivate init(_ wait: WaitDistribution, now: Int, ahead: Int) {
        func minutes(_ odds: Double) -> Double { max(0, wait.quantile(odds) - Double(now)) / 60 }
        self.init(
            ahead: ahead, lowMinutes: Int(minutes(0.1).rounded(.down)), expectedMinutes: Int(minutes(0.5).rounded(.up)),
            highMinutes: Int(minutes(0.9).rounded(.up)))
    }
}

/// How many are called before a moment at windows that serve a service. O(log n) a question.
private struct Ahead {
    private var sorted: [[Double]]

    init(waits: [WaitDistribution], services: [Int], hall: HallModel) {
        var together = hall.services.map { _ in Set<Int>() }
        for skills in hall.skills { for service in skills { together[service].formUnion(skills) } }
        sorted = together.map { related in
            services.indices.filter { related.contains(services[$0]) }.map { waits[$0].median }.sorted()
        }
    }

    func count(before moment: Double, service: Int) -> Int {
        var low = 0
        var high = sorted[service].count
        while low < high {
            let middle = (low + high) / 2
            if sorted[service][middle] < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Standing {
    fileprivate init(_ kind: TicketClass) {
        switch kind {
        case .walkIn: self = .walkIn
        case .appointment: self = .appointment
        case .priority: self = .priority
        }
    }
}

/// A hall's configuration and open windows in the numbers of the engine.
private struct NumberedHall: Sendable {
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
private struct Stretch {
    /// The first of it.
    var service: Int
    /// All of it; empty for a visit of one service.
    var given: [ServiceID]
}

/// The models of halls, made once for a configuration and a set of open windows.
private final class HallModels: Sendable {
    private let known = Mutex<[HallID: NumberedHall]>([:])

    func model(of queue: HallQueue, _ configuration: HallConfiguration, _ dials: RoutingDials) -> NumberedHall {
        let open = queue.windows.mapValues { NumberedHall.OpenWindow(staff: $0.staff, services: $0.services) }
        let history = queue.history
        let learned = NumberedHall.Learned(day: queue.day, through: history?.through, days: history?.days ?? 0)
        let present = known.withLock { $0[configuration.hall] }
        let isSameDay = present?.configuration == configuration && present?.learned == learned
        if let present, isSameDay, present.open == open { return present }
        let services = configuration.services.keys.sorted()
        let windows = open.keys.sorted { TicketNumber.precedes($0.rawValue, $1.rawValue) }
        let before = isSameDay ? present : nil
        let belief = history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
        let model = HallModel(
            open: 0,
            services: before?.model.services ?? services.map { belief.serviceTime($0, in: configuration) },
            followUps: services.map { belief.followUps(of: $0, services: services) },
            windows: windows.map { window in
                let skills = Set(open[window]?.services ?? [])
                return HallModel.Window(
                    pace: services.map { service in
                        guard skills.contains(service), let staff = open[window]?.staff else { return 0 }
                        return belief.pace(of: service, at: window, by: staff)
                    })
            },
            dials: dials)
        let made = NumberedHall(
            services: services, windows: windows, model: model, configuration: configuration, open: open,
            learned: learned,
            demand: before?.demand ?? belief.demand(on: queue.day?.weekday ?? .monday, services: services))
        known.withLock { $0[configuration.hall] = made }
        return made
    }
}

/// The queue at a moment as the engine computes with it. Seconds count from a day before the queue's present moment.
private struct QueuePicture {
    var floor: HallFloor
    /// The tickets of `floor.waiting`.
    let waiting: [Ticket]
    let announced: [Announced]
    let demand: DemandModel
    let random: CounterRandom
    private let origin: Int64
    /// Who may be called for each service, by the number of open windows that serve it.
    private let crowding: [Double]

    /// - Parameter window: the one that chooses, `nil` when none does.
    init(
        of queue: HallQueue, hall: NumberedHall, at now: Timestamp, _ configuration: HallConfiguration,
        choosing window: Int? = nil
    ) {
        let crowding = Self.crowding(of: queue, hall)
        self.crowding = crowding
        let origin = now.milliseconds / 1000 - 86_400
        self.origin = origin
        func seconds(_ moment: Timestamp) -> Int { Int(moment.milliseconds.quotientRoundedDown(by: 1000) - origin) }
        random = CounterRandom(UInt64(bitPattern: queue.position))
        var demand = hall.demand
        if let day = queue.day, let zone = configuration.civilTime {
            demand.start = seconds(zone.moment(of: day, minute: 0))
        }
        self.demand = demand
        func stretch(_ ticket: Ticket) -> Stretch? {
            let isLate = ticket.promisedBy.map { seconds($0) <= 86_400 } ?? false
            return Self.stretch(of: ticket, isLate: isLate, at: window, hall, crowding)
        }
        let tickets = queue.waitingTickets.filter { $0.possible.contains { hall.serviceNumber(of: $0) != nil } }
        self.waiting = tickets
        let guests = hall.windows.map { queue.windows[$0]?.ticket.flatMap { queue.tickets[$0] } }
        let stretches = tickets.map(stretch)
        let guestStretches = guests.map { $0.flatMap(stretch) }
        var model = hall.model
        if tickets.contains(where: \.hasSeveralLegs) || guests.contains(where: { $0?.hasSeveralLegs == true }) {
            var flow = VisitFlow(services: hall.services.count)
            for (ticket, stretch) in zip(tickets.map(Optional.some) + guests, stretches + guestStretches) {
                guard let ticket, let stretch else { continue }
                flow.add(Self.way(of: ticket, from: stretch, hall, crowding))
            }
            if let followUps = flow.followUps(beside: model.followUps) { model = hall.model(followUps: followUps) }
        }
        floor = HallFloor(hall: model, now: 86_400)
        /// Numbers break ties: those who wait count in the order of their due time, arrival and number.
        func waiting(_ ticket: Ticket, _ number: Int, _ stretch: Stretch) -> Waiting {
            let service = stretch.service
            let arrived = seconds(ticket.arrived ?? ticket.due)
            // The head start of a priority group is in the weight of its class.
            let headStart = EnginePolicy.headStart(of: ticket.kind, configuration)
            var person = Waiting(
                person: number, service: service, standing: Standing(ticket.kind),
                joined: arrived, arrived: arrived, due: seconds(ticket.due) + headStart)
            person.isBooked = ticket.slot != nil
            person.isPriority = ticket.kind == .priority
            person.slot = ticket.slot.map(seconds) ?? 0
            person.promisedBy = ticket.promisedBy.map(seconds) ?? .max
            // It lengthens the work of the window; the index goes by the leg.
            person.hint = hall.hint(of: stretch)
            person.weight = hall.model.weight(standing: person.standing, service: service, hint: nil)
            return person
        }
        floor.waiting = zip(tickets, stretches).enumerated().compactMap { number, pair in
            pair.1.map { waiting(pair.0, number, $0) }
        }
        for (number, id) in hall.windows.enumerated() {
            guard let state = queue.windows[id] else { continue }
            if let ticket = guests[number], let stretch = guestStretches[number] {
                floor.windows[number].doing = .serving
                floor.windows[number].guest = waiting(ticket, 1_000_000 + number, stretch)
                // As it is learned: the window is taken from the call on.
                floor.windows[number].began = seconds(ticket.calledAt ?? now)
                // A rule draws its own end; a first guess for the promise.
                floor.windows[number].until = floor.now
                floor.idle -= 1
            } else if !state.isOpen {
                floor.windows[number].doing = .away
                floor.windows[number].until = .max
                floor.idle -= 1
            } else {
                floor.windows[number].since = state.idleSince.map(seconds) ?? floor.now
                floor.windows[number].until = .max
            }
        }
        announced = queue.expectedTickets.enumerated().compactMap { place, ticket in
            guard let slot = ticket.slot, let service = hall.serviceNumber(of: ticket.service) else { return nil }
            return Announced(
                person: 2_000_000 + place, service: service, standing: .appointment,
                isBooked: true, isPriority: false, time: seconds(slot), hint: nil)
        }
    }

    func seconds(_ moment: Timestamp) -> Int {
        Int(moment.milliseconds.quotientRoundedDown(by: 1000) - origin)
    }

    /// The service through whose line somebody who may choose most likely goes first.
    func quickest(of services: [Int]) -> Int? { Self.quickest(of: services, crowding) }

    private static func quickest(of services: [Int], _ crowding: [Double]) -> Int? {
        services.min { crowding[$0] < crowding[$1] }
    }

    private static func crowding(of queue: HallQueue, _ hall: NumberedHall) -> [Double] {
        var windows = hall.services.map { _ in 0 }
        for (number, id) in hall.windows.enumerated() where queue.windows[id]?.isOpen == true {
            for service in hall.model.skills[number] { windows[service] += 1 }
        }
        return zip(hall.services, windows).map { service, windows in
            windows == 0 ? .infinity : Double(queue.waitingCount(for: service)) / Double(windows)
        }
    }

    /// The leg with which a person is in the picture, with what follows at the same window.
    private static func stretch(
        of ticket: Ticket, isLate: Bool, at window: Int?, _ hall: NumberedHall, _ crowding: [Double]
    ) -> Stretch? {
        guard ticket.hasSeveralLegs else {
            return hall.serviceNumber(of: ticket.service).map { Stretch(service: $0, given: []) }
        }
        let isAtWindow = ticket.state.isAtWindow
        let possible = (isAtWindow ? [ticket.service] : ticket.possible).compactMap(hall.serviceNumber)
        if let place = isAtWindow ? ticket.window.flatMap(hall.windowNumber) : window {
            // All legs have the same urgency, and so the window's rank of the service decides.
            func rank(_ service: Int) -> Double { hall.model.rank(place, service, isLate: isLate) }
            let here = possible.filter { hall.model.pace(place, $0) > 0 }
            if let best = here.max(by: { rank($0) < rank($1) }) {
                return hall.stretch(of: ticket.standing, from: best, at: place)
            }
        }
        return quickest(of: possible, crowding).map { hall.stretch(of: ticket.standing, from: $0) }
    }

    /// The first services of all stretches through which the visit will probably go.
    private static func way(
        of ticket: Ticket, from first: Stretch, _ hall: NumberedHall, _ crowding: [Double]
    ) -> [Int] {
        guard ticket.hasSeveralLegs else { return [first.service] }
        var standing = ticket.standing
        var way = [first.service]
        var stretch = first
        while true {
            for service in stretch.given { standing.endLeg(of: service, outcome: .completed, at: standing.due) }
            let possible = standing.possible.compactMap(hall.serviceNumber)
            guard let next = quickest(of: possible, crowding) else { return way }
            way.append(next)
            stretch = hall.stretch(of: standing, from: next)
        }
    }
}

extension Int64 {
    fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 { flooredDivision(by: divisor).quotient }
}

extension HallFloor {
    /// The window asks for somebody now, whatever it did.
    fileprivate mutating func makeIdle(_ window: Int) {
        if windows[window].doing != .idle { idle += 1 }
        windows[window].doing = .idle
        windows[window].guest = nil
        windows[window].until = .max
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
