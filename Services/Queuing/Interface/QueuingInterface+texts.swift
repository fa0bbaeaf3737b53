import Domain
import Web

/// Waits, durations and reasons in words.
extension QueuingInterface {
    /// How long somebody will wait, as a range; honest when nobody can know.
    func waitText(_ outlook: WaitOutlook?, _ context: AppRequestContext) -> String {
        guard let outlook else { return context.text("queue.wait.unknown") }
        if outlook.highMinutes == 0 { return context.text("queue.wait.now") }
        if outlook.lowMinutes == outlook.highMinutes {
            return context.text("queue.wait.about", ["minutes": String(outlook.highMinutes)])
        }
        return context.text(
            "queue.wait.range", ["low": String(outlook.lowMinutes), "high": String(outlook.highMinutes)])
    }

    func aheadText(_ count: Int, _ context: AppRequestContext) -> String {
        switch count {
        case 0: context.text("queue.ahead.none")
        case 1: context.text("queue.ahead.one")
        default: context.text("queue.ahead.many", ["count": String(count)])
        }
    }

    func waitingText(_ count: Int, _ context: AppRequestContext) -> String {
        switch count {
        case 0: context.text("queue.waiting.none")
        case 1: context.text("queue.waiting.one")
        default: context.text("queue.waiting.many", ["count": String(count)])
        }
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
                "due": clockTime(reason.due, hall: hall), "minutes": String(reason.waitedSeconds / 60),
                "candidates": String(reason.candidates),
            ])
    }

    func stateText(_ state: TicketState, _ context: AppRequestContext) -> String {
        context.text("queue.state.\(state.rawValue)")
    }

    func classText(_ kind: TicketClass, _ context: AppRequestContext) -> String {
        context.text("queue.class.\(kind.rawValue)")
    }

    /// The windows where a service is given now, or could be, as people read them.
    func windowsText(for service: ServiceID, in reading: HallReading, _ context: AppRequestContext) -> String {
        let open = reading.queue.windows.values.filter { $0.services.contains(service) }.map(\.id)
        guard !open.isEmpty else { return context.text("queue.windows.none") }
        let sorted = open.sorted { TicketNumber.precedes($0.rawValue, $1.rawValue) }.map(\.rawValue)
        return context.text(
            "queue.windows.some", ["windows": sorted.joined(separator: context.text("queue.list-separator"))])
    }
}
