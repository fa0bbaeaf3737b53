import Domain
package import EventContracts
package import Messaging
import Web

extension AppointmentBooked {
    init(_ appointment: Appointment, phone: PhoneNumber, secrets: Secrets) {
        self.init(
            appointment: appointment.id, hall: appointment.hall, service: appointment.service, slot: appointment.start,
            slotEnd: appointment.end, channel: appointment.channel,
            checkInKeys: [
                secrets.lookupHash(appointment.reference, for: "check-in-reference"),
                secrets.lookupHash("\(appointment.hall)|\(phone.lastFour)", for: "check-in-phone"),
            ], follow: appointment.tokenHash, sequence: appointment.sequence)
    }
}

extension NewEvent {
    package init(_ event: BookingEvent) throws {
        self.init(type: event.typeName, subject: event.subject, payload: try event.encodeData())
    }
}
