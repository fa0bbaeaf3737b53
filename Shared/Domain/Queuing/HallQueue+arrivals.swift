extension HallQueue {
    func expect(
        _ facts: TicketExpected, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [QueueEvent] {
        let isToday = configuration.civilTime?.date(at: facts.slot) == day
        let present = tickets[facts.ticket]
        switch present?.state {
        case nil, .withdrawn:
            return isToday ? [.ticketExpected(facts)] : []
        case .expected:
            // The appointment was moved to another day: nobody is expected today any more.
            guard isToday else { return [.ticketWithdrawn(TicketWithdrawn(ticket: facts.ticket))] }
            return present.map(facts.isSame(as:)) == true ? [] : [.ticketExpected(facts)]
        case .waiting, .called, .serving, .done, .parked, .missed, .left, .noShow:
            return []
        }
    }

    func withdraw(_ id: TicketID) -> [QueueEvent] {
        guard tickets[id]?.state == .expected else { return [] }
        return [.ticketWithdrawn(TicketWithdrawn(ticket: id))]
    }

    func checkIn(
        _ id: TicketID, _ channel: Channel, at now: Timestamp, in configuration: HallConfiguration,
        by policy: any RoutingPolicy
    ) throws(QueueRefusal) -> [QueueEvent] {
        guard let ticket = tickets[id] else { throw .ticketUnknown }
        guard ticket.state == .expected else {
            if ticket.state.isEnded { throw .ticketEnded }
            throw .alreadyCheckedIn(number: ticket.number ?? "")
        }
        guard let slot = ticket.slot else { throw .ticketUnknown }
        if let date = configuration.civilTime?.date(at: slot), date != day { throw .appointmentOnOtherDay(date) }
        let rules = configuration.rules
        let opens = slot.advanced(minutes: -rules.earlyCheckInMinutes)
        guard now >= opens else { throw .checkInTooEarly(opens: opens) }
        let isPunctual = now <= slot.advanced(minutes: rules.punctualMinutes)
        let counts = now <= slot.advanced(minutes: rules.lateCheckInMinutes)
        let arrival = QueueArrival(
            services: [ticket.service], kind: counts ? ticket.kind : .walkIn, slot: slot, due: isPunctual ? slot : now)
        let number = try nextNumber(for: ticket.service, in: configuration)
        let promise = policy.promise(to: arrival, in: self, at: now, configuration: configuration)
        return [
            .ticketCheckedIn(
                TicketCheckedIn(
                    ticket: id, number: number, channel: channel, kind: arrival.kind, due: arrival.due,
                    promisedBy: promise.promisedBy, quoted: promise.quoted))
        ]
    }

    func issue(
        _ id: TicketID, _ services: [ServiceID], _ kind: TicketClass, _ channel: Channel, follow: String,
        at now: Timestamp,
        in configuration: HallConfiguration, by policy: any RoutingPolicy
    ) throws(QueueRefusal) -> [QueueEvent] {
        guard tickets[id] == nil else { throw .ticketExists }
        guard kind != .appointment else { throw .bookingNeeded }
        let itinerary = try itinerary(of: services, in: configuration)
        // Of the services asked for, some may have to wait for others of them.
        let possible = itinerary.filter(\.after.isEmpty).map(\.service)
        let first = possible.first ?? itinerary[0].service
        let number = try nextNumber(for: first, in: configuration)
        let due = kind == .priority ? now.advanced(minutes: -configuration.rules.priorityMinutes) : now
        let arrival = QueueArrival(services: possible.isEmpty ? services : possible, kind: kind, slot: nil, due: due)
        let promise = policy.promise(to: arrival, in: self, at: now, configuration: configuration)
        return [
            .ticketIssued(
                TicketIssued(
                    ticket: id, number: number, service: first, itinerary: itinerary.count > 1 ? itinerary : [],
                    kind: kind, channel: channel, follow: follow, due: due, promisedBy: promise.promisedBy,
                    quoted: promise.quoted))
        ]
    }

    /// The legs with what must come before each, as far as it is asked for too; never empty.
    private func itinerary(
        of services: [ServiceID], in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [AskedLeg] {
        guard (1...Ticket.legLimit).contains(services.count) else { throw .tooManyServices(limit: Ticket.legLimit) }
        var legs: [AskedLeg] = []
        for service in services {
            guard let known = configuration.services[service] else { throw .serviceUnknown(service) }
            guard !legs.contains(where: { $0.service == service }) else { throw .sameService(service) }
            legs.append(AskedLeg(service: service, after: known.after.filter(services.contains)))
        }
        return legs
    }

    private func nextNumber(
        for service: ServiceID, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> String {
        guard let letter = configuration.services[service]?.letter else { throw .serviceUnknown(service) }
        return TicketNumber.text(letter: letter, count: (counters[letter] ?? 0) + 1)
    }
}

extension TicketExpected {
    fileprivate func isSame(as ticket: Ticket) -> Bool {
        service == ticket.service && slot == ticket.slot && channel == ticket.channel
            && checkInKeys == ticket.checkInKeys
            && follow == ticket.follow
    }
}
