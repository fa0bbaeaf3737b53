import Domain
import HTTPTypes
import Hummingbird
import Web

/// How long it would take in which hall, now and later today: open to everybody, before they set out.
extension QueuingInterface {
    func addWaitPages(to routes: RouteTable) {
        routes.add(.get, "/waits", access: .everyone, kind: .page) { _, context in
            let question = try waitQuestion(context)
            return try await waitAdvice(question, context)
        }
        routes.add(.get, "/waits/{hall}", access: .everyone, kind: .page) { _, context in
            try await hallWaits(try hall(context), context)
        }
        routes.add(.get, "/api/v1/queue/halls/{hall}/waits", access: .everyone, kind: .api) { _, context in
            let hall = try hall(context)
            try noQuery(context)
            let reading = try await reading(hall.id, context)
            let waits = await foreseen(in: reading)
            return Response.json(
                text: QueueJSON.waits(waits, in: reading).text, headers: [.cacheControl: "public, max-age=30"])
        }
        routes.add(.get, "/api/v1/queue/advice", access: .everyone, kind: .api) { _, context in
            let question = try waitQuestion(context)
            guard let service = question.service else {
                throw Problem.invalidFields([FieldError(.parameter("service"), key: "field.required")])
            }
            let options = try await waysToBeServed(service, near: question.near, context)
            return Response.json(
                text: QueueJSON.advice(service, options).text, headers: [.cacheControl: "public, max-age=30"])
        }
    }

    private struct WaitQuestion {
        var service: ServiceID?
        /// The hall that the person lives or works next to.
        var near: HallID?
    }

    private func waitQuestion(_ context: AppRequestContext) throws -> WaitQuestion {
        var fields = try context.queryFields()
        let service = fields.optionalIdentifier("service", as: ServiceID.self)
        let near = fields.optionalIdentifier("near", as: HallID.self)
        try fields.finish()
        let catalogue = catalogue.city.catalogue
        if let service, catalogue.services[service] == nil { throw Problem.notFound }
        if let near, catalogue.halls[near] == nil { throw Problem.notFound }
        return WaitQuestion(service: service, near: near)
    }

    func foreseen(in reading: HallReading) async -> HallForesight.Waits {
        await foresight.waits(in: reading, until: closing(of: reading), version: catalogue.city.version)
    }

    /// When the hall closes today; `nil` when it is not open today.
    private func closing(of reading: HallReading) -> Timestamp? {
        guard let zone = reading.configuration.civilTime else { return nil }
        let today = zone.date(at: reading.time)
        return reading.configuration.closing(on: today).map { zone.moment(of: today, minute: $0) }
    }

    private func hallWaits(_ hall: Hall, _ context: AppRequestContext) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let waits = await foreseen(in: reading)
        let services = catalogue.city.catalogue.orderedServices.filter { hall.servedServices.contains($0.id) }
        let view = HallWaitsView(
            hall: hall.name.text(context.language),
            made: context.text("waits.made", ["time": clockTime(waits.made, hall: hall.id)]),
            moments: waits.moments.enumerated().map { number, moment in
                number == 0 ? context.text("waits.now") : clockTime(moment, hall: hall.id)
            },
            services: services.map { service in
                let calls = waits.calls[service.id] ?? []
                return HallWaitsView.Service(
                    name: service.name.text(context.language),
                    waits: calls.isEmpty
                        ? waits.moments.map { _ in "–" } : calls.map { quotedText($0?.wait, context) },
                    best: bestMoment(calls, hall: hall.id, context))
            },
            isClosed: waits.calls.isEmpty)
        return try site.pages.render("hall-waits", titleKey: "waits.title", view: view, context)
    }

    /// When to come instead of now, where that saves at least ten minutes.
    private func bestMoment(_ calls: [ForeseenCall?], hall: HallID, _ context: AppRequestContext) -> String? {
        guard let now = calls.first ?? nil,
            let best = calls.compactMap(\.self).min(by: { $0.wait.expected < $1.wait.expected }),
            now.wait.expected - best.wait.expected >= 600
        else { return nil }
        return context.text(
            "waits.better",
            [
                "time": clockTime(best.arrival, hall: hall),
                "minutes": String((now.wait.expected - best.wait.expected) / 60),
            ])
    }

    private func quotedText(_ wait: QuotedWait?, _ context: AppRequestContext) -> String {
        guard let wait else { return "–" }
        let low = wait.low / 60
        let high = (wait.high + 59) / 60
        return low == high
            ? context.text("waits.minutes", ["minutes": String(high)])
            : context.text("waits.range", ["low": String(low), "high": String(high)])
    }

    private func waitAdvice(_ question: WaitQuestion, _ context: AppRequestContext) async throws -> Response {
        let catalogue = catalogue.city.catalogue
        var options: [WayToBeServed]?
        if let service = question.service {
            options = try await waysToBeServed(service, near: question.near, context)
        }
        let halls = catalogue.halls.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
        let view = WaitAdviceView(
            services: catalogue.orderedServices.map { service in
                WaitAdviceView.Choice(
                    id: service.id.rawValue, name: service.name.text(context.language),
                    isChosen: service.id == question.service)
            },
            halls: halls.map { hall in
                WaitAdviceView.Choice(
                    id: hall.id.rawValue, name: hall.name.text(context.language), isChosen: hall.id == question.near)
            },
            isAsked: options != nil,
            options: (options ?? []).map { option in
                WaitAdviceView.Option(
                    hallID: option.hall.id.rawValue, name: option.hall.name.text(context.language),
                    address: option.hall.address.text(context.language),
                    travel: option.travel.map {
                        context.text("waits.minutes", ["minutes": String(($0 + 30) / 60)])
                    } ?? "–",
                    wait: quotedText(option.wait, context),
                    total: context.text("waits.minutes", ["minutes": String(Int(option.total / 60 + 0.5))]),
                    advice: option.isRecommended
                        ? option.saving >= 60
                            ? context.text("waits.saves", ["minutes": String(Int(option.saving / 60))])
                            : context.text("waits.best") : nil)
            })
        return try site.pages.render("waits", titleKey: "waits.title", view: view, context)
    }

    /// A hall where a service can be had now, with what it would cost.
    struct WayToBeServed: Sendable {
        var hall: Hall
        /// Seconds; `nil` when it is not said where the person is.
        var travel: Int?
        var wait: QuotedWait
        /// Seconds on the way and in the hall until the call, expected.
        var total: Double
        /// By how many seconds it is shorter than the hall next to the person.
        var saving: Double
        var isRecommended: Bool
    }

    /// The halls in the order in which they are recommended.
    private func waysToBeServed(
        _ service: ServiceID, near: HallID?, _ context: AppRequestContext
    ) async throws -> [WayToBeServed] {
        let catalogue = catalogue.city.catalogue
        let halls = catalogue.halls.values.filter { $0.servedServices.contains(service) }
            .sorted { ($0.position, $0.id) < ($1.position, $1.id) }
        var ways: [(hall: Hall, travel: Int?, call: ForeseenCall)] = []
        for hall in halls {
            let reading = try await reading(hall.id, context)
            let travel = near.flatMap { catalogue.halls[$0] }.map { TravelEstimate.seconds(from: $0, to: hall) }
            let waits = await foreseen(in: reading)
            let arrival = waits.made.advanced(seconds: Int64(travel ?? 0))
            // The wait of the moment on the grid that is next to the arrival.
            let calls = zip(waits.moments, waits.calls[service] ?? [])
            let nearest = calls.min { abs($0.0.seconds(since: arrival)) < abs($1.0.seconds(since: arrival)) }
            guard let call = nearest?.1 else { continue }
            ways.append((hall, travel, call))
        }
        let candidates = ways.enumerated().map { number, way in
            way.call.candidate(hall: number, travel: way.travel ?? 0)
        }
        let own =
            ways.firstIndex { $0.hall.id == near } ?? candidates.indices.min {
                candidates[$0].total < candidates[$1].total
            } ?? 0
        let ranked = HallChoice().rank(candidates, own: own)
        return ranked.enumerated().map { place, option in
            let way = ways[option.candidate]
            return WayToBeServed(
                hall: way.hall, travel: way.travel, wait: way.call.wait, total: option.total, saving: option.saving,
                isRecommended: place == 0)
        }
    }
}

struct HallWaitsView: Sendable {
    struct Service: Sendable {
        let name: String
        let waits: [String]
        let best: String?
    }

    let hall: String
    let made: String
    let moments: [String]
    let services: [Service]
    let isClosed: Bool
}

struct WaitAdviceView: Sendable {
    struct Choice: Sendable {
        let id: String
        let name: String
        let isChosen: Bool
    }

    struct Option: Sendable {
        let hallID: String
        let name: String
        let address: String
        let travel: String
        let wait: String
        let total: String
        let advice: String?
    }

    let services: [Choice]
    let halls: [Choice]
    let isAsked: Bool
    let options: [Option]
}
