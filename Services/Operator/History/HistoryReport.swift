import Domain
import Foundation
import Simulation
import Web

/// A day of a hall beside what other rules would have made of it.
struct HistoryReport {
    private let texts: Localisation
    private let language: Language

    init(language: Language) throws {
        texts = try Localisation(bundles: [.module])
        self.language = language
    }

    func print(_ recorded: RecordedHallDay, hall: Hall, _ comparison: Comparison) {
        let people = recorded.day.citizens.count { $0.shows }
        Swift.print(
            texts.text(
                "history.title", language,
                [
                    "hall": hall.name.text(language), "date": String(recorded.scenario.name.suffix(10)),
                    "people": String(people), "absent": String(recorded.day.citizens.count - people),
                ]))
        if recorded.drawn > 0 { Swift.print(texts.text("history.drawn", language, count: recorded.drawn)) }
        if recorded.impossible > 0 {
            Swift.print(texts.text("history.impossible", language, count: recorded.impossible))
        }
        if !recorded.isComplete { Swift.print(texts.text("history.unfinished", language)) }
        var table = TextTable([texts.text("simulate.rule", language)] + Comparison.shown)
        let really = recorded.metrics
        table.add(
            [texts.text("history.really", language)]
                + Comparison.shown.map { name in really[name].map { String(format: "%.2f", $0) } ?? "–" })
        for policy in comparison.policies {
            table.add(
                [texts.text("simulate.policy.\(policy.rawValue)", language)]
                    + Comparison.shown.map { Comparison.text(comparison.estimate($0, of: policy)) })
        }
        Swift.print(table.text)
    }

    func printWindows(_ recorded: RecordedHallDay) {
        Swift.print(texts.text("history.windows", language))
        for (number, line) in recorded.lines.enumerated() {
            Swift.print(
                texts.text(
                    "history.window", language,
                    [
                        "number": String(number), "window": line.window.rawValue,
                        "staff": line.staff?.rawValue ?? "–",
                    ]))
        }
    }
}
