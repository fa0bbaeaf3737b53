import Domain
import Web

/// What the personal page says of an appointment that the hall has moved or cancelled.
struct ClosureNews: Sendable {
    let text: String
    /// Where the person agrees to the new time; `nil` when there is none.
    let acceptLink: String?
    let rescheduleLink: String
    let cancelLink: String
    /// Where the person can book again, when there is no other time.
    let bookLink: String?
    let waitlistLink: String?
}

extension BookingDesk {
    /// `nil` where the hall has changed nothing, or the person has answered it.
    func closureNews(
        of appointment: Appointment, path: String, _ context: AppRequestContext
    ) async throws -> ClosureNews? {
        guard let id = appointment.closureMove, [.booked, .cancelled].contains(appointment.state),
            let move = try await ClosureMoveStore().move(id, on: pool)
        else { return nil }
        var reason: LocalizedText?
        if let closure = move.closure { reason = try await ClosureStore().closure(closure, on: pool)?.reason }
        let zone = city.zone(of: move.hall)
        let day = LocalMoment(move.start, zone: zone).date
        reason =
            reason
            ?? city.hall(move.hall).flatMap {
                SlotCalendar.reason(for: day, in: $0, catalogue: city.catalogue)
            }
        let isCancelled = appointment.state == .cancelled
        let text = context.text(
            isCancelled ? "closure.cancelled" : "closure.moved",
            [
                "hall": city.hall(move.hall)?.name.text(context.language) ?? move.hall.rawValue,
                "time": context.moment(move.start, zone: zone),
                "reason": reason?.text(context.language) ?? context.text("closure.hours"),
            ])
        let service = "/services/\(appointment.service)"
        return ClosureNews(
            text: text, acceptLink: isCancelled ? nil : path + "/accept", rescheduleLink: path + "/reschedule",
            cancelLink: path + "/cancel", bookLink: isCancelled ? service : nil,
            waitlistLink: isCancelled && city.service(appointment.service)?.waitlist != nil
                ? service + "/waitlist" : nil)
    }

    /// The person agrees to the time to which the hall has moved the appointment.
    func acceptMove(of appointment: Appointment) async throws {
        guard let move = appointment.closureMove else { return }
        try await ClosureMoveStore().accept(appointment, move, at: clock(), on: pool)
    }

    /// Times to come in which a hall is closed against its hours, in words.
    func closures(of hall: HallID, _ context: AppRequestContext) -> [String] {
        let now = clock()
        let zone = city.zone(of: hall)
        return (city.closures[hall] ?? []).filter { $0.to > now }.map { closure in
            context.text(
                "closure.notice",
                [
                    "hall": city.hall(hall)?.name.text(context.language) ?? hall.rawValue,
                    "from": context.moment(closure.from, zone: zone), "to": context.moment(closure.to, zone: zone),
                    "reason": closure.reason.text(context.language),
                ])
        }
    }
}
