import Domain
import Web

/// Waits, durations and reasons in words.
extension QueuingInterface {
    /// How long somebody will wait, as a range; honest when nobody can know.
    func waitText(_ outlook: WaitOutlook?, _ context: AppRequestContext) -> String {
        guard let outlook else { return context.text("queue.wait.unknown") }
        if outlook.highMinutes == 0 { return context.text("queue.wait.now") }
        if outlook.lowMinutes == outlook.highMinutes {
            return context.text("queue.wait.about", count: outlook.highMinutes)
        }
        return context.text(
            "queue.wait.range", ["low": String(outlook.lowMinutes), "high": String(outlook.highMinutes)])
    }

    /// As ``waitText(_:_:)`` for one service of a list, where ``closedNote(_:_:)`` says once what the short form means.
    func listedWaitText(_ outlook: WaitOutlook?, _ context: AppRequestContext) -> String {
        outlook == nil ? context.text("queue.wait.closed") : waitText(outlook, context)
    }

    /// What goes with a list of services; `nil` when each of them is served at some window.
    func closedNote(_ outlooks: [WaitOutlook?], _ context: AppRequestContext) -> String? {
        outlooks.contains { $0 == nil } ? context.text("queue.wait.closed-note") : nil
    }

    func aheadText(_ count: Int, _ context: AppRequestContext) -> String {
        count == 0 ? context.text("queue.ahead.none") : context.text("queue.ahead", count: count)
    }

    func waitingText(_ count: Int, _ context: AppRequestContext) -> String {
        count == 0 ? context.text("queue.waiting.none") : context.text("queue.waiting", count: count)
    }

    /// A time that has passed, in whole minutes.
    func minutesText(since moment: Timestamp?, at now: Timestamp, _ context: AppRequestContext) -> String {
        guard let moment else { return "–" }
        let minutes = max(0, Int(now.minutes(since: moment)))
        return context.text("queue.minutes", ["minutes": String(minutes)])
    }

    /// Why a ticket was called, in plain words.
    func reasonText(_ reason: RoutingReason, hall: HallID, _ context: AppRequestContext) -> String {
        // One candidate is no choice, whatever the rule.
        let key = reason.candidates == 1 && reason.rule != .picked ? "only" : reason.rule.rawValue
        return context.text(
            "queue.reason.\(key)",
            [
                "due": clockTime(reason.due, hall: hall),
                "duration": context.text("queue.duration", count: reason.waitedSeconds / 60),
                "people": context.text("queue.people", count: reason.candidates),
            ])
    }

    func stateText(_ state: TicketState, _ context: AppRequestContext) -> String {
        context.text("queue.state.\(state.rawValue)")
    }

    func classText(_ kind: TicketClass, _ context: AppRequestContext) -> String {
        context.text("queue.class.\(kind.rawValue)")
    }

    /// The windows where one of the services is given now, or could be, as people read them.
    func windowsText(for services: [ServiceID], in reading: HallReading, _ context: AppRequestContext) -> String {
        let open = reading.queue.windows.values.filter { $0.services.contains(where: services.contains) }.map(\.id)
        guard !open.isEmpty else { return context.text("queue.windows.none") }
        let sorted = open.sorted { TicketNumber.precedes($0.rawValue, $1.rawValue) }.map(\.rawValue)
        return context.text(
            "queue.windows.some", ["windows": sorted.joined(separator: context.text("queue.list-separator"))])
    }
}
