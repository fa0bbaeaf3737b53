import Domain
import Web

/// An entry of the waitlist as its owner sees it.
struct WaitlistDocument: Encodable, Sendable {
    let token: String
    let state: String
    let service: String
    let halls: [String]
    let from: String
    let to: String
    let automatic: Bool
    /// People who wait for something of the same and joined before; absent when the waiting has ended.
    let ahead: Int?
    let offer: Offer?
    /// The token of the appointment that the waiting ended with.
    let appointment: String?
    let page: String

    struct Offer: Encodable, Sendable {
        let slot: SlotDocument
        let expires: String
    }
}

extension BookingDesk {
    func document(of entry: WaitlistEntry, token: String) async throws -> WaitlistDocument {
        let offer = try await openOffer(of: entry)
        return WaitlistDocument(
            token: token, state: entry.state.rawValue, service: entry.service.rawValue,
            halls: entry.halls.map(\.rawValue), from: entry.firstDay.description, to: entry.lastDay.description,
            automatic: entry.isAutomatic,
            ahead: entry.state.isLive ? try await waitlist.ahead(of: entry, on: pool) : nil,
            offer: offer.map {
                .init(slot: SlotDocument($0.slot, city), expires: city.localTime($0.expires, in: $0.slot.hall))
            }, appointment: try await appointmentToken(of: entry), page: waitlistPage(of: token))
    }

    /// As it was added, which has no offer yet.
    func newDocument(of entry: WaitlistEntry, token: String) -> WaitlistDocument {
        WaitlistDocument(
            token: token, state: entry.state.rawValue, service: entry.service.rawValue,
            halls: entry.halls.map(\.rawValue), from: entry.firstDay.description, to: entry.lastDay.description,
            automatic: entry.isAutomatic, ahead: nil, offer: nil, appointment: nil, page: waitlistPage(of: token))
    }

    /// The offer that can still be taken.
    func openOffer(of entry: WaitlistEntry) async throws -> Hold? {
        guard entry.state == .offered, let hold = try await waitlist.offer(of: entry, on: pool)?.hold,
            hold.isGood(at: clock())
        else { return nil }
        return hold
    }

    func appointmentToken(of entry: WaitlistEntry) async throws -> String? {
        guard let id = entry.appointment, let appointment = try await appointments.appointment(id: id, on: pool) else {
            return nil
        }
        return try secrets.open(appointment.tokenSealed, for: "appointment-token")
    }
}
