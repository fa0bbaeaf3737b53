package import Domain
package import Web

/// Writes a message in the person's language, from the message catalogues.
package struct MessageText: Sendable {
    private let localisation: Localisation

    package init(localisation: Localisation) {
        self.localisation = localisation
    }

    /// What the event itself says of hall, service and time wins over what the booking service says now: a message tells of its event.
    package func write(_ message: DueMessage, to contact: Contact, directory: CityDirectory, now: Timestamp) -> String {
        let language = contact.language
        var arguments = contact.parameters
        let hall = message.parameters["hall"].flatMap { directory.hall(HallID($0)) }
        let time = HallTime(hall?.timeZone)
        for (name, value) in message.parameters {
            switch name {
            case "hall": arguments["hall"] = hall?.name.text(language) ?? value
            case "service": arguments["service"] = directory.serviceName(ServiceID(value), language)
            case "slot":
                arguments["time"] = Timestamp(rfc3339: value).map { moment in
                    time.full(moment, language) { localisation.text($0, language) }
                }
            case "previousHall":
                arguments["previousHall"] = directory.hall(HallID(value))?.name.text(language) ?? value
            case "previousSlot":
                let there = message.parameters["previousHall"].flatMap { directory.hall(HallID($0)) }
                arguments["previousTime"] = Timestamp(rfc3339: value).map { moment in
                    HallTime(there?.timeZone).full(moment, language) { localisation.text($0, language) }
                }
            case "returnableUntil": arguments["time"] = Timestamp(rfc3339: value).map(time.clock)
            case "expires":
                let minutes = Timestamp(rfc3339: value).map { max(1, Int($0.minutes(since: now).rounded(.up))) }
                arguments["minutes"] = minutes.map { String($0) }
            default: arguments[name] = value
            }
        }
        // The only number in a message's text is that of its minutes.
        arguments["count"] = arguments["minutes"]
        arguments["sender"] = localisation.text("message.sender", language)
        return localisation.text("message.\(message.template)", language, arguments)
    }
}
