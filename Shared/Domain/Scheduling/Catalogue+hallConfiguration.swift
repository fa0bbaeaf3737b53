extension Catalogue {
    /// What the queue of a hall must know: every service that some window serves. `nil` when there is no such hall.
    package func hallConfiguration(_ id: HallID) -> HallConfiguration? {
        guard let hall = halls[id] else { return nil }
        var queued: [ServiceID: QueuedService] = [:]
        for name in hall.servedServices {
            guard let service = services[name] else { continue }
            queued[name] = QueuedService(
                letter: service.letter, meanMinutes: service.meanMinutes, after: service.after)
        }
        return HallConfiguration(
            hall: id, timeZone: hall.timeZone, services: queued,
            windows: Dictionary(hall.windows.map { ($0.id, $0.services) }, uniquingKeysWith: { first, _ in first }),
            rules: hall.queueRules, dials: hall.routing ?? RoutingDials(),
            openingHours: OpeningHours(of: hall, in: self))
    }
}
