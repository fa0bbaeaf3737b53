/// When somebody who comes at a moment would be called, as sampled.
package struct ForeseenCall: Sendable, Hashable {
    package var arrival: Timestamp
    /// Seconds from the arrival to the call.
    package var wait: QuotedWait
    /// By how many seconds all others would wait longer.
    package var delayToOthers: Double
    /// Arrival and call in the seconds of the hall's day.
    private var arrivalSeconds: Int
    private var calls: WaitDistribution

    init(arrival: Timestamp, seconds: Int, wait: QuotedWait, calls: WaitDistribution, delayToOthers: Double) {
        self.arrival = arrival
        self.wait = wait
        self.calls = calls
        self.delayToOthers = delayToOthers
        arrivalSeconds = seconds
    }

    /// As one of several ways to be served.
    ///
    /// - Parameters:
    ///   - hall: the place of the hall among those compared.
    ///   - travel: seconds of the way.
    package func candidate(hall: Int, travel: Int) -> HallCandidate {
        HallCandidate(
            hall: hall, arrival: arrivalSeconds, travel: travel, call: calls, delayToOthers: delayToOthers)
    }
}

/// Somebody who may come: for what, and when.
package struct ProspectiveArrival: Sendable, Hashable {
    package var service: ServiceID
    package var arrival: Timestamp

    package init(service: ServiceID, arrival: Timestamp) {
        self.service = service
        self.arrival = arrival
    }
}

extension EnginePolicy {
    /// When walk-ins who come at later moments of today would be called, with the windows as they are now: paused ones stay
    /// paused, and nobody knows who opens another.
    ///
    /// - Returns: in the order asked; `nil` where no open window serves the service, where the hall has closed by then, and
    ///   where the call is not in sight.
    ///
    /// Costs what `HallForecaster` states: rolls until the last of them is called, and as many to find out how long
    /// the hall stays busy.
    package func foresee(
        _ asking: [ProspectiveArrival], in queue: HallQueue, at now: Timestamp, configuration: HallConfiguration
    ) -> [ForeseenCall?] {
        let hall = models.model(of: queue, configuration)
        let picture = QueuePicture(of: queue, hall: hall, at: now, configuration)
        let people = asking.enumerated().map { number, one -> Waiting? in
            guard let service = hall.serviceNumber(of: one.service), queue.isServed(one.service) else { return nil }
            let time = max(picture.floor.now, picture.seconds(one.arrival))
            guard time < picture.demand.closes else { return nil }
            var person = Waiting(
                person: 4_000_000 + number, service: service, standing: .walkIn, joined: time, arrived: time,
                due: time)
            person.weight = hall.model.weight(standing: .walkIn, service: service, hint: nil)
            return person
        }
        let present = people.compactMap(\.self)
        guard let last = present.map(\.arrived).max() else { return asking.map { _ in nil } }
        var settings = HallForecaster.Settings()
        settings.samples = min(samples, 40)
        settings.horizon = last - picture.floor.now + 4 * 3600
        let forecaster = HallForecaster(hall: picture.floor.hall, demand: picture.demand, settings: settings)
        let calls = forecaster.forecast(
            of: present, on: picture.floor, announced: picture.announced, walkIns: queue.walkInCount,
            random: picture.random)
        let busy = forecaster.busyPeriods(
            on: picture.floor, announced: picture.announced, walkIns: queue.walkInCount, random: picture.random)
        let calibration = queue.calibration
        let services = hall.model.services
        let mean = services.isEmpty ? 0 : services.reduce(0) { $0 + $1.mean } / Double(services.count)
        var next = 0
        return zip(asking, people).map { one, person in
            guard let person else { return nil }
            let call = calls[next]
            next += 1
            guard let zone = configuration.civilTime, call.median < Double(picture.floor.now + settings.horizon) else {
                return nil
            }
            let wait = calibration.quote(
                call, at: person.arrived,
                to: WaitCalibration.Case(
                    kind: .walkIn, arrival: max(now, one.arrival), service: one.service, zone))
            return ForeseenCall(
                arrival: one.arrival, seconds: person.arrived, wait: wait, calls: call,
                delayToOthers: busy[person.service].delayToOthers(
                    call: call.mean, service: services[person.service].mean, mean: mean))
        }
    }
}

extension HallQueue {
    /// Whether an open window serves it. O(w · s).
    package func isServed(_ service: ServiceID) -> Bool {
        windows.values.contains { $0.isOpen && $0.services.contains(service) }
    }
}
