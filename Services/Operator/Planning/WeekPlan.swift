import Domain
import Foundation
import Simulation

/// The plans of a hall's weekdays. Weekdays that are alike in all that a plan depends on have one together.
struct WeekPlan: Sendable {
    struct Entry: Sendable {
        var weekdays: [Weekday]
        var plan: HallSlotPlan
    }

    let hall: Hall
    private(set) var entries: [Entry] = []
    /// Weekdays asked for on which the hall is closed or nothing can be booked.
    private(set) var closed: [Weekday] = []

    init(
        _ known: KnownHall, skills: [StaffID: Set<ServiceID>], history: HallHistory?, weekdays: [Weekday],
        assumedShare: Double, bookedShare: Double?, settings: HallSlotPlan.Settings
    ) async throws {
        hall = known.hall
        var days: [(weekdays: [Weekday], hall: HallScenario)] = []
        for weekday in weekdays {
            guard
                let scenario = HallScenario(
                    hall: known.hall, configuration: known.configuration, skills: skills, history: history,
                    weekday: weekday, assumedShare: assumedShare, bookedShare: bookedShare)
            else {
                closed.append(weekday)
                continue
            }
            if let same = days.firstIndex(where: { $0.hall.isLike(scenario) }) {
                days[same].weekdays.append(weekday)
            } else {
                days.append(([weekday], scenario))
            }
        }
        // The search for all services together, and the one by service.
        let steps = settings.search.rounds + (settings.search.rounds + 2) / 3
        let bar = ProgressBar(total: days.count * steps)
        for (number, day) in days.enumerated() {
            let plan = try await HallSlotPlan(day.hall, settings: settings) {
                bar.show(number * steps + $0)
            }
            entries.append(Entry(weekdays: day.weekdays, plan: plan))
        }
        bar.end()
    }

    /// As booking keeps it. What nobody on duty serves has no places.
    var places: PlacesPlan {
        var days: [ServiceID: [Weekday: PlacesPlan.Day]] = [:]
        for entry in entries {
            let scenario = entry.plan.hall
            for weekday in entry.weekdays {
                for bookable in scenario.bookable {
                    days[bookable.service, default: [:]][weekday] = PlacesPlan.Day(
                        offer: bookable.offer, places: entry.plan.places[bookable.service] ?? [:])
                }
                for bookable in scenario.unserved {
                    days[bookable.service, default: [:]][weekday] = PlacesPlan.Day(
                        offer: bookable.offer, places: Dictionary(uniqueKeysWithValues: bookable.starts.map { ($0, 0) })
                    )
                }
            }
        }
        return PlacesPlan(days: days)
    }
}
