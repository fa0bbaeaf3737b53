import Domain
package import Foundation

/// The figures of a `ForecastTrial`, for people and for machines. Times in minutes.
package struct ForecastReport: Sendable, Hashable, Codable {
    /// How often intervals held, for some of the people.
    package struct Group: Sendable, Hashable, Codable {
        package var name: String
        package var count: Int
        /// The share of waits inside the 80 % and the 90 % interval; its ends belong to it.
        package var eighty: Double
        package var ninety: Double
        /// The shares that were claimed: more than 0.8 and 0.9 where many waits are the same to the second, such as zero,
        /// because an interval holds a point or it does not.
        package var eightyClaimed: Double
        package var ninetyClaimed: Double
        /// The share of waits of zero.
        package var atOnce: Double
        /// Mean of foretold minus actual.
        package var bias: Double

        /// With fewer, chance alone moves a coverage by more than the bars allow.
        package static let least = 150
    }

    /// One rule, for those who come or for those who ask some time ahead.
    package struct Row: Sendable, Hashable, Codable {
        package var policy: String
        /// Minutes from the forecast to the arrival.
        package var ahead: Int
        package var count: Int
        package var meanWait: Double
        /// Mean absolute error of what was stated as expected.
        package var error: Double
        /// The error that the samples themselves lead one to expect of their median: what no better median of the same
        /// knowledge would undercut by much.
        package var spread: Double
        /// Mean absolute errors of others on the same people.
        package var queueLengthError: Double
        package var eappointmentError: Double
        /// Mean of foretold minus actual.
        package var bias: Double
        /// Mean widths of the intervals.
        package var eightyWidth: Double
        package var ninetyWidth: Double
        /// How often the sampled quantiles held without calibration.
        package var eightyRolled: Double
        package var ninetyRolled: Double
        package var all: Group
        package var classes: [Group]
        package var hours: [Group]
        package var services: [Group]

        /// The error by that of queue length, and by that of eappointment's formula.
        package var toQueueLength: Double { error / queueLengthError }
        package var toEappointment: Double { error / eappointmentError }
    }

    package var scenario: String
    package var past: [Int]
    package var days: [Int]
    package var rows: [Row]

    package init(_ trials: [ForecastTrial]) {
        scenario = trials.first?.scenario.name ?? ""
        past = trials.first?.past ?? []
        days = trials.first?.days ?? []
        rows = trials.flatMap { trial in
            trial.outcomes.indices.map { Self.row(trial, question: $0) }
        }
    }

    private static func row(_ trial: ForecastTrial, question: Int) -> Row {
        let outcomes = trial.outcomes[question]
        func mean(_ value: (ForecastTrial.Outcome) -> Double) -> Double { outcomes.map(value).mean }
        func rolled(_ low: Double, _ high: Double) -> Double {
            mean { outcome in
                let wait = outcome.foretold.wait
                let called = Double(outcome.foretold.called)
                return wait.quantile(low) <= called && called <= wait.quantile(high) ? 1 : 0
            }
        }
        let names = trial.scenario.serviceNames
        return Row(
            policy: trial.policy.rawValue, ahead: question > 0 ? trial.ahead[question - 1] / 60 : 0,
            count: outcomes.count,
            meanWait: mean { $0.foretold.actual } / 60,
            error: mean { abs($0.eighty.expected - $0.foretold.actual) } / 60,
            spread: mean { $0.foretold.wait.spread } / 60,
            queueLengthError: mean { abs($0.foretold.byQueueLength - $0.foretold.actual) } / 60,
            eappointmentError: mean { abs($0.foretold.byEappointment - $0.foretold.actual) } / 60,
            bias: mean { $0.eighty.expected - $0.foretold.actual } / 60,
            eightyWidth: mean { $0.eighty.high - $0.eighty.low } / 60,
            ninetyWidth: mean { $0.ninety.high - $0.ninety.low } / 60,
            eightyRolled: rolled(0.1, 0.9), ninetyRolled: rolled(0.05, 0.95),
            all: group("all", outcomes),
            classes: groups(outcomes, { Int($0.foretold.standing.rawValue) }) { "\(Standing.allCases[$0])" },
            hours: groups(outcomes, { $0.foretold.arrival / 3600 }) { "\($0):00" },
            services: groups(outcomes, { $0.foretold.service }) { names[$0] })
    }

    private static func groups(
        _ outcomes: [ForecastTrial.Outcome], _ key: (ForecastTrial.Outcome) -> Int, name: (Int) -> String
    ) -> [Group] {
        Dictionary(grouping: outcomes, by: key).sorted { $0.key < $1.key }.map { group(name($0.key), $0.value) }
    }

    private static func group(_ name: String, _ outcomes: [ForecastTrial.Outcome]) -> Group {
        func share(_ holds: (ForecastTrial.Outcome) -> Bool) -> Double { outcomes.map { holds($0) ? 1 : 0 }.mean }
        return Group(
            name: name, count: outcomes.count,
            eighty: share { $0.eighty.holds($0.foretold.actual) },
            ninety: share { $0.ninety.holds($0.foretold.actual) },
            eightyClaimed: outcomes.map { 1 - $0.eighty.below - $0.eighty.above }.mean,
            ninetyClaimed: outcomes.map { 1 - $0.ninety.below - $0.ninety.above }.mean,
            atOnce: share { $0.foretold.actual == 0 },
            bias: outcomes.map { $0.eighty.expected - $0.foretold.actual }.mean / 60)
    }
}

extension ForecastReport {
    /// A fixed-width table: a line for each rule and question, and below it the coverages of its groups. Groups with too few
    /// people to say anything are in brackets.
    package var table: String {
        let head =
            "rule          ahead      n   wait  error  /queue  /E-app   bias  width80  width90  rolled       held"
        let lines = rows.flatMap { row -> [String] in
            let name = row.policy.padding(toLength: 13, withPad: " ", startingAt: 0)
            let figures = String(
                format: "%5d %6d %6.1f %6.2f  %6.3f  %6.3f %+6.2f  %7.1f  %7.1f  %.3f/%.3f  %.3f/%.3f", row.ahead,
                row.count, row.meanWait, row.error, row.toQueueLength, row.toEappointment, row.bias, row.eightyWidth,
                row.ninetyWidth, row.eightyRolled, row.ninetyRolled, row.all.eighty, row.all.ninety)
            let groups = [("class", row.classes), ("hour", row.hours), ("service", row.services)]
            return ["\(name) \(figures)"]
                + groups.map { title, groups in
                    "  \(title): " + groups.map(Self.text).joined(separator: "  ")
                }
        }
        return ([head] + lines).joined(separator: "\n")
    }

    /// Held, and claimed where that is another share.
    private static func text(_ group: Group) -> String {
        var text = String(format: "%@ %.2f/%.2f", group.name, group.eighty, group.ninety)
        if group.eightyClaimed > 0.82 || group.ninetyClaimed > 0.92 {
            text += String(format: " of %.2f/%.2f", group.eightyClaimed, group.ninetyClaimed)
        }
        return group.count < Group.least ? "(\(text))" : text
    }

    /// Several scenarios, one after the other.
    package static func json(_ reports: [ForecastReport]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(reports)
    }
}
