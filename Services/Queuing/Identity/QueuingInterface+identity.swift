import Domain
import HTTPTypes
import Hummingbird
import Logging
import Web

/// The clerk compares who stands at the counter with who has booked.
extension QueuingInterface {
    private struct View: Sendable {
        let number: String
        let service: String
        /// `nil` where there is nothing to compare, and `note` says why.
        let name: String?
        let document: String?
        let note: String?
        let back: String
    }

    func addIdentityPages(to routes: RouteTable) {
        // A form, so that looking is an act with a name, and no address leads to it.
        routes.add(.post, "/staff/halls/{hall}/windows/{window}/identity", access: .staff([.clerk]), kind: .page) {
            _, context in
            let hall = try hall(context)
            let window = try window(context, in: hall)
            var fields = try context.formFields()
            try fields.finish()
            return try await identity(hall, window, context)
        }
    }

    private func identity(
        _ hall: Hall, _ window: HallWindow, _ context: AppRequestContext
    ) async throws -> Response {
        let clerk = try staffID(context)
        let reading = try await reading(hall.id, context)
        let back = "/staff/halls/\(hall.id)/windows/\(window.id.pathEncoded)"
        // Only of the person whom this clerk has at the window now.
        guard let state = reading.queue.windows[window.id], state.staff == clerk,
            let ticket = state.ticket.flatMap({ reading.queue.tickets[$0] }), ticket.slot != nil
        else { return .redirect(back) }
        var found: BookedIdentity?
        var note: String?
        do {
            found = try await identities.identity(of: ticket.id, in: hall.id, for: clerk)
            if found == nil { note = context.text("staff.identity.none") }
        } catch {
            // What kind of error it is, and nothing that an answer may have said.
            context.logger.warning(
                "The booking service did not say who has booked", metadata: ["error": "\(type(of: error))"])
            note = context.text("staff.identity.unavailable")
        }
        let document = found.map { found in
            guard let kind = found.kind, let lastFour = found.lastFour else {
                return context.text("staff.identity.no-document")
            }
            return context.text(
                "staff.identity.document",
                ["kind": context.text("staff.identity.kind.\(kind.rawValue)"), "number": lastFour])
        }
        let view = View(
            number: ticket.number ?? "", service: serviceName(ticket.service, context), name: found?.name,
            document: document, note: note, back: back)
        var response = try site.pages.render(
            "staff-identity", title: context.text("staff.identity.title"), view: view, context, layout: .console)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
