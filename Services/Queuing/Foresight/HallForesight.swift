package import Domain

/// What a hall's pages tell of the hours to come: waits by the hour, and advice on its windows.
///
/// Each takes tens of milliseconds of rolling, so it is made when somebody asks and kept for a minute: the cost grows with
/// the halls that are looked at, not with those who look. Advice remembers what it said, process by process.
package actor HallForesight {
    /// The waits of those who would come, service by service, at the same moments.
    package struct Waits: Sendable {
        package let made: Timestamp
        package let moments: [Timestamp]
        package let calls: [ServiceID: [ForeseenCall?]]
    }

    private struct Kept<Value: Sendable>: Sendable {
        let made: Timestamp
        let version: Int64
        let value: Value
    }

    private let policy = EnginePolicy()
    private var waits: [HallID: Kept<Waits>] = [:]
    private var advice: [HallID: Kept<[HallAdviser.Advice]>] = [:]
    private var advisers: [HallID: HallAdviser] = [:]
    /// Seconds.
    private static let lifetime = 60.0

    package init() {}

    /// - Parameters:
    ///   - closes: when the hall closes today; nobody is told to come later.
    ///   - version: of the catalogue.
    package func waits(in reading: HallReading, until closes: Timestamp?, version: Int64) -> Waits {
        if let kept = waits[reading.hall], isFresh(kept, reading, version) { return kept.value }
        let moments = Self.moments(from: reading.time, until: closes)
        let services = reading.configuration.services.keys.sorted().filter { reading.queue.isServed($0) }
        let asking = services.flatMap { service in
            moments.map { ProspectiveArrival(service: service, arrival: $0) }
        }
        let foreseen = policy.foresee(
            asking, in: reading.queue, at: reading.time, configuration: reading.configuration)
        var calls: [ServiceID: [ForeseenCall?]] = [:]
        for (number, service) in services.enumerated() {
            calls[service] = Array(foreseen[number * moments.count..<(number + 1) * moments.count])
        }
        let made = Waits(made: reading.time, moments: moments, calls: calls)
        waits[reading.hall] = Kept(made: reading.time, version: version, value: made)
        return made
    }

    package func advice(in reading: HallReading, version: Int64) -> [HallAdviser.Advice] {
        if let kept = advice[reading.hall], isFresh(kept, reading, version),
            // What was just done is not advised again.
            kept.value.allSatisfy({ isOpen($0.window, reading) == $0.wasOpen })
        {
            return kept.value
        }
        let made = advisers[reading.hall, default: HallAdviser()].advise(
            on: reading.queue, at: reading.time, configuration: reading.configuration, policy: policy)
        advice[reading.hall] = Kept(made: reading.time, version: version, value: made)
        return made
    }

    private func isOpen(_ window: WindowID, _ reading: HallReading) -> Bool {
        reading.queue.windows[window]?.isOpen == true
    }

    private func isFresh<Value>(_ kept: Kept<Value>, _ reading: HallReading, _ version: Int64) -> Bool {
        let age = reading.time.seconds(since: kept.made)
        return kept.version == version && age >= 0 && age < Self.lifetime
    }

    /// Now, and the half hours to come; whole hours when there would be too many.
    static func moments(from now: Timestamp, until closes: Timestamp?) -> [Timestamp] {
        let horizon = now.advanced(minutes: 6 * 60)
        let last = min(closes ?? horizon, horizon)
        for step in [30, 60] as [Int64] {
            let length = step * 60_000
            var next = (now.milliseconds / length + 1) * length
            var moments = [now]
            while next <= last.milliseconds {
                moments.append(Timestamp(milliseconds: next))
                next += length
            }
            if moments.count <= 9 || step == 60 { return moments }
        }
        return [now]
    }
}

extension HallAdviser.Advice {
    /// Whether the window was open when it was advised.
    fileprivate var wasOpen: Bool {
        switch change {
        case .open, .resume: false
        case .close, .pause: true
        }
    }
}
