import Domain
import HTTPTypes
import Hummingbird
import Web

/// What the hall has learned from its own days, for its operator: the times that are called and foretold by.
extension QueuingInterface {
    func addLearnedPages(to routes: RouteTable) {
        routes.add(.get, "/staff/halls/{hall}/learned", access: .staff([.operator]), kind: .page) { _, context in
            let hall = try hall(context)
            let reading = try await reading(hall.id, context)
            let view = LearnedView(hall, reading, context, names: { serviceName($0, context) })
            return try site.pages.render("staff-learned", title: view.title, view: view, context, layout: .console)
        }
        routes.add(
            .get, "/api/v1/queue/halls/{hall}/learned", access: .staff([.operator]), kind: .api
        ) { request, context in
            let hall = try hall(context)
            try noQuery(context)
            let reading = try await reading(hall.id, context)
            return Response.tagged(
                "\(reading.queue.history?.days ?? 0).\(catalogue.city.version)", for: request,
                headers: [.cacheControl: "private, no-cache"]
            ) { .json(text: QueueJSON.learned(reading).text) }
        }
    }
}

struct LearnedView: Sendable {
    struct Service: Sendable {
        let name: String
        let imported: String
        let learned: String
        let count: Int
    }

    struct Pace: Sendable {
        let staff: String
        let service: String
        let pace: String
        let count: Int
    }

    struct Hour: Sendable {
        let hour: String
        let counts: [String]
    }

    let hallID: String
    let title: String
    let summary: String
    /// Before anything is learned: from when on there will be something.
    let start: String?
    let services: [Service]
    let paces: [Pace]
    let weekdays: [String]
    let hours: [Hour]
    let hasHours: Bool
    let hasPaces: Bool
    let punctuality: [String]

    init(_ hall: Hall, _ reading: HallReading, _ context: AppRequestContext, names: (ServiceID) -> String) {
        hallID = hall.id.rawValue
        title = "\(hall.name.text(context.language)) · \(context.text("staff.learned.title"))"
        let configuration = reading.configuration
        let history = reading.queue.history
        let known = history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
        summary =
            history.map {
                context.text(
                    "staff.learned.summary",
                    [
                        "days": String($0.days), "through": $0.through.description,
                        "setAside": String($0.setAside),
                    ])
            } ?? context.text("staff.learned.nothing")
        start =
            history == nil
            ? reading.queue.day.map {
                context.text("staff.learned.start", ["day": $0.advanced(days: 1).description])
            } ?? context.text("staff.learned.start-unknown") : nil
        services = configuration.services.keys.sorted().map { service in
            Service(
                name: names(service),
                imported: ((configuration.services[service]?.meanMinutes ?? 0) * 60).inMinutes,
                learned: known.serviceTime(service, in: configuration).mean.inMinutes,
                count: Int((known.durations[service]?.weight ?? 0).rounded()))
        }
        paces = known.clerks.keys.sorted().flatMap { staff in
            (known.clerks[staff] ?? [:]).keys.sorted().map { service in
                Pace(
                    staff: staff.rawValue, service: names(service),
                    pace: "\(Int((known.pace(of: service, by: staff) * 100).rounded())) %",
                    count: Int((known.clerks[staff]?[service]?.weight ?? 0).rounded()))
            }
        }
        let days = Weekday.allCases.filter { known.weekdays[$0] != nil }
        weekdays = days.map { context.text("weekday.\($0.rawValue)") }
        let profiles = days.map { known.profile(of: $0) }
        hours = (0..<24).compactMap { hour in
            let counts = profiles.map { $0[hour * 4..<hour * 4 + 4].reduce(0, +) }
            guard counts.contains(where: { $0 >= 0.05 }) else { return nil }
            return Hour(
                hour: "\(hour):00–\(hour + 1):00",
                counts: counts.map { "\(Int(($0 * 10).rounded()) / 10).\(Int(($0 * 10).rounded()) % 10)" })
        }
        hasHours = !hours.isEmpty
        hasPaces = !paces.isEmpty
        punctuality =
            known.shows.weight > 0
            ? [
                context.text("staff.learned.shows", ["percent": String(Int((known.showOdds * 100).rounded()))]),
                context.text(
                    "staff.learned.late",
                    [
                        "percent": String(Int((known.lateness.mean * 100).rounded())),
                        "minutes": known.lateBy.mean.inMinutes,
                    ]),
            ] : []
    }
}
