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

    /// How far away the person says to be.
    struct Away {
        /// As it was typed.
        let entered: String
        /// What is wrong with it.
        let error: String?
    }

    /// A piece of advice on when to set out; every one is in the page, the present one is shown.
    struct Advice {
        let name: String
        let text: String
        /// The text with `{time}` for what comes.
        let pattern: String
        let isCurrent: Bool
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
    let ticketPath: String
    let maySetOut: Bool
    let isExpected: Bool
    let awayEntered: String
    let awayError: String?
    /// `nil` when nothing was said, or nothing that can be.
    let away: Int?
    let longestWay: Int
    let spare: Int
    let lateMinutes: Int
    let advice: [Advice]
    let missedRule: String
    let bookedRule: String

    init(
        _ status: TicketStatus, token: String, directory: CityDirectory, isLive: Bool, now: Timestamp, away: Away,
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
        let rules = known?.configuration.rules ?? QueueRules()
        ticketPath = "/t/\(token)"
        isExpected = status.state == .expected
        maySetOut = isWaiting || isExpected
        awayEntered = away.entered
        awayError = away.error
        self.away = away.error == nil ? Int(away.entered) : nil
        longestWay = SetOut.ways.upperBound
        spare = SetOut.spare
        lateMinutes = rules.lateCheckInMinutes
        advice = Self.advice(status, isAsked: self.away != nil, time, now, context)
        missedRule = context.text(
            "ticket.set-out.missed",
            ["minutes": String(rules.missedReturnMinutes), "penalty": String(rules.missedReturnPenaltyMinutes)])
        bookedRule = context.text("ticket.set-out.booked", ["minutes": String(rules.lateCheckInMinutes)])
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

    private static func advice(
        _ status: TicketStatus, isAsked: Bool, _ time: HallTime, _ now: Timestamp, _ context: AppRequestContext
    ) -> [Advice] {
        let present = status.setOut?.advice.rawValue ?? (isAsked && status.state == .waiting ? "unknown" : nil)
        let moment = status.setOut?.at.map { at in
            time.isSameDay(at, now) ? time.clock(at) : time.full(at, context.language) { context.text($0) }
        }
        return (SetOut.Advice.allCases.map(\.rawValue) + ["unknown"]).map { name in
            let text = { context.text("ticket.set-out.\(name)", ["time": $0]) }
            return Advice(
                name: name, text: text(moment ?? "–"), pattern: text("{time}"), isCurrent: name == present)
        }
    }
}
