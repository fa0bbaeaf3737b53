package import Domain

extension QueueEvent {
    /// The data as JSON with sorted members, the same bytes every time.
    ///
    /// - Throws: `ContractError.tooLarge` for data that no reader would accept.
    package func encodeData() throws(ContractError) -> String {
        var object = JSONObjectWriter()
        write(to: &object)
        return try object.checkedText()
    }

    private func write(to object: inout JSONObjectWriter) {
        switch self {
        case .dayOpened(let event):
            object.write("date", event.date)
            object.write("history", event.history?.text)
        case .dayClosed(let event): object.write("date", event.date)
        case .windowOpened(let event):
            object.write("services", event.services)
            object.write("staff", event.staff)
            object.write("window", event.window)
        case .windowPaused(let event):
            object.write("reason", event.reason)
            object.write("staff", event.staff)
            object.write("window", event.window)
        case .windowResumed(let event):
            object.write("staff", event.staff)
            object.write("window", event.window)
        case .windowClosed(let event):
            object.write("staff", event.staff)
            object.write("window", event.window)
        case .ticketExpected(let event):
            object.write("channel", event.channel)
            object.write("checkInKeys", event.checkInKeys)
            object.write("follow", event.follow)
            object.write("service", event.service)
            object.write("slot", event.slot)
            object.write("ticket", event.ticket)
        case .ticketWithdrawn(let event): object.write("ticket", event.ticket)
        case .ticketCheckedIn(let event):
            object.write("channel", event.channel)
            object.write("due", event.due)
            object.write("kind", event.kind)
            object.write("number", event.number)
            if let promised = event.promisedBy { object.write("promisedBy", promised) }
            if let quoted = event.quoted { object.write("quoted", raw: quoted.json) }
            object.write("ticket", event.ticket)
        case .ticketIssued(let event):
            object.write("channel", event.channel)
            object.write("due", event.due)
            object.write("follow", event.follow)
            if !event.itinerary.isEmpty { object.write("itinerary", raw: event.itinerary.json) }
            object.write("kind", event.kind)
            object.write("number", event.number)
            if let promised = event.promisedBy { object.write("promisedBy", promised) }
            if let quoted = event.quoted { object.write("quoted", raw: quoted.json) }
            object.write("service", event.service)
            object.write("ticket", event.ticket)
        default: writeStep(to: &object)
        }
    }

    private func writeStep(to object: inout JSONObjectWriter) {
        switch self {
        case .ticketCalled(let event):
            object.write("number", event.number)
            object.write("overtook", event.overtook)
            object.write("reason", raw: event.reason.json)
            if let service = event.service { object.write("service", service) }
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketRecalled(let event):
            object.write("attempt", event.attempt)
            object.write("number", event.number)
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketServing(let event):
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketFinished(let event):
            object.write("outcome", event.outcome)
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketMissed(let event):
            object.write("returnableUntil", event.returnableUntil)
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketReturned(let event):
            object.write("due", event.due)
            object.write("ticket", event.ticket)
        case .ticketParked(let event):
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketTransferred(let event):
            object.write("due", event.due)
            if event.goesOn { object.write("goesOn", raw: "true") }
            if let outcome = event.outcome { object.write("outcome", outcome) }
            object.write("service", event.service)
            object.write("staff", event.staff)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .ticketLeft(let event):
            object.write("cause", event.cause)
            object.write("ticket", event.ticket)
        case .ticketNoShow(let event): object.write("ticket", event.ticket)
        case .stepUndone(let event):
            object.write("position", event.position)
            object.write("staff", event.staff)
            object.write("state", event.state)
            object.write("ticket", event.ticket)
            object.write("window", event.window)
        case .dayOpened, .dayClosed, .windowOpened, .windowPaused, .windowResumed, .windowClosed, .ticketExpected,
            .ticketWithdrawn, .ticketCheckedIn, .ticketIssued:
            break  // written above
        }
    }
}

extension QuotedWait {
    fileprivate var json: String {
        var object = JSONObjectWriter()
        object.write("expected", expected)
        object.write("high", high)
        object.write("low", low)
        if let ninety {
            var range = JSONObjectWriter()
            range.write("high", ninety.upperBound)
            range.write("low", ninety.lowerBound)
            object.write("ninety", raw: range.text)
        }
        return object.text
    }
}

extension [AskedLeg] {
    fileprivate var json: String {
        let legs = map { leg in
            var object = JSONObjectWriter()
            if !leg.after.isEmpty { object.write("after", leg.after) }
            object.write("service", leg.service)
            return object.text
        }
        return "[" + legs.joined(separator: ",") + "]"
    }
}

extension RoutingReason {
    fileprivate var json: String {
        var object = JSONObjectWriter()
        object.write("candidates", candidates)
        object.write("due", due)
        object.write("rule", rule)
        object.write("waitedSeconds", waitedSeconds)
        return object.text
    }
}
