import Domain
import HTTPTypes
import Hummingbird
import Messaging
import Postgres
import Web

/// Who comes, for the clerk at the counter: the queuing service asks for the ticket that the clerk has in hand.
struct IdentityCheckRoutes {
    let desk: BookingDesk

    /// The name, so that it can be compared with the document, and of the number only what tells it from others.
    private struct Document: Encodable, Sendable {
        let name: String
        let kind: IdentityDocumentKind?
        let lastFour: String?
    }

    func add(to routes: RouteTable) {
        let desk = desk
        routes.add(.post, "/internal/v1/identity-checks", access: .service, kind: .api) { _, context in
            try await desk.answering(context) {
                var fields = try context.jsonFields()
                let id = fields.string("appointment", 36...36)
                let hall = fields.identifier("hall", as: HallID.self)
                let staff = fields.identifier("staff", as: StaffID.self)
                try fields.finish()
                guard UUIDText.isValid(id),
                    let appointment = try await desk.appointments.appointment(id: AppointmentID(id), on: desk.pool),
                    appointment.hall == hall, appointment.state.isLive
                else { throw Problem.notFound }
                let name = try desk.person(of: appointment).name
                let identity = try desk.identity(of: appointment)
                // Noted before it is told.
                _ = try await desk.pool.execute(
                    AuditStore.insertion([
                        .init(time: desk.clock(), actor: "staff:\(staff)", action: "identity-checked", subject: id)
                    ]))
                return try Response.json(
                    Document(
                        name: name.text, kind: identity?.kind,
                        lastFour: identity.map { String($0.number.suffix(4)) }),
                    headers: [.cacheControl: "no-store"])
            }
        }
    }
}
