package import Domain

/// A booked visit. Name, phone and token stay sealed until somebody who may see them asks.
package struct Appointment: Sendable {
    package var id: AppointmentID
    /// What the person shows at the hall, such as `K7M3-9QXT`.
    package var reference: String
    /// SHA-256 (hex) of the token of the person's page.
    package var tokenHash: String
    package var tokenSealed: [UInt8]
    package var slot: SlotID
    package var hall: HallID
    package var service: ServiceID
    package var start: Timestamp
    package var end: Timestamp
    package var personKey: String
    package var nameSealed: [UInt8]
    package var phoneSealed: [UInt8]
    package var checklist: AcceptedChecklist
    package var state: AppointmentState
    /// Counts every change; the `ETag`.
    package var version: Int
    /// Counts the changes that people are told of, as in RFC 5545.
    package var sequence: Int
    package var language: Language
    package var channel: Channel
    /// Kind and number of the document of who comes; `nil` where the service asks for none.
    package var identitySealed: [UInt8]?
    /// Keyed hash of the phone, and which of its places for persons with a document this one takes.
    package var phoneKey: String?
    package var phoneSeat: Int?
    /// The day of the visit in the hall, where the service has limits for a person.
    package var visitDate: LocalDate?
    /// The move to another place, or the cancellation, because the hall closed, until the person has answered it.
    package var closureMove: Int64?
}

/// The checklist that a person has read and accepted.
package struct AcceptedChecklist: Hashable, Codable, Sendable {
    package var version: Int
    /// The option chosen for each question.
    package var answers: [String: String]

    package init(version: Int, answers: [String: String] = [:]) {
        self.version = version
        self.answers = answers
    }
}
