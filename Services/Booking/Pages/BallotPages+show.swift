import Domain
import Hummingbird
import Web

extension BallotPages {
    /// The page of an entry.
    func show(_ own: Own, _ context: AppRequestContext) async throws -> Response {
        let ticket = own.ticket
        guard ticket.state != .draft else { return Response.redirect(own.path + "/code") }
        var view = facts(of: ticket.round.record, context)
        view["state"] = context.text("ballot.state.\(ticket.state.rawValue)")
        view["number"] = ticket.number.map { String($0) }
        view["rank"] = ticket.rank.map { String($0) }
        view["receipt"] = ticket.state == .left ? nil : ticket.receipt
        view["wishes"] = ticket.preferences.map { text(of: $0, context) }
        view["mayLeave"] = ticket.state == .entered && ticket.round.takesEntries(at: desk.clock())
        view["leaveAction"] = own.path + "/leave"
        if let id = ticket.appointment,
            let appointment = try await desk.appointments.appointment(id: id, on: desk.pool)
        {
            view["appointmentLink"] = "/a/" + (try desk.secrets.open(appointment.tokenSealed, for: "appointment-token"))
        }
        return try site.pages.render("booking-ballot-entry", titleKey: "ballot.entry.title", view: view, context)
    }

    private struct RowView: Sendable {
        let rank: String
        let number: String
        let result: String
    }

    /// Rows on a page; a person finds their own by its number.
    private static let rows = 200

    /// What is published of a round.
    func round(_ context: AppRequestContext) async throws -> Response {
        let record = try await ballots.record(try context.parameter("round"))
        var fields = try context.queryFields()
        let wanted = fields.optionalString("number", 0...9) ?? ""
        var view = facts(of: record, context)
        view["commitment"] = record.commitment
        view["recordLink"] = "/api/v1/ballots/\(record.round)"
        view["recordURL"] = "\(desk.publicURL)/api/v1/ballots/\(record.round)"
        view["isDrawn"] = record.draw != nil
        view["wanted"] = wanted
        if let draw = record.draw {
            let slots = Dictionary(draw.slots.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            func result(_ entry: BallotEntry) -> String {
                guard let slot = entry.slot.flatMap({ slots[$0] }) else { return context.text("ballot.result.none") }
                let hall = desk.city.hall(slot.hall)?.name.text(context.language) ?? slot.hall.rawValue
                return "\(hall) \(context.day(slot.date)) \(TimeRange.clock(slot.minute))"
            }
            view["seed"] = draw.seed
            view["root"] = draw.root
            view["drawnAt"] = context.moment(draw.drawnAt, zone: zone(of: record.service))
            view["rows"] = draw.entries.prefix(Self.rows).enumerated().map { index, entry in
                RowView(rank: String(index + 1), number: String(entry.number), result: result(entry))
            }
            if draw.entries.count > Self.rows { view["more"] = context.text("ballot.more", count: Self.rows) }
            if !wanted.isEmpty {
                let index = Int(wanted).flatMap { number in draw.entries.firstIndex { $0.number == number } }
                view["found"] =
                    index.map { index in
                        context.text(
                            "ballot.found",
                            ["number": wanted, "rank": String(index + 1), "result": result(draw.entries[index])])
                    } ?? context.text("ballot.found.none", ["number": wanted])
            }
        }
        return try site.pages.render("booking-ballot-round", titleKey: "ballot.round.title", view: view, context)
    }
}
