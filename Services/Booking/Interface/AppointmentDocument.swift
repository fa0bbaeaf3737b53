import Domain
import Web

/// An appointment as its owner sees it: name, phone and document masked.
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
    let identity: Identity?
    let checklist: AcceptedChecklist
    let page: String
    let cancellable: Bool

    struct Identity: Encodable, Sendable {
        let kind: IdentityDocumentKind
        let number: String
    }

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
        identity = try desk.identity(of: appointment).map { Identity(kind: $0.kind, number: $0.masked) }
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

    /// The document of who comes, unsealed; `nil` where none was asked for.
    func identity(of appointment: Appointment) throws -> IdentityDocument? {
        guard let sealed = appointment.identitySealed else { return nil }
        guard let document = IdentityDocument(storedText: try secrets.open(sealed, for: "identity")) else {
            throw BookingError.unreadable("document of appointment \(appointment.id)")
        }
        return document
    }
}
