import Domain

extension BookingEvent {
    enum Kind: String, CaseIterable {
        case appointmentBooked = "appointment-booked"
        case appointmentRescheduled = "appointment-rescheduled"
        case appointmentCancelled = "appointment-cancelled"
        case verificationRequested = "verification-requested"
        case waitlistOffered = "waitlist-offered"
        case ballotLost = "ballot-lost"

        /// The type of version 1 of the event's data.
        var typeName: String { "cn.onetrip.booking.\(rawValue).v1" }
        static let byTypeName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.typeName, $0) })
    }

    var kind: Kind {
        switch self {
        case .appointmentBooked: .appointmentBooked
        case .appointmentRescheduled: .appointmentRescheduled
        case .appointmentCancelled: .appointmentCancelled
        case .verificationRequested: .verificationRequested
        case .waitlistOffered: .waitlistOffered
        case .ballotLost: .ballotLost
        }
    }

    /// The CloudEvents type, such as `cn.onetrip.booking.appointment-booked.v1`.
    package var typeName: String { kind.typeName }

    /// The CloudEvents subject: the appointment, the verification or the entry.
    package var subject: String {
        switch self {
        case .appointmentBooked(let event), .appointmentRescheduled(let event): event.appointment.rawValue
        case .appointmentCancelled(let event): event.appointment.rawValue
        case .verificationRequested(let event): event.verification
        case .waitlistOffered(let event): event.entry
        case .ballotLost(let event): event.entry
        }
    }

    /// The data as JSON with sorted members, the same bytes every time.
    ///
    /// - Throws: `ContractError.tooLarge` for data that no reader would accept.
    package func encodeData() throws(ContractError) -> String {
        var object = JSONObjectWriter()
        switch self {
        case .appointmentBooked(let event), .appointmentRescheduled(let event):
            object.write("appointment", event.appointment)
            if event.closed != nil { object.write("cause", AppointmentCancelled.Cause.closure) }
            object.write("channel", event.channel)
            object.write("checkInKeys", event.checkInKeys)
            object.write("follow", event.follow)
            object.write("hall", event.hall)
            if let closed = event.closed {
                object.write("previousHall", closed.hall)
                object.write("previousSlot", closed.slot)
            }
            object.write("sequence", event.sequence)
            object.write("service", event.service)
            object.write("slot", event.slot)
            object.write("slotEnd", event.slotEnd)
        case .appointmentCancelled(let event):
            object.write("appointment", event.appointment)
            if event.canWait { object.write("canWait", raw: "true") }
            object.write("cause", event.cause)
            object.write("hall", event.hall)
            object.write("sequence", event.sequence)
        case .verificationRequested(let event):
            object.write("expires", event.expires)
            object.write("verification", event.verification)
        case .waitlistOffered(let event):
            object.write("entry", event.entry)
            object.write("expires", event.expires)
            object.write("hall", event.hall)
            object.write("sequence", event.sequence)
            object.write("service", event.service)
            object.write("slot", event.slot)
            object.write("slotEnd", event.slotEnd)
        case .ballotLost(let event):
            object.write("entry", event.entry)
            object.write("hall", event.hall)
            object.write("service", event.service)
        }
        return try object.checkedText()
    }

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
        case .appointmentBooked: self = .appointmentBooked(try AppointmentBooked(object))
        case .appointmentRescheduled: self = .appointmentRescheduled(try AppointmentBooked(object))
        case .appointmentCancelled:
            self = .appointmentCancelled(
                AppointmentCancelled(
                    appointment: try object.identifier("appointment"), hall: try object.identifier("hall"),
                    cause: try object.choice("cause"), sequence: try object.integer("sequence", atLeast: 0),
                    canWait: try object.flag("canWait")))
        case .verificationRequested:
            self = .verificationRequested(
                VerificationRequested(
                    verification: try object.text("verification"), expires: try object.timestamp("expires")))
        case .waitlistOffered:
            self = .waitlistOffered(
                WaitlistOffered(
                    entry: try object.text("entry"), hall: try object.identifier("hall"),
                    service: try object.identifier("service"), slot: try object.timestamp("slot"),
                    slotEnd: try object.timestamp("slotEnd"), expires: try object.timestamp("expires"),
                    sequence: try object.integer("sequence", atLeast: 1)))
        case .ballotLost:
            self = .ballotLost(
                BallotLost(
                    entry: try object.text("entry"), hall: try object.identifier("hall"),
                    service: try object.identifier("service")))
        }
    }
}

extension AppointmentBooked {
    fileprivate init(_ object: JSONObject) throws(ContractError) {
        self.init(
            appointment: try object.identifier("appointment"), hall: try object.identifier("hall"),
            service: try object.identifier("service"), slot: try object.timestamp("slot"),
            slotEnd: try object.timestamp("slotEnd"), channel: try object.choice("channel"),
            checkInKeys: try object.strings("checkInKeys"), follow: try object.string("follow"),
            sequence: try object.integer("sequence", atLeast: 0))
        guard let hall: HallID = try object.optionalIdentifier("previousHall"),
            let slot = try object.optionalTimestamp("previousSlot")
        else { return }
        closed = Closed(hall: hall, slot: slot)
    }
}
