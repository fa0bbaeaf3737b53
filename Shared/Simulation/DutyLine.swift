import Domain

/// Somebody at a window: what is served there, and when. A window that changes hands has a line for each person.
struct DutyLine: Sendable, Hashable {
    var window: WindowID
    /// `nil`: nobody in particular.
    var staff: StaffID?
    var services: Set<ServiceID>
    /// Times on duty, in seconds since midnight, in order and apart.
    var duty: [Range<Int>]

    /// Seconds on duty within a stretch of time.
    func seconds(in stretch: Range<Int>) -> Int {
        duty.reduce(0) { $0 + $1.clamped(to: stretch).count }
    }
}

extension [DutyLine] {
    /// The windows of a scenario: away whenever not on duty.
    ///
    /// Who leaves before closing does not come back, unless nobody stays longer for one of the services: then the window is
    /// there again at closing time for those who are left, so that everybody is served and the wait counts.
    ///
    /// - Parameters:
    ///   - close: seconds since midnight.
    ///   - pace: the class of speed of a service at a line.
    func windows(
        open: Int, close: Int, pace: (DutyLine, ServiceID) -> String
    ) -> [Scenario.Window] {
        var latest: [ServiceID: Int] = [:]
        for line in self {
            for service in line.services {
                latest[service] = Swift.max(latest[service] ?? 0, line.duty.last?.upperBound ?? 0)
            }
        }
        return map { line in
            var breaks: [[Double]] = []
            func rest(_ start: Int, _ end: Int) {
                if end > start { breaks.append([Double(start) / 60, Double(end - start) / 60]) }
            }
            if let first = line.duty.first { rest(Swift.min(open, first.lowerBound), first.lowerBound) }
            for (one, next) in zip(line.duty, line.duty.dropFirst()) { rest(one.upperBound, next.lowerBound) }
            if let end = line.duty.last?.upperBound, end < close {
                let stays = line.services.contains { latest[$0] == end }
                rest(end, stays ? close : end + 7 * 86_400)
            }
            return Scenario.Window(
                skills: Dictionary(uniqueKeysWithValues: line.services.map { ($0.rawValue, pace(line, $0)) }), hall: 0,
                breaks: breaks, outages: [])
        }
    }
}

/// Paces in steps of a twentieth, so that a hall has few classes of speed.
enum PaceClass {
    static func factor(_ pace: Double) -> Double { Swift.min(40, Swift.max(8, (pace * 20).rounded())) / 20 }

    static func name(_ factor: Double) -> String { "x" + String(Int((factor * 100).rounded())) }
}
