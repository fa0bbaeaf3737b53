import BookingService
import Domain
import EventContracts
import Foundation
import Messaging
import TestSupport
import Web

/// People who each book once.
struct BookingPeople: Sendable {
    let secrets: Secrets
    private let next = Countdown(.max)
    let now = Timestamp(seconds: 1_811_815_200)
    private let phone: PhoneNumber

    init() throws {
        secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
        guard let phone = PhoneNumber("13900000000") else { throw BenchmarkFailure(description: "no phone") }
        self.phone = phone
    }

    /// - Parameter run: people of different runs are different.
    func order(_ slots: [Slot], run: UInt64 = 0) throws -> BookOrder {
        guard let number = next.next() else { throw CancellationError() }
        let slot = slots[number % slots.count]
        let text = "person \(run) \(number)"
        return BookOrder(
            request: IdempotentRequest(
                scope: "POST /api/v1/appointments", key: text, fingerprint: Secrets.sha256Hex(text)),
            place: .slot(slot.id), slot: slot, personKey: secrets.lookupHash(text, for: "person"),
            nameSealed: try secrets.seal(text, for: "name"), phone: phone,
            phoneSealed: try secrets.seal(phone.e164, for: "phone"),
            checklist: AcceptedChecklist(version: 1), language: .zhHans, channel: .online, now: now,
            earliestStart: Timestamp(seconds: 0)
        ) { appointment, token in
            StoredAnswer(
                status: 201, headers: ["Location": "/api/v1/appointments/\(token)"],
                body: Array(#"{"reference":"\#(appointment.reference)"}"#.utf8))
        }
    }

    /// Somebody who keeps a place and thinks about it.
    func hold(_ slot: Slot, run: UInt64, number: Int) -> HoldOrder {
        let text = "hold \(run) \(number)"
        return HoldOrder(
            request: IdempotentRequest(
                scope: "POST /api/v1/holds", key: text, fingerprint: Secrets.sha256Hex(text)),
            slot: slot.id, tokenHash: Secrets.sha256Hex(text), id: UUID().uuidString.lowercased(),
            expires: now.advanced(minutes: 10), draft: nil, now: now, earliestStart: Timestamp(seconds: 0)
        ) { _ in StoredAnswer(status: 201, body: Array("{}".utf8)) }
    }
}
