extension CatalogueValidator {
    mutating func check(_ hall: Hall) {
        let path = "halls[\(hall.position)]"
        checkSlug(hall.id.rawValue, "\(path).id")
        check(hall.name, "\(path).name", limit: 60)
        check(hall.address, "\(path).address")
        checkPlace(of: hall, path)
        checkHours(of: hall, path)
        checkWindows(of: hall, path)
        checkOffers(of: hall, path)
        checkRules(of: hall, path)
        for (index, shift) in hall.shifts.enumerated() {
            check(shift, of: hall, "\(path).shifts[\(index)]")
        }
        checkUnique(hall.kiosks.map(\.id), "kiosk") { "\(path).kiosks[\($0)].id" }
        for (index, kiosk) in hall.kiosks.enumerated() {
            checkSlug(kiosk.id, "\(path).kiosks[\(index)].id")
            if let name = kiosk.name { check(name, "\(path).kiosks[\(index)].name", limit: 60) }
        }
    }

    private mutating func checkPlace(of hall: Hall, _ path: String) {
        // The system also knows names such as GMT+8 and CST, which mean different things to different people.
        require(
            (hall.timeZone.contains("/") || hall.timeZone == "UTC") && TimeZoneRules(hall.timeZone) != nil,
            "\(path).timeZone", "unknown time zone '\(hall.timeZone)'; give an IANA name such as Asia/Shanghai")
        if let latitude = hall.latitude {
            require((-90...90).contains(latitude), "\(path).latitude", "is \(latitude); give -90 to 90 degrees")
        }
        if let longitude = hall.longitude {
            require((-180...180).contains(longitude), "\(path).longitude", "is \(longitude); give -180 to 180 degrees")
        }
        require(
            (hall.latitude == nil) == (hall.longitude == nil),
            "\(path).\(hall.latitude == nil ? "longitude" : "latitude")",
            "stands alone; give latitude and longitude, or neither")
        if let telephone = hall.telephone {
            require(
                telephone.contains(where: \.isNumber) && telephone.count <= 30, "\(path).telephone",
                "'\(telephone)' is not a telephone number")
        }
    }

    private mutating func checkHours(of hall: Hall, _ path: String) {
        for day in Weekday.allCases {
            check(hours: hall.hours[day, default: []], "\(path).hours.\(day.rawValue)")
        }
        require(
            hall.hours.values.contains { !$0.isEmpty }, "\(path).hours",
            "the hall is never open; give hours such as weekdays: [\"09:00-12:00\", \"13:30-17:00\"]")
        for (date, exception) in hall.exceptions.sorted(by: { $0.key < $1.key }) {
            check(hours: exception.hours, "\(path).exceptions.\(date).hours")
            check(exception.reason, "\(path).exceptions.\(date).reason")
        }
    }

    private mutating func checkWindows(of hall: Hall, _ path: String) {
        require(!hall.windows.isEmpty, "\(path).windows", "the hall has no window; list one or more")
        checkUnique(hall.windows.map(\.id.rawValue), "window") { "\(path).windows[\($0)].id" }
        for (index, window) in hall.windows.enumerated() {
            let path = "\(path).windows[\(index)]"
            let id = window.id.rawValue
            require(
                (1...6).contains(id.utf8.count)
                    && id.unicodeScalars.allSatisfy {
                        $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
                    },
                "\(path).id", "'\(id)' is not a window number; use 1 to 6 letters and digits, such as 12 or A3")
            if let name = window.name { check(name, "\(path).name", limit: 60) }
            require(!window.services.isEmpty, "\(path).services", "is empty; name what the window serves")
            checkUnique(window.services.map(\.rawValue), "service") { "\(path).services[\($0)]" }
            for (index, service) in window.services.enumerated() {
                checkKnown(
                    service.rawValue, among: catalogue.services.keys.map(\.rawValue), "service",
                    "\(path).services[\(index)]")
            }
        }
        checkLetters(of: hall, path)
        checkUnique(hall.zones.map(\.id), "zone") { "\(path).zones[\($0)].id" }
        var zoned: Set<WindowID> = []
        for (index, zone) in hall.zones.enumerated() {
            checkSlug(zone.id, "\(path).zones[\(index)].id")
            check(zone.name, "\(path).zones[\(index)].name", limit: 60)
            for (position, window) in zone.windows.enumerated() {
                let path = "\(path).zones[\(index)].windows[\(position)]"
                checkKnown(window.rawValue, among: hall.windows.map(\.id.rawValue), "window", path)
                require(
                    zoned.insert(window).inserted, path,
                    "window '\(window)' has a zone already; people can wait in one only")
            }
        }
    }

    /// Two services of one hall must not give the same ticket numbers.
    private mutating func checkLetters(of hall: Hall, _ path: String) {
        var owners: [String: ServiceID] = [:]
        var reported: Set<ServiceID> = []
        for (index, window) in hall.windows.enumerated() {
            for (position, id) in window.services.enumerated() {
                guard let letter = catalogue.services[id]?.letter else { continue }
                let owner = owners[letter, default: id]
                owners[letter] = owner
                guard owner != id, reported.insert(id).inserted else { continue }
                report(
                    "\(path).windows[\(index)].services[\(position)]",
                    "'\(id)' and '\(owner)' both have the letter \(letter) in this hall; give one of them another letter"
                )
            }
        }
    }

    private mutating func checkOffers(of hall: Hall, _ path: String) {
        let served = hall.servedServices
        let stretches = hall.hours.values.joined() + hall.exceptions.values.flatMap(\.hours)
        let longest = stretches.map(\.minutes).max() ?? 0
        for (service, offer) in hall.offers.sorted(by: { $0.key < $1.key }) {
            let path = "\(path).offers.\(service)"
            checkKnown(service.rawValue, among: catalogue.services.keys.map(\.rawValue), "service", path)
            if catalogue.services[service] != nil {
                require(
                    served.contains(service), path,
                    "no window of this hall serves '\(service)'; add it to one, or drop the offer")
            }
            check(offer.places, in: 1...10_000, "\(path).places", "people a slot")
            check(offer.slotMinutes, in: 1...480, "\(path).slotMinutes", "minutes")
            require(
                longest == 0 || offer.slotMinutes <= longest || offer.slotMinutes > 480, "\(path).slotMinutes",
                "is \(offer.slotMinutes), longer than the hall is ever open without a break (\(longest) minutes)")
        }
    }

    private mutating func checkRules(of hall: Hall, _ path: String) {
        check(hall.horizonDays, in: 0...365, "\(path).horizonDays", "days")
        let booking = hall.bookingRules
        check(booking.minLeadMinutes, in: 0...20_160, "\(path).bookingRules.minLeadMinutes", "minutes")
        check(booking.cancelLeadMinutes, in: 0...20_160, "\(path).bookingRules.cancelLeadMinutes", "minutes")
        check(booking.holdMinutes, in: 1...60, "\(path).bookingRules.holdMinutes", "minutes")
        check(booking.phoneLimit, in: 1...100, "\(path).bookingRules.phoneLimit", "appointments")
        let queue = hall.queueRules
        check(queue.earlyCheckInMinutes, in: 0...1440, "\(path).queueRules.earlyCheckInMinutes", "minutes")
        check(queue.lateCheckInMinutes, in: 0...1440, "\(path).queueRules.lateCheckInMinutes", "minutes")
        check(
            queue.punctualMinutes, in: 0...queue.lateCheckInMinutes.clamped(to: 0...1440),
            "\(path).queueRules.punctualMinutes", "minutes")
        check(queue.priorityMinutes, in: 0...240, "\(path).queueRules.priorityMinutes", "minutes")
        check(queue.overtakingBound, in: 1...1000, "\(path).queueRules.overtakingBound", "times")
        check(queue.callLimit, in: 1...20, "\(path).queueRules.callLimit", "calls")
        check(queue.missedReturnMinutes, in: 0...1440, "\(path).queueRules.missedReturnMinutes", "minutes")
        check(
            queue.missedReturnPenaltyMinutes, in: 0...1440, "\(path).queueRules.missedReturnPenaltyMinutes", "minutes")
        for problem in hall.routing?.problems() ?? [] {
            report("\(path).routing.\(problem.dial.rawValue)", problem.explanation)
        }
    }

    private mutating func check(_ shift: Shift, of hall: Hall, _ path: String) {
        require(!shift.days.isEmpty, "\(path).days", "is empty; name the days of the week")
        checkUnique(shift.days.map(\.rawValue), "day") { "\(path).days[\($0)]" }
        require(!shift.hours.isEmpty, "\(path).hours", "is empty; give hours such as \"09:00-17:00\"")
        check(hours: shift.hours, "\(path).hours")
        if let window = shift.window {
            checkKnown(window.rawValue, among: hall.windows.map(\.id.rawValue), "window", "\(path).window")
        }
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
