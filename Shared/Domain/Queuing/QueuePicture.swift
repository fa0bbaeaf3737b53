/// The queue at a moment as the engine computes with it. Seconds count from a day before the queue's midnight, so that a
/// moment of yesterday is no negative number.
struct QueuePicture {
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
        let midnight = queue.day.flatMap { configuration.civilTime?.moment(of: $0, minute: 0) } ?? now
        let origin = midnight.milliseconds.quotientRoundedDown(by: 1000) - 86_400
        self.origin = origin
        func seconds(_ moment: Timestamp) -> Int { Int(moment.milliseconds.quotientRoundedDown(by: 1000) - origin) }
        random = CounterRandom(UInt64(bitPattern: queue.position))
        var demand = hall.demand
        demand.start = 86_400
        if let minute = queue.day.flatMap(configuration.closing), minute < 1440,
            let closing = queue.day.flatMap({ configuration.civilTime?.moment(of: $0, minute: minute) })
        {
            demand.closes = seconds(closing)
        }
        self.demand = demand
        func stretch(_ ticket: Ticket) -> Stretch? {
            let isLate = ticket.promisedBy.map { $0 <= now } ?? false
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
        floor = HallFloor(hall: model, now: seconds(now))
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
            guard let state = queue.windows[id] else {
                floor.windows[number].doing = .away
                floor.windows[number].until = .max
                floor.idle -= 1
                continue
            }
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

extension Standing {
    init(_ kind: TicketClass) {
        switch kind {
        case .walkIn: self = .walkIn
        case .appointment: self = .appointment
        case .priority: self = .priority
        }
    }
}
