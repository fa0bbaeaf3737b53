import Domain
import HTTPTypes
import Web

/// What a clerk asks of a window, as forms and the API say it.
struct WindowOrder: Sendable, Hashable {
    enum Name: String, CaseIterable, Sendable {
        case open, pause, resume, close
        case callNext, call, recall, start, finish, missed, park, transfer, bringBack, undo
    }

    let name: Name
    var ticket: TicketID?
    var service: ServiceID?
    var outcome: ServiceOutcome?
    var reason: PauseReason?

    /// Reads the name and the fields that go with it; other fields are errors.
    init(reading fields: inout FieldReader) {
        name = fields.choice("command", of: Name.self)
        switch name {
        case .call, .bringBack: ticket = TicketID(fields.string("ticket", 36...36, pattern: .uuid))
        case .transfer: service = fields.identifier("service", as: ServiceID.self)
        case .finish: outcome = fields.choice("outcome", of: ServiceOutcome.self)
        case .pause: reason = fields.choice("reason", of: PauseReason.self)
        case .open, .resume, .close, .callNext, .recall, .start, .missed, .park, .undo: break
        }
    }

    /// For telling a repetition from another order under the same key.
    func asked(at window: WindowID) -> [String] {
        [
            "window", window.rawValue, name.rawValue, ticket?.rawValue ?? "", service?.rawValue ?? "",
            outcome?.rawValue ?? "", reason?.rawValue ?? "",
        ]
    }

    func command(at window: WindowID, by staff: StaffID, skills: Set<ServiceID>?) throws(Problem) -> QueueCommand {
        switch name {
        case .open: return .openWindow(window, staff, skills: skills)
        case .pause: return .pauseWindow(window, staff, reason ?? .rest)
        case .resume: return .resumeWindow(window, staff)
        case .close: return .closeWindow(window, staff)
        case .callNext: return .callNext(window, staff)
        case .recall: return .recall(window, staff)
        case .start: return .startServing(window, staff)
        case .finish: return .finish(window, staff, outcome ?? .completed)
        case .missed: return .markMissed(window, staff)
        case .park: return .park(window, staff)
        case .undo: return .undo(window, staff)
        case .call, .bringBack, .transfer: break
        }
        if let service { return .transfer(window, staff, to: service) }
        guard let ticket else { throw .malformedBody }
        return name == .call ? .call(ticket, window, staff) : .bringBack(ticket, staff)
    }
}

extension QueuingInterface {
    /// Carries out what a clerk asks of a window of the hall where the clerk has the role.
    ///
    /// Choosing whom to call is the engine's; a clerk may call a particular person only when also an operator of the hall.
    func carryOut(
        _ order: WindowOrder, at window: HallWindow, in hall: Hall, key: IdempotencyKey, _ context: AppRequestContext,
        answer: @escaping @Sendable (HallDecision) -> String = { _ in "" }
    ) async throws -> HallOutcome {
        let clerk = try staffID(context)
        if order.name == .call, !context.principal.holds([.operator], at: hall.id) {
            throw Problem(.forbidden, code: "picking-needs-operator")
        }
        let skills = order.name == .open ? try await staff.person(clerk)?.skills : nil
        return try await submit(
            try order.command(at: window.id, by: clerk, skills: skills), to: hall.id,
            key: commandKey(key, asked: order.asked(at: window.id), context), context, answer: answer)
    }
}
