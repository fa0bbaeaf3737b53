import Domain
import HTTPTypes
import Web

/// Where what goes wrong in a hall becomes what people and programs read.
extension QueuingInterface {
    func problem(_ error: QueuingError, hall: HallID, _ context: AppRequestContext) -> Problem {
        switch error {
        case .refused(let refusal): problem(refusal, hall: hall, context)
        case .unknownHall: .notFound
        case .keyReused: Problem(.unprocessableContent, code: "idempotency-key-reused")
        case .overloaded(let seconds):
            Problem(
                .serviceUnavailable, code: "hall-busy", headers: [.retryAfter: String(seconds)])
        case .outcomeUnknown: Problem(.serviceUnavailable, code: "outcome-unknown", headers: [.retryAfter: "2"])
        case .unavailable, .noCatalogue: .unavailable(retryAfter: 2)
        case .brokenLog: .internal
        }
    }

    /// A refusal with its facts in the person's words: names of services, times by the hall's clock.
    func problem(_ refusal: QueueRefusal, hall: HallID, _ context: AppRequestContext) -> Problem {
        let status: HTTPResponse.Status =
            switch refusal {
            case .ticketUnknown, .windowUnknown: .notFound
            default: .conflict
            }
        return Problem(status, code: refusal.code, arguments: arguments(of: refusal, hall: hall, context))
    }

    private func arguments(of refusal: QueueRefusal, hall: HallID, _ context: AppRequestContext) -> [String: String] {
        var arguments = refusal.arguments
        if let service = arguments["service"] {
            arguments["service"] = serviceName(ServiceID(service), context)
        }
        switch refusal {
        case .checkInTooEarly(let moment), .returnExpired(let moment):
            arguments["time"] = clockTime(moment, hall: hall)
        default: break
        }
        return arguments
    }

    func serviceName(_ service: ServiceID, _ context: AppRequestContext) -> String {
        catalogue.city.catalogue.services[service]?.name.text(context.language) ?? service.rawValue
    }

    /// `09:30` by the hall's clock.
    func clockTime(_ moment: Timestamp, hall: HallID) -> String {
        guard let zone = catalogue.city.configurations[hall]?.civilTime else { return moment.rfc3339() }
        return TimeRange.clock(zone.minuteOfDay(at: moment))
    }
}
