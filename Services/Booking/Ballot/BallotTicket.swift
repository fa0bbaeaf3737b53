package import Domain
import Messaging
import Postgres

/// Somebody's entry in a round.
package struct BallotTicket: Sendable {
    package enum State: String, Sendable {
        /// The phone is not proven yet.
        case draft
        case entered, left, won, lost
        /// The place is the person's appointment.
        case booked
        /// Drawn, but the person had an appointment by other ways meanwhile.
        case void
    }

    package var id: String
    package var round: BallotRound
    package var tokenSealed: [UInt8]
    package var number: Int?
    package var personKey: String?
    /// A ``HoldDraft``, sealed; `nil` once it is forgotten.
    package var details: [UInt8]?
    package var salt: String
    package var preferences: [BallotPreference]
    package var language: Language
    package var state: State
    package var rank: Int?
    package var slot: SlotID?
    /// The hash of the token of the hold that keeps the place.
    package var holdToken: String?
    package var appointment: AppointmentID?

    /// The entry as it takes part in the draw.
    package var entry: BallotEntry? {
        number.map {
            BallotEntry(number: $0, salt: salt, preferences: preferences, slot: slot?.description)
        }
    }

    package var receipt: String? { entry?.receipt(in: round.id) }
}

extension BallotTicket {
    static let columns = """
        e.id AS entry_id, e.token_sealed, e.number, e.person_key, e.details, e.salt, e.preferences, e.language,
        e.state AS entry_state, e.rank, e.slot_id, e.hold_token, e.appointment_id, \(BallotRound.columns)
        """

    init(_ row: PostgresRow) throws {
        let state: String = try row.decode("entry_state")
        guard let known = State(rawValue: state) else { throw BookingError.unreadable("state of an entry") }
        self.init(
            id: try row.decode("entry_id"), round: try BallotRound(row), tokenSealed: try row.decode("token_sealed"),
            number: try row.decode("number"), personKey: try row.decode("person_key"),
            details: try row.decode("details"), salt: try row.decode("salt"),
            preferences: try row.decode("preferences", as: [String].self).compactMap { BallotPreference($0) },
            language: Language(rawValue: try row.decode("language")) ?? .zhHans, state: known,
            rank: try row.decode("rank"),
            slot: try row.decode("slot_id", as: Int64?.self).map { SlotID(rawValue: $0) },
            holdToken: try row.decode("hold_token"),
            appointment: try row.decode("appointment_id", as: String?.self).map { AppointmentID($0) })
    }
}
