package import Domain
package import Web

/// Says when slots open, by the rules of their services.
package struct SlotRelease: Sendable {
    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    /// When a slot opens; `nil` where nothing keeps it closed.
    package func opening(of slot: Slot, in city: City) -> SlotOpening? {
        opening(of: slot.service, in: slot.hall, start: slot.start, city)
    }

    func opening(of service: ServiceID, in hall: HallID, start: Timestamp, _ city: City) -> SlotOpening? {
        guard let rule = city.service(service)?.release, let zone = city.zone(of: hall) else { return nil }
        return rule.opening(
            of: start, in: zone, draw: rule.jitterMinutes > 0 ? draw(service, hall, start) : 0)
    }

    /// A number that follows from the slot and the installation's key: the same in all processes, and nobody else's to reckon.
    private func draw(_ service: ServiceID, _ hall: HallID, _ start: Timestamp) -> UInt64 {
        let hash = secrets.lookupHash("\(hall)|\(service)|\(start.milliseconds)", for: "slot-release")
        return UInt64(hash.prefix(16), radix: 16) ?? 0
    }
}
