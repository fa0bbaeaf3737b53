import Domain
import HTTPTypes
import Hummingbird
import Web

/// How good the waits were that the hall told people: open to everybody.
extension QueuingInterface {
    func addPromisePages(to routes: RouteTable) {
        routes.add(.get, "/promises/{hall}", access: .everyone, kind: .page) { _, context in
            let hall = try hall(context)
            let reading = try await reading(hall.id, context)
            let view = PromisesView(
                hall: hall.name.text(context.language),
                today: promiseRows(reading.queue.accuracy, context),
                before: promiseRows(reading.queue.history?.accuracy ?? [:], context),
                learned: reading.queue.history.map {
                    context.text(
                        "promises.before.days", ["days": String($0.days), "through": $0.through.description])
                })
            return try site.pages.render("promises", titleKey: "promises.title", view: view, context)
        }
        routes.add(.get, "/api/v1/queue/halls/{hall}/promises", access: .everyone, kind: .api) { request, context in
            let hall = try hall(context)
            try noQuery(context)
            let reading = try await reading(hall.id, context)
            return Response.tagged(
                "\(reading.queue.position).\(catalogue.city.version)", for: request,
                headers: [.cacheControl: "public, max-age=15"]
            ) { .json(text: QueueJSON.promises(reading).text) }
        }
    }

    private func promiseRows(
        _ accuracy: [TicketClass: PromiseAccuracy], _ context: AppRequestContext
    ) -> [PromisesView.Row] {
        TicketClass.allCases.compactMap { kind in
            guard let known = accuracy[kind], known.count > 0 else { return nil }
            return PromisesView.Row(
                kind: classText(kind, context), count: Int(known.count.rounded()),
                absolute: context.text("promises.minutes", ["minutes": known.absolute.mean.inMinutes]),
                bias: biasText(known.error.mean, context), within: percentText(known.within),
                withinNinety: percentText(known.withinNinety ?? Tally()),
                kept: percentText(known.kept))
        }
    }

    private func biasText(_ seconds: Double, _ context: AppRequestContext) -> String {
        guard abs(seconds) >= 3 else { return context.text("promises.bias.none") }
        return context.text(
            seconds > 0 ? "promises.bias.earlier" : "promises.bias.later", ["minutes": abs(seconds).inMinutes])
    }

    private func percentText(_ share: Tally) -> String {
        share.weight > 0 ? "\(Int((share.mean * 100).rounded())) %" : "–"
    }
}

extension Double {
    /// Seconds as minutes with one decimal.
    var inMinutes: String {
        let tenths = Int((self / 6).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}

struct PromisesView: Sendable {
    struct Row: Sendable {
        let kind: String
        let count: Int
        let absolute: String
        let bias: String
        let within: String
        let withinNinety: String
        let kept: String
    }

    let hall: String
    let today: [Row]
    let before: [Row]
    let hasToday: Bool
    let hasBefore: Bool
    /// Which days are in `before`; `nil` when the hall has none.
    let learned: String?

    init(hall: String, today: [Row], before: [Row], learned: String?) {
        self.hall = hall
        self.today = today
        self.before = before
        hasToday = !today.isEmpty
        hasBefore = !before.isEmpty
        self.learned = learned
    }
}
