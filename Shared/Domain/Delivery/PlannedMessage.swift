/// Whose contact a message goes to.
package enum MessageSubject: Hashable, Sendable {
    case appointment(AppointmentID)
    case ticket(TicketID)
    case verification(String)
    case waitlistEntry(String)
    case ballotEntry(String)

    /// The appointment's, ticket's, verification's or entry's identifier. A booked person's ticket has the appointment's.
    package var id: String {
        switch self {
        case .appointment(let id): id.rawValue
        case .ticket(let id): id.rawValue
        case .verification(let id), .waitlistEntry(let id), .ballotEntry(let id): id
        }
    }
}

/// A message that an event gives, before contact and language are known.
package struct PlannedMessage: Hashable, Sendable {
    package var template: MessageTemplate
    package var subject: MessageSubject
    /// Facts for the text: identifiers as they are, moments as RFC 3339 in UTC. No personal data.
    package var parameters: [String: String]

    package init(template: MessageTemplate, subject: MessageSubject, parameters: [String: String] = [:]) {
        self.template = template
        self.subject = subject
        self.parameters = parameters
    }
}
