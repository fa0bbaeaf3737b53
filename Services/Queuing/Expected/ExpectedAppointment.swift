package import Domain

/// An appointment that a hall must know of, as the booking stream told it last.
package struct ExpectedAppointment: Sendable, Hashable {
    package var appointment: AppointmentID
    package var hall: HallID
    /// The slot's day by the hall's clock.
    package var day: LocalDate
    package var slot: Timestamp
    package var service: ServiceID
    package var channel: Channel
    package var checkInKeys: [String]
    package var follow: String
    package var sequence: Int

    /// What the hall's log records.
    package var ticket: TicketExpected {
        TicketExpected(
            ticket: TicketID(appointment.rawValue), service: service, slot: slot, channel: channel,
            checkInKeys: checkInKeys, follow: follow)
    }
}
