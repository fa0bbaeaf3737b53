import Domain
import Web

/// A slot as the API shows it.
struct SlotDocument: Encodable, Sendable {
    let id: String
    let hall: String
    let service: String
    let start: String
    let end: String
    let capacity: Int
    let free: Int

    init(_ slot: Slot, _ city: City) {
        id = slot.id.description
        hall = slot.hall.rawValue
        service = slot.service.rawValue
        start = city.localTime(slot.start, in: slot.hall)
        end = city.localTime(slot.end, in: slot.hall)
        capacity = slot.capacity
        free = max(0, slot.free)
    }

    var json: JSONValue {
        [
            "id": .string(id), "hall": .string(hall), "service": .string(service), "start": .string(start),
            "end": .string(end), "capacity": .int(Int64(capacity)), "free": .int(Int64(free)),
        ]
    }
}

struct SlotsDocument: Encodable, Sendable {
    let hall: String
    let service: String
    let timeZone: String
    let items: [SlotDocument]
}

struct HoldDocument: Encodable, Sendable {
    let token: String
    let expires: String
    let slot: SlotDocument
}

struct ItemsDocument<Item: Encodable & Sendable>: Encodable, Sendable {
    let items: [Item]
}

struct ServiceSummaryDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let summary: LocalizedText
    let audience: [Audience]
    let lifeEvents: [String]
    let minutes: Double

    init(_ service: Service) {
        id = service.id.rawValue
        name = service.name
        summary = service.summary
        audience = service.audience
        lifeEvents = service.lifeEvents
        minutes = service.meanMinutes
    }
}

struct ServiceDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let summary: LocalizedText
    let audience: [Audience]
    let lifeEvents: [String]
    let minutes: Double
    let fee: LocalizedText?
    let legalDays: Int?
    let checklist: Checklist
    let halls: [String]

    init(_ service: Service, _ city: City) {
        id = service.id.rawValue
        name = service.name
        summary = service.summary
        audience = service.audience
        lifeEvents = service.lifeEvents
        minutes = service.meanMinutes
        fee = service.fee
        legalDays = service.legalDays
        checklist = service.checklist
        halls = city.catalogue.halls(offering: service.id).map(\.id.rawValue)
    }
}

struct HallDocument: Encodable, Sendable {
    let id: String
    let name: LocalizedText
    let address: LocalizedText
    let timeZone: String
    let latitude: Double?
    let longitude: Double?
    let services: [String]
    let horizonDays: Int

    init(_ hall: Hall) {
        id = hall.id.rawValue
        name = hall.name
        address = hall.address
        timeZone = hall.timeZone
        latitude = hall.latitude
        longitude = hall.longitude
        services = hall.offers.keys.map(\.rawValue).sorted()
        horizonDays = hall.horizonDays
    }
}

struct VerificationDocument: Encodable, Sendable {
    let id: String
    let expires: Timestamp
}

struct ContactDocument: Encodable, Sendable {
    let contactToken: String
    let expires: Timestamp
}

/// An appointment as its owner sees it: name and phone masked.
struct AppointmentDocument: Encodable, Sendable {
    let token: String
    let reference: String
    let state: String
    let hall: String
    let service: String
    let start: String
    let end: String
    let name: String
    let phone: String
    let checklist: AcceptedChecklist
    let page: String
    let cancellable: Bool

    init(_ appointment: Appointment, token: String, desk: BookingDesk) throws {
        let city = desk.city
        let person = try desk.person(of: appointment)
        self.token = token
        reference = appointment.reference
        state = appointment.state.rawValue
        hall = appointment.hall.rawValue
        service = appointment.service.rawValue
        start = city.localTime(appointment.start, in: appointment.hall)
        end = city.localTime(appointment.end, in: appointment.hall)
        name = person.name.masked
        phone = person.phone.masked
        checklist = appointment.checklist
        page = desk.page(of: token)
        cancellable = city.mayChange(appointment, at: desk.clock())
    }
}

extension BookingDesk {
    /// The address of a personal page.
    func page(of token: String) -> String { "\(publicURL)/a/\(token)" }

    /// The person of an appointment, unsealed.
    func person(of appointment: Appointment) throws -> (name: PersonName, phone: PhoneNumber) {
        guard let name = PersonName(try secrets.open(appointment.nameSealed, for: "name")),
            let phone = PhoneNumber(try secrets.open(appointment.phoneSealed, for: "phone"))
        else { throw BookingError.unreadable("person of appointment \(appointment.id)") }
        return (name, phone)
    }
}
