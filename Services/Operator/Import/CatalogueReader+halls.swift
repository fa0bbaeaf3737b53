import Domain

extension CatalogueReader {
    static func hall(_ value: DocumentValue, position: Int) -> (hall: Hall, kiosks: [KioskInput])? {
        guard let fields = value.fields() else { return nil }
        let id: HallID = fields.required("id")?.identifier() ?? HallID("?\(position)")
        let kiosks = fields.optional("kiosks")?.list().compactMap { kiosk($0, of: id) } ?? []
        let hall = Hall(
            id: id, position: position,
            name: text(fields.required("name")),
            address: text(fields.required("address")),
            timeZone: fields.required("timeZone")?.string() ?? "",
            latitude: fields.optional("latitude")?.double(),
            longitude: fields.optional("longitude")?.double(),
            telephone: fields.optional("telephone")?.string(),
            zones: fields.optional("zones")?.list().compactMap(zone) ?? [],
            hours: week(fields.required("hours")),
            exceptions: exceptions(fields.optional("exceptions")),
            observesHolidays: fields.optional("observesHolidays")?.bool() ?? true,
            windows: fields.required("windows")?.list().compactMap(window) ?? [],
            offers: offers(fields.optional("offers")),
            horizonDays: fields.optional("horizonDays").map { $0.int() ?? 14 } ?? 14,
            bookingRules: bookingRules(fields.optional("bookingRules")),
            queueRules: queueRules(fields.optional("queueRules")),
            routing: fields.optional("routing").map(routing),
            shifts: fields.optional("shifts")?.list().compactMap(shift) ?? [],
            kiosks: kiosks.map(\.kiosk))
        fields.finish()
        return (hall, kiosks.map(\.input))
    }

    private static func zone(_ value: DocumentValue) -> WaitingZone? {
        guard let fields = value.fields() else { return nil }
        let zone = WaitingZone(
            id: fields.required("id")?.string() ?? "", name: text(fields.required("name")),
            windows: fields.required("windows")?.list().compactMap { $0.identifier() } ?? [])
        fields.finish()
        return zone
    }

    private static func exceptions(_ value: DocumentValue?) -> [LocalDate: HallException] {
        var exceptions: [LocalDate: HallException] = [:]
        for (key, value) in value?.pairs() ?? [] {
            let date = key.parsed(LocalDate.self, dateForm)
            guard let fields = value.fields() else { continue }
            let exception = HallException(
                hours: hours(fields.required("hours")), reason: text(fields.required("reason")))
            fields.finish()
            if let date { exceptions[date] = exception }
        }
        return exceptions
    }

    private static func window(_ value: DocumentValue) -> HallWindow? {
        guard let fields = value.fields() else { return nil }
        let window = HallWindow(
            id: fields.required("id")?.identifier() ?? "", name: fields.optional("name").map(text),
            services: fields.required("services")?.list().compactMap { $0.identifier() } ?? [])
        fields.finish()
        return window
    }

    private static func offers(_ value: DocumentValue?) -> [ServiceID: Offer] {
        var offers: [ServiceID: Offer] = [:]
        for (key, value) in value?.pairs() ?? [] {
            let service: ServiceID? = key.identifier()
            guard let fields = value.fields() else { continue }
            // What cannot be read is noted; 1 keeps it from being called a wrong number as well.
            let offer = Offer(
                slotMinutes: fields.required("slotMinutes")?.int() ?? 1, places: fields.required("places")?.int() ?? 1)
            fields.finish()
            if let service { offers[service] = offer }
        }
        return offers
    }

    private static func bookingRules(_ value: DocumentValue?) -> BookingRules {
        var rules = BookingRules()
        guard let fields = value?.fields() else { return rules }
        read("minLeadMinutes", of: fields, into: &rules.minLeadMinutes)
        read("cancelLeadMinutes", of: fields, into: &rules.cancelLeadMinutes)
        read("holdMinutes", of: fields, into: &rules.holdMinutes)
        read("phoneLimit", of: fields, into: &rules.phoneLimit)
        fields.finish()
        return rules
    }

    private static func queueRules(_ value: DocumentValue?) -> QueueRules {
        var rules = QueueRules()
        guard let fields = value?.fields() else { return rules }
        read("earlyCheckInMinutes", of: fields, into: &rules.earlyCheckInMinutes)
        read("lateCheckInMinutes", of: fields, into: &rules.lateCheckInMinutes)
        read("punctualMinutes", of: fields, into: &rules.punctualMinutes)
        read("priorityMinutes", of: fields, into: &rules.priorityMinutes)
        read("overtakingBound", of: fields, into: &rules.overtakingBound)
        read("callLimit", of: fields, into: &rules.callLimit)
        read("missedReturnMinutes", of: fields, into: &rules.missedReturnMinutes)
        read("missedReturnPenaltyMinutes", of: fields, into: &rules.missedReturnPenaltyMinutes)
        fields.finish()
        return rules
    }

    private static func routing(_ value: DocumentValue) -> RoutingDials {
        var dials = RoutingDials()
        guard let fields = value.fields() else { return dials }
        func number(_ dial: OperatorDial, _ path: WritableKeyPath<RoutingDials, Double>) {
            dials[keyPath: path] = fields.optional(dial.rawValue)?.double() ?? dials[keyPath: path]
        }
        number(.gamma, \.gamma)
        number(.guardFactor, \.guardFactor)
        number(.guardMinutes, \.guardMinutes)
        number(.appointmentStrictness, \.appointmentStrictness)
        number(.priorityStrictness, \.priorityStrictness)
        number(.punctuality, \.punctuality)
        number(.flexibility, \.flexibility)
        number(.clerkMinutePrice, \.clerkMinutePrice)
        dials.lookAhead.isOn = fields.optional(OperatorDial.lookAhead.rawValue)?.bool() ?? dials.lookAhead.isOn
        read(OperatorDial.lookAheadSamples.rawValue, of: fields, into: &dials.lookAhead.samples)
        fields.finish()
        return dials
    }

    private static func read(_ key: String, of fields: DocumentFields, into rule: inout Int) {
        rule = fields.optional(key)?.int() ?? rule
    }

    private static func kiosk(_ value: DocumentValue, of hall: HallID) -> (kiosk: Kiosk, input: KioskInput)? {
        guard let fields = value.fields() else { return nil }
        let id = fields.required("id")?.string() ?? ""
        let name = fields.optional("name").map(text)
        let key = fields.required("key")?.string() ?? ""
        fields.finish()
        return (Kiosk(id: id, name: name), KioskInput(hall: hall, id: id, key: key))
    }

    private static func shift(_ value: DocumentValue) -> Shift? {
        guard let fields = value.fields() else { return nil }
        let shift = Shift(
            staff: fields.required("staff")?.identifier() ?? "",
            days: fields.required("days")?.listOrOne().flatMap(days) ?? [],
            hours: hours(fields.required("hours")),
            window: fields.optional("window")?.identifier())
        fields.finish()
        return shift
    }
}
