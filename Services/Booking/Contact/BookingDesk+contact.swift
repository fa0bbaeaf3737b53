import Domain
import Web

/// How and with which words a person is reached; leaves the service only towards the one that sends messages.
struct ContactCard: Encodable, Sendable {
    let phone: String
    let language: Language
    let name: String?
    /// What the text of a message may name.
    let parameters: [String: String]
}

/// Contacts by the names of what messages are about.
struct ContactCards: Encodable, Sendable {
    let contacts: [String: ContactCard]
}

extension BookingDesk {
    /// The contacts of appointments and of what else messages are about; without those of which there is none, or to which nothing may be sent
    /// any more. One statement for all appointments, which most of them are.
    func contacts(of subjects: [String]) async throws -> [String: ContactCard] {
        let names = subjects.filter { UUIDText.isValid($0) }
        let found = try await appointments.appointments(ids: names.map { AppointmentID($0) }, on: pool)
        var cards = Dictionary(
            uniqueKeysWithValues: try found.map { ($0.id.rawValue, try card(of: $0)) })
        for name in names where cards[name] == nil { cards[name] = try await contact(of: name) }
        return cards
    }

    /// The contact of what is no appointment; `nil` when there is none, or nothing may be sent to it any more.
    private func contact(of subject: String) async throws -> ContactCard? {
        if let entry = try await waitlist.entry(id: subject, on: pool) { return try card(of: entry) }
        guard let verification = try await VerificationStore().verification(subject, on: pool) else {
            return try await BallotStore().ticket(id: subject, on: pool).flatMap { try card(of: $0) }
        }
        guard clock() < verification.expires else { return nil }
        return ContactCard(
            phone: try secrets.open(verification.phoneSealed, for: "phone"), language: verification.language, name: nil,
            parameters: [
                "code": try secrets.open(verification.codeSealed, for: "verification-code"),
                "minutes": String(ContactProof.minutesValid),
            ])
    }

    /// The event says which place is offered.
    private func card(of entry: WaitlistEntry) throws -> ContactCard {
        ContactCard(
            phone: try secrets.open(entry.phoneSealed, for: "phone"), language: entry.language,
            name: try secrets.open(entry.nameSealed, for: "name"),
            parameters: ["link": waitlistPage(of: try secrets.open(entry.tokenSealed, for: "waitlist-token"))])
    }

    private func card(of ticket: BallotTicket) throws -> ContactCard? {
        guard let draft = try HoldDraft(sealed: ticket.details, by: secrets),
            let phone = draft.phone.flatMap({ PhoneNumber($0) })
        else { return nil }
        let zone = city.catalogue.halls(offering: ticket.round.service).first.flatMap { city.zone(of: $0.id) }
        let token = try secrets.open(ticket.tokenSealed, for: "ballot-token")
        var parameters = [
            "link": publicURL + "/b/" + token, "time": LocalMoment(ticket.round.releases, zone: zone).short,
        ]
        parameters["service"] = city.service(ticket.round.service)?.name.text(ticket.language)
        return ContactCard(phone: phone.e164, language: ticket.language, name: draft.name, parameters: parameters)
    }

    private func card(of appointment: Appointment) throws -> ContactCard {
        let language = appointment.language
        let (name, phone) = try person(of: appointment)
        let token = try secrets.open(appointment.tokenSealed, for: "appointment-token")
        let moment = LocalMoment(appointment.start, zone: city.zone(of: appointment.hall))
        var parameters = [
            "reference": appointment.reference, "link": page(of: token), "time": moment.short,
            "slot": city.localTime(appointment.start, in: appointment.hall),
        ]
        parameters["service"] = city.service(appointment.service)?.name.text(language)
        parameters["hall"] = city.hall(appointment.hall)?.name.text(language)
        parameters["address"] = city.hall(appointment.hall)?.address.text(language)
        if appointment.state == .cancelled {
            parameters["bookLink"] = "\(publicURL)/services/\(appointment.service)"
            parameters["waitlistLink"] = "\(publicURL)/services/\(appointment.service)/waitlist"
        }
        return ContactCard(phone: phone.e164, language: language, name: name.text, parameters: parameters)
    }
}
