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
    let models = HallModels()
    /// How many futures a forecast rolls for a short line.
    let samples: Int

    package init(samples: Int = 60) {
        self.samples = samples
    }

    package func choose(
        for window: WindowID, in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> RoutingDecision? {
        let hall = models.model(of: queue, configuration)
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
        let hall = models.model(of: queue, configuration)
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
            quoted: quote(person, to: arrival, at: now, of: queue, picture, hall))
    }

    /// The wait that somebody who comes now is told; `nil` while no open window serves the service, and when the roll does
    /// not come to an end.
    private func quote(
        _ person: Waiting, to arrival: QueueArrival, at now: Timestamp, of queue: HallQueue, _ picture: QueuePicture,
        _ hall: NumberedHall
    ) -> QuotedWait? {
        guard queue.isServed(hall.services[person.service]), let zone = hall.configuration.civilTime else { return nil }
        var settings = HallForecaster.Settings()
        // One number is taken after the other in a rush: a long line gets fewer samples, so that the cost stays bounded.
        settings.samples = max(16, min(samples, 1500 / max(1, picture.waiting.count)))
        let forecaster = HallForecaster(hall: picture.floor.hall, demand: picture.demand, settings: settings)
        let waits = forecaster.forecast(
            of: [person], on: picture.floor, announced: picture.announced, walkIns: queue.walkInCount,
            random: picture.random)
        guard let wait = waits.first, wait.median < Double(picture.floor.now + settings.horizon) else { return nil }
        let service = arrival.services.first ?? hall.services[person.service]
        return queue.calibration.quote(
            wait, at: picture.floor.now,
            to: WaitCalibration.Case(kind: arrival.kind, arrival: now, service: service, zone))
    }

    /// By how many seconds a class is due before its arrival: the engine weighs the class instead.
    static func headStart(of kind: TicketClass, _ configuration: HallConfiguration) -> Int {
        kind == .priority ? configuration.rules.priorityMinutes * 60 : 0
    }

    package func forecast(of queue: HallQueue, at now: Timestamp, configuration: HallConfiguration) -> WaitForecast {
        guard let zone = configuration.civilTime else { return WaitForecast(outlooks: [:], newcomers: [:]) }
        let hall = models.model(of: queue, configuration)
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
        let calibration = queue.calibration
        var outlooks: [TicketID: WaitOutlook] = [:]
        for (place, ticket) in picture.waiting.enumerated() where served.contains(picture.floor.waiting[place].service)
        {
            guard waits[place].median < latest else { continue }
            let person = WaitCalibration.Case(
                kind: ticket.kind, arrival: ticket.arrived ?? now,
                service: ticket.legs.first?.service ?? ticket.service,
                zone)
            outlooks[ticket.id] = WaitOutlook(
                calibration.state(waits[place], at: picture.floor.now, to: person),
                ahead: ahead.count(before: waits[place].median, service: picture.floor.waiting[place].service))
        }
        var newcomers: [ServiceID: WaitOutlook] = [:]
        for (number, service) in served.sorted().enumerated() {
            let wait = waits[picture.waiting.count + number]
            guard wait.median < latest else { continue }
            let person = WaitCalibration.Case(
                kind: .walkIn, arrival: now, service: hall.services[service], zone)
            newcomers[hall.services[service]] = WaitOutlook(
                calibration.state(wait, at: picture.floor.now, to: person),
                ahead: ahead.count(before: wait.median, service: service))
        }
        return WaitForecast(outlooks: outlooks, newcomers: newcomers)
    }
}

extension WaitOutlook {
    fileprivate init(_ wait: StatedWait, ahead: Int) {
        self.init(
            ahead: ahead, lowMinutes: Int((wait.low / 60).rounded(.down)),
            expectedMinutes: Int((wait.expected / 60).rounded(.up)), highMinutes: Int((wait.high / 60).rounded(.up)))
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

extension HallQueue {
    /// What earlier days have taught about told waits.
    var calibration: WaitCalibration { history?.calibration ?? WaitCalibration() }
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
