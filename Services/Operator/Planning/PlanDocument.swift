import Domain
import Foundation
import Simulation

/// A plan of places for machines.
struct PlanDocument: Encodable {
    private struct Day: Encodable {
        var weekdays: [String]
        /// Days that were learned; absent when walk-ins are assumed.
        var learnedDays: Int?
        var assumedWalkInShare: Double?
        var bookedShare: Double
        var hasShifts: Bool
        var isChanged: Bool
        var cells: [Cell]
        var services: [Service]
        var unserved: [String]
        var left: [String: Int]
        var before: Figures
        var after: Figures
    }

    private struct Cell: Encodable {
        var start: String
        var end: String
        var windows: Double
        var walkIns: Double
        var workMinutes: Double
        var now: Int
        var planned: Int
        var waitNowMinutes: Double?
        var waitPlannedMinutes: Double?
        var reason: String
    }

    private struct Service: Encodable {
        var service: String
        var slotMinutes: Int
        var places: [String: Int]
    }

    private struct Figures: Encodable {
        var meanMinutes: Double
        var p90Minutes: Double
        var cost: Double
        var overtimeMinutes: Double

        init(_ figures: HallSlotPlan.Figures) {
            meanMinutes = figures.mean.rounded(places: 2)
            p90Minutes = figures.p90.rounded(places: 2)
            cost = figures.cost.rounded(places: 2)
            overtimeMinutes = figures.overtime.rounded(places: 2)
        }
    }

    private var hall: String
    private var days: [Day]

    init(_ week: WeekPlan) {
        hall = week.hall.id.rawValue
        days = week.entries.map { entry in
            let plan = entry.plan
            var learned: Int?
            var share: Double?
            switch plan.hall.walkIns {
            case .learned(let days): learned = days
            case .assumed(let assumed): share = assumed
            }
            return Day(
                weekdays: entry.weekdays.map(\.rawValue), learnedDays: learned, assumedWalkInShare: share,
                bookedShare: plan.hall.filledShare.rounded(places: 3), hasShifts: plan.hall.hasShifts,
                isChanged: plan.isChanged,
                cells: plan.cells.map { cell in
                    Cell(
                        start: TimeRange.clock(cell.time.lowerBound), end: TimeRange.clock(cell.time.upperBound),
                        windows: cell.windows.rounded(places: 2), walkIns: cell.walkIns.rounded(places: 2),
                        workMinutes: cell.work.rounded(places: 2), now: cell.now, planned: cell.planned,
                        waitNowMinutes: cell.waitNow?.rounded(places: 2),
                        waitPlannedMinutes: cell.waitPlanned?.rounded(places: 2), reason: cell.reason.rawValue)
                },
                services: plan.hall.bookable.map { bookable in
                    Service(
                        service: bookable.service.rawValue, slotMinutes: bookable.offer.slotMinutes,
                        places: Dictionary(
                            uniqueKeysWithValues: (plan.places[bookable.service] ?? [:]).map {
                                (TimeRange.clock($0.key), $0.value)
                            }))
                },
                unserved: plan.hall.unserved.map(\.service.rawValue),
                left: Dictionary(uniqueKeysWithValues: plan.left.map { ($0.key.rawValue, $0.value) }),
                before: Figures(plan.before), after: Figures(plan.after))
        }
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension Double {
    fileprivate func rounded(places: Int) -> Double {
        let factor = pow(10, Double(places))
        return (self * factor).rounded() / factor
    }
}
