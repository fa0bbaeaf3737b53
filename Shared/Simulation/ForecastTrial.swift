package import Domain

/// How well waits are foretold under a rule: calibrated on past days, then scored on others.
///
/// Calibration goes on as it does in a hall: a statement is made with what was known when it was made, and learned from at
/// the call.
package struct ForecastTrial: Sendable {
    /// A statement and what became of it.
    package struct Outcome: Sendable {
        package var foretold: ForetoldDay.Foretold
        package var eighty: StatedWait
        package var ninety: StatedWait
    }

    package let scenario: Scenario
    package let policy: Policy
    /// The seeds of the days learned from, and of those scored.
    package private(set) var past: [Int]
    package private(set) var days: [Int]
    /// How far ahead of their arrival some walk-ins asked [s].
    package private(set) var ahead: [Int]
    /// At the issue of tickets, and then for each of `ahead`.
    package private(set) var outcomes: [[Outcome]]
    /// What was learned in the end, in the same order.
    package private(set) var calibrations: [WaitCalibration]

    /// Foretells all days, side by side on the processors given; `progress` is told how many days are done.
    package init(
        _ policy: Policy, of scenario: Scenario, past: [Int], days: [Int], ahead: [Int] = [], samples: Int = 100,
        workers: Int = 1, progress: (Int) -> Void = { _ in }
    ) async {
        let seeds = past + days
        var foretold: [ForetoldDay?] = seeds.map { _ in nil }
        await withTaskGroup(of: (Int, ForetoldDay).self) { group in
            let generator = DayGenerator(scenario)
            var next = 0
            var done = 0
            while done < seeds.count {
                while next < seeds.count, next - done < max(1, workers) {
                    let number = next
                    group.addTask {
                        (
                            number,
                            ForetoldDay(
                                policy, generator.day(seed: seeds[number]), scenario, samples: samples, ahead: ahead)
                        )
                    }
                    next += 1
                }
                guard let (number, day) = await group.next() else { break }
                foretold[number] = day
                done += 1
                progress(done)
            }
        }
        let all = foretold.compactMap { $0 }
        self.init(policy, of: scenario, past: Array(all.prefix(past.count)), days: Array(all.dropFirst(past.count)))
        self.past = past
        self.days = days
        self.ahead = ahead
    }

    private init(_ policy: Policy, of scenario: Scenario, past: [ForetoldDay], days: [ForetoldDay]) {
        self.policy = policy
        self.scenario = scenario
        self.past = []
        self.days = []
        ahead = []
        outcomes = []
        calibrations = []
        let names = scenario.serviceNames
        for question in (days.first?.foretold ?? []).indices {
            var calibration = WaitCalibration()
            for day in past { _ = Self.live(through: day.foretold[question], names, &calibration) }
            outcomes.append(days.flatMap { Self.live(through: $0.foretold[question], names, &calibration) })
            calibrations.append(calibration)
        }
    }

    /// A day's statements, each learned from at its call, before those made later.
    private static func live(
        through foretold: [ForetoldDay.Foretold], _ names: [String], _ calibration: inout WaitCalibration
    ) -> [Outcome] {
        let calls = foretold.indices.sorted { (foretold[$0].called, $0) < (foretold[$1].called, $1) }
        var outcomes: [Outcome] = []
        var scored = 0
        func learn(before moment: Int) {
            while scored < calls.count, foretold[calls[scored]].called < moment {
                let outcome = outcomes[calls[scored]]
                let person = Self.person(outcome.foretold, names)
                let actual = outcome.foretold.actual
                calibration.learn(outcome.eighty, for: person, odds: .eighty, actual: actual)
                calibration.learn(outcome.ninety, for: person, odds: .ninety, actual: actual)
                scored += 1
            }
        }
        for one in foretold {
            learn(before: one.at)
            let person = Self.person(one, names)
            outcomes.append(
                Outcome(
                    foretold: one,
                    eighty: calibration.state(one.wait, at: one.arrival, to: person, odds: .eighty),
                    ninety: calibration.state(one.wait, at: one.arrival, to: person, odds: .ninety)))
        }
        learn(before: .max)
        return outcomes
    }

    private static func person(_ one: ForetoldDay.Foretold, _ names: [String]) -> WaitCalibration.Case {
        WaitCalibration.Case(standing: one.standing, hour: one.arrival / 3600, service: names[one.service])
    }
}
