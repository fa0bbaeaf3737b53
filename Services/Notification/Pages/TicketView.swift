import Domain
import Web

/// The page of one ticket: every state's text is in it, the present one is shown.
struct TicketView {
    struct Part {
        let name: String
        let title: String
        let text: String
        let isCurrent: Bool
        /// Whether the window is shown large.
        let isAtWindow: Bool
        let calledWindow: String
    }

    /// A service of a visit that has several.
    struct Leg {
        let name: String
        let state: String
        let isEnded: Bool
        let isPresent: Bool
    }

    let state: String
    let stream: String
    let timeZone: String
    let hall: String
    let hallName: String
    let address: String
    let serviceName: String
    let legs: [Leg]
    let hasLegs: Bool
    /// Changes with the services and their states: the page's script then takes the list anew.
    let visitMark: String
    let number: String?
    let parts: [Part]
    let isWaiting: Bool
    let ahead: Int?
    let expectedMinutes: Int?
    let lowMinutes: Int?
    let highMinutes: Int?
    /// The word after the expected minutes, and its forms for what comes.
    let minuteWord: String
    let minuteOne: String
    let minuteOther: String
    let slot: String?
    let slotTime: String?
    let clock: String
    let isLive: Bool

    init(
        _ status: TicketStatus, token: String, directory: CityDirectory, isLive: Bool, now: Timestamp,
        _ context: AppRequestContext
    ) {
        let language = context.language
        let known = directory.hall(status.hall)
        let time = HallTime(known?.timeZone)
        state = status.state.rawValue
        stream = "/live/tickets/\(token)"
        timeZone = known?.configuration.timeZone ?? "UTC"
        hall = status.hall.rawValue
        hallName = known?.name.text(language) ?? status.hall.rawValue
        address = known?.address.text(language) ?? ""
        serviceName = directory.serviceName(status.service, language)
        legs = (status.legs ?? []).map { leg in
            let key = leg.state == .ended ? leg.outcome?.rawValue ?? "sentOn" : leg.state.rawValue
            return Leg(
                name: directory.serviceName(leg.service, language), state: context.text("ticket.leg.\(key)"),
                isEnded: leg.state == .ended, isPresent: leg.state == .present)
        }
        hasLegs = !legs.isEmpty
        visitMark = ([status.service.rawValue] + (status.legs ?? []).map { "\($0.service)=\($0.state.rawValue)" })
            .joined(separator: " ")
        number = status.number
        isWaiting = status.state == .waiting
        ahead = status.ahead
        expectedMinutes = status.expectedMinutes
        lowMinutes = status.lowMinutes
        highMinutes = status.highMinutes
        minuteWord = context.text("ticket.minutes", count: status.expectedMinutes ?? 0)
        minuteOne = context.text("ticket.minutes", count: 1)
        minuteOther = context.text("ticket.minutes", count: 2)
        slot = status.slot.map { time.full($0, language) { context.text($0) } }
        slotTime = status.slot.map(time.rfc3339)
        clock = time.clock(now)
        self.isLive = isLive
        parts = TicketState.allCases.map { state in
            Part(
                name: state.rawValue, title: context.text("ticket.\(state.rawValue).title"),
                text: Self.text(state, status, known, time, context), isCurrent: state == status.state,
                isAtWindow: state.isAtWindow, calledWindow: status.window?.rawValue ?? "")
        }
    }

    private static func text(
        _ state: TicketState, _ status: TicketStatus, _ hall: CityDirectory.Hall?, _ time: HallTime,
        _ context: AppRequestContext
    ) -> String {
        var arguments: [String: String] = [:]
        switch state {
        case .expected:
            let early = hall?.configuration.rules.earlyCheckInMinutes ?? 0
            arguments["from"] = status.slot.map { time.clock($0.advanced(minutes: -early)) } ?? "–"
        case .missed:
            arguments["until"] =
                status.returnableUntil.map { context.text("ticket.missed.until", ["time": time.clock($0)]) } ?? ""
        default: break
        }
        return context.text("ticket.\(state.rawValue).text", arguments)
    }
}
