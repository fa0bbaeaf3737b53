import Domain
import Foundation
import Simulation
import Web

/// A plan of places in words and tables.
struct PlanReport {
    private let texts: Localisation
    private let language: Language

    init(language: Language) throws {
        texts = try Localisation(bundles: [.module])
        self.language = language
    }

    func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        texts.text("plan." + key, language, arguments)
    }

    private func count(_ key: String, _ count: Int, _ arguments: [String: String] = [:]) -> String {
        texts.text("plan." + key, language, count: count, arguments)
    }

    func print(_ week: WeekPlan, services: [ServiceID: Service]) {
        for entry in week.entries {
            Swift.print(
                text("title", ["hall": week.hall.name.text(language), "weekdays": names(entry.weekdays)]))
            for line in sources(entry.plan.hall) { Swift.print(line) }
            Swift.print(table(entry.plan))
            for line in results(entry.plan) + shortfalls(entry.plan, services) { Swift.print(line) }
            Swift.print(byService(entry.plan, services))
            Swift.print("")
        }
        if !week.closed.isEmpty { Swift.print(text("closed", ["weekdays": names(week.closed)])) }
    }

    private func names(_ weekdays: [Weekday]) -> String {
        weekdays.map { text("weekday.\($0.rawValue)") }.joined(separator: text("separator"))
    }

    private func sources(_ hall: HallScenario) -> [String] {
        var lines: [String] = []
        switch hall.walkIns {
        case .learned(let days): lines.append(count("learned", days))
        case .assumed(let share):
            lines.append(text("assumed", ["percent": Self.percent(share)]))
        }
        switch hall.booked {
        case .known(let share): lines.append(text("booked", ["percent": Self.percent(share)]))
        case .limited(_, let load):
            lines.append(
                text("limited", ["percent": Self.percent(hall.filledShare), "load": Self.percent(load)]))
        }
        if !hall.hasShifts { lines.append(text("noShifts")) }
        return lines
    }

    private func table(_ plan: HallSlotPlan) -> String {
        var table = TextTable(
            ["time", "windows", "walkIns", "work", "now", "planned", "waitNow", "waitPlanned", "why"].map {
                text("column.\($0)")
            })
        for cell in plan.cells {
            table.add([
                TimeRange.clock(cell.time.lowerBound), Self.number(cell.windows), Self.number(cell.walkIns),
                String(Int(cell.work.rounded())), String(cell.now), String(cell.planned), Self.number(cell.waitNow),
                Self.number(cell.waitPlanned), text("why.\(cell.reason.rawValue)"),
            ])
        }
        return table.text
    }

    private func results(_ plan: HallSlotPlan) -> [String] {
        var lines = [
            text("total", ["now": String(plan.total.now), "planned": String(plan.total.planned)]),
            text(
                "waits",
                [
                    "before": Self.number(plan.before.mean), "after": Self.number(plan.after.mean),
                    "before90": Self.number(plan.before.p90), "after90": Self.number(plan.after.p90),
                ]),
            text(
                "overtime",
                ["before": Self.number(plan.before.overtime), "after": Self.number(plan.after.overtime)]),
        ]
        if !plan.isChanged { lines.append(text("noBetter")) }
        return lines
    }

    private func shortfalls(_ plan: HallSlotPlan, _ services: [ServiceID: Service]) -> [String] {
        plan.left.sorted { $0.key < $1.key }.map { service, places in
            count("left", places, ["service": services[service]?.name.text(language) ?? service.rawValue])
        }
            + plan.hall.unserved.map { bookable in
                count(
                    "unserved", bookable.offer.places * bookable.starts.count,
                    ["service": services[bookable.service]?.name.text(language) ?? bookable.service.rawValue])
            }
    }

    /// Each service with its slots: `08:30 2`.
    private func byService(_ plan: HallSlotPlan, _ services: [ServiceID: Service]) -> String {
        var table = TextTable([text("column.service"), text("column.slots")])
        for bookable in plan.hall.bookable {
            let slots = bookable.starts.compactMap { start in
                plan.places[bookable.service]?[start].flatMap { $0 > 0 ? "\(TimeRange.clock(start)) \($0)" : nil }
            }
            table.add([
                services[bookable.service]?.name.text(language) ?? bookable.service.rawValue,
                slots.isEmpty ? "–" : slots.joined(separator: "  "),
            ])
        }
        return table.text
    }

    func print(_ trial: PlanTrial) {
        Swift.print(text("trial.title", ["scenario": trial.scenario, "days": String(trial.days)]))
        var table = TextTable(["time", "now", "newsvendor", "planned"].map { text("column.\($0)") })
        for (index, slot) in trial.slots.enumerated() {
            table.add([
                TimeRange.clock(slot / 60), String(trial.flat[index]), String(trial.newsvendor[index]),
                String(trial.planned[index]),
            ])
        }
        Swift.print(table.text)
        var figures = TextTable(
            [text("column.plan"), text("column.rule")]
                + ["mean", "p90", "J", "overtime"].map { texts.text("simulate.metric.\($0)", language) })
        for row in trial.rows {
            figures.add(
                [text("trial.\(row.plan.rawValue)"), texts.text("simulate.policy.\(row.policy.rawValue)", language)]
                    + ["mean", "p90", "J", "overtime"].map { Comparison.text(row.estimate($0)) })
        }
        Swift.print(figures.text)
        Swift.print(
            text(
                "trial.result",
                [
                    "ratio": Comparison.text(trial.ratio, places: 3),
                    "overtime": String(format: "%+.1f", trial.moreOvertime),
                ]))
    }

    private static func percent(_ share: Double) -> String { String(Int((share * 100).rounded())) }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.1f", $0) } ?? "–"
    }
}
