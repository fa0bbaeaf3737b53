package import Domain

extension QueueEvent {
    /// Reads an event.
    ///
    /// - Parameters:
    ///   - typeName: the CloudEvents type.
    ///   - data: the text of a JSON object. Members that are not known here are skipped.
    /// - Throws: `ContractError.unknownType` for a type that is not of this service or not known yet.
    package init(typeName: String, data: String) throws(ContractError) {
        guard let kind = Kind.byTypeName[typeName] else { throw .unknownType(typeName) }
        let object = try JSONObject(text: data)
        switch kind {
        case .dayOpened:
            self = .dayOpened(DayOpened(date: try object.date("date"), history: try HallHistory(in: object)))
        case .dayClosed: self = .dayClosed(DayClosed(date: try object.date("date")))
        case .windowOpened:
            self = .windowOpened(
                WindowOpened(
                    window: try object.identifier("window"), staff: try object.identifier("staff"),
                    services: try object.identifiers("services")))
        case .windowPaused:
            self = .windowPaused(
                WindowPaused(
                    window: try object.identifier("window"), staff: try object.identifier("staff"),
                    reason: try object.choice("reason")))
        case .windowResumed:
            self = .windowResumed(
                WindowResumed(window: try object.identifier("window"), staff: try object.identifier("staff")))
        case .windowClosed:
            self = .windowClosed(
                WindowClosed(window: try object.identifier("window"), staff: try object.identifier("staff")))
        case .ticketExpected: self = .ticketExpected(try TicketExpected(object))
        case .ticketWithdrawn: self = .ticketWithdrawn(TicketWithdrawn(ticket: try object.identifier("ticket")))
        case .ticketCheckedIn: self = .ticketCheckedIn(try TicketCheckedIn(object))
        case .ticketIssued: self = .ticketIssued(try TicketIssued(object))
        case .ticketCalled: self = .ticketCalled(try TicketCalled(object))
        case .ticketRecalled: self = .ticketRecalled(try TicketRecalled(object))
        case .ticketServing:
            self = .ticketServing(
                TicketServing(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff")))
        case .ticketFinished:
            self = .ticketFinished(
                TicketFinished(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff"), outcome: try object.choice("outcome")))
        case .ticketMissed:
            self = .ticketMissed(
                TicketMissed(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff"), returnableUntil: try object.timestamp("returnableUntil")))
        case .ticketReturned:
            self = .ticketReturned(
                TicketReturned(ticket: try object.identifier("ticket"), due: try object.timestamp("due")))
        case .ticketParked:
            self = .ticketParked(
                TicketParked(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff")))
        case .ticketTransferred:
            self = .ticketTransferred(
                TicketTransferred(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff"), service: try object.identifier("service"),
                    due: try object.timestamp("due"), outcome: try object.optionalChoice("outcome"),
                    goesOn: try object.flag("goesOn")))
        case .ticketLeft:
            self = .ticketLeft(TicketLeft(ticket: try object.identifier("ticket"), cause: try object.choice("cause")))
        case .ticketNoShow: self = .ticketNoShow(TicketNoShow(ticket: try object.identifier("ticket")))
        case .stepUndone:
            self = .stepUndone(
                StepUndone(
                    ticket: try object.identifier("ticket"), window: try object.identifier("window"),
                    staff: try object.identifier("staff"), position: try object.integer("position", atLeast: 1),
                    state: try object.choice("state")))
        }
    }
}

extension TicketExpected {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            ticket: try object.identifier("ticket"), service: try object.identifier("service"),
            slot: try object.timestamp("slot"), channel: try object.choice("channel"),
            checkInKeys: try object.strings("checkInKeys"), follow: try object.string("follow"))
    }
}

extension TicketCheckedIn {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            ticket: try object.identifier("ticket"), number: try object.text("number"),
            channel: try object.choice("channel"), kind: try object.choice("kind"), due: try object.timestamp("due"),
            promisedBy: try object.optionalTimestamp("promisedBy"), quoted: try QuotedWait(in: object))
    }
}

extension TicketIssued {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            ticket: try object.identifier("ticket"), number: try object.text("number"),
            service: try object.identifier("service"),
            itinerary: try object.optionalObjects("itinerary").map(AskedLeg.init), kind: try object.choice("kind"),
            channel: try object.choice("channel"), follow: try object.string("follow"),
            due: try object.timestamp("due"), promisedBy: try object.optionalTimestamp("promisedBy"),
            quoted: try QuotedWait(in: object))
    }
}

extension AskedLeg {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            service: try object.identifier("service"), after: try object.optionalIdentifiers("after"))
    }
}

extension TicketCalled {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            ticket: try object.identifier("ticket"), number: try object.text("number"),
            window: try object.identifier("window"), staff: try object.identifier("staff"),
            service: try object.optionalIdentifier("service"),
            reason: try RoutingReason(try object.object("reason")), overtook: try object.identifiers("overtook"))
    }
}

extension TicketRecalled {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            ticket: try object.identifier("ticket"), number: try object.text("number"),
            window: try object.identifier("window"), staff: try object.identifier("staff"),
            attempt: try object.integer("attempt", atLeast: 1))
    }
}

extension QuotedWait {
    /// `nil` when the event has none.
    fileprivate init?(in event: JSONObject) throws(ContractError) {
        guard let object = try event.optionalObject("quoted") else { return nil }
        var ninety: ClosedRange<Int>?
        if let range = try object.optionalObject("ninety") {
            let low: Int = try range.integer("low", atLeast: 0)
            ninety = low...(try range.integer("high", atLeast: low))
        }
        self.init(
            low: try object.integer("low", atLeast: 0), expected: try object.integer("expected", atLeast: 0),
            high: try object.integer("high", atLeast: 0), ninety: ninety)
    }
}

extension RoutingReason {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            rule: try object.choice("rule"), due: try object.timestamp("due"),
            waitedSeconds: try object.integer("waitedSeconds", atLeast: 0),
            candidates: try object.integer("candidates", atLeast: 0))
    }
}
