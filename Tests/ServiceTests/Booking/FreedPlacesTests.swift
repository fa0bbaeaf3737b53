import Domain
import EventContracts
import Messaging
import Testing
import Web

@testable import BookingService

/// What a batch does with places that come free, on rows that are locked.
@Suite("Places that come free")
struct FreedPlacesTests {
    private static let now = Timestamp(seconds: 1_811_815_200)
    private let secrets: Secrets
    private var batch: BookingBatch
    private static let slot = Slot(
        id: SlotID(rawValue: 1), hall: "north", service: "passport", start: now.advanced(minutes: 600),
        end: now.advanced(minutes: 615), capacity: 1, taken: 1)

    init() throws {
        secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
        batch = BookingBatch(
            streams: StreamNames(), secrets: secrets,
            freedPlaces: FreedPlaceRules(waitlisted: ["passport"], delays: ["passport": 20]))
        batch.slots = [Self.slot.id: Self.slot]
        batch.appointments["a"] = Appointment(
            id: "a", reference: "K7M3-9QXT", tokenHash: "t", tokenSealed: [1], slot: Self.slot.id, hall: "north",
            service: "passport", start: Self.slot.start, end: Self.slot.end, personKey: "p", nameSealed: [1],
            phoneSealed: try secrets.seal("+8613900000000", for: "phone"), checklist: AcceptedChecklist(version: 1),
            state: .booked, version: 1, sequence: 0, language: .zhHans, channel: .online)
    }

    private func cancelled(_ cause: AppointmentCancelled.Cause = .person) -> BookingCommand {
        .cancel(CancelOrder(appointment: "a", version: nil, cause: cause, now: Self.now))
    }

    private func hold(_ kind: Hold.Kind) -> Hold {
        Hold(
            id: "h", slot: Self.slot, expires: Self.now.advanced(minutes: 10), state: .held, kind: kind,
            waitlistPosition: kind == .offer ? 7 : nil)
    }

    @Test mutating func `A place that somebody waits for stays taken, and is decided on at once`() throws {
        batch.waited = [Self.slot.id]
        _ = try batch.decide(cancelled())
        #expect(batch.changes.taken.isEmpty && batch.slots[Self.slot.id]?.free == 0)
        #expect(batch.changes.returning.map(\.expires) == [Self.now])
        #expect(batch.changes.leavesPlaces)
        // So nobody in the same batch gets it either.
        let order = HoldOrder(
            request: IdempotentRequest(scope: "s", key: "k", fingerprint: "f"), slot: Self.slot.id, tokenHash: "t",
            id: "i",
            expires: Self.now, draft: nil, now: Self.now, earliestStart: Self.now, answer: { _ in .init(status: 201) })
        #expect {
            try batch.decide(.hold(order))
        } throws: { error in
            guard case .slotFull? = error as? BookingError else { return false }
            return true
        }
    }

    @Test mutating func `Where nobody waits, the rule keeps it closed for a while`() throws {
        _ = try batch.decide(cancelled())
        #expect(batch.changes.returning.map(\.expires) == [Self.now.advanced(minutes: 20)])
        #expect(batch.changes.taken.isEmpty)
    }

    @Test mutating func `A form that was not finished gives its place back at once`() throws {
        batch.holds["t"] = hold(.hold)
        guard case .released(true) = try batch.decide(.release(tokenHash: "t", now: Self.now)) else {
            Issue.record("not released")
            return
        }
        #expect(batch.changes.taken == [Self.slot.id: -1] && batch.changes.returning.isEmpty)
    }

    @Test(arguments: [Hold.Kind.offer, .returning])
    mutating func `What is kept for others cannot be given back as a hold`(kind: Hold.Kind) throws {
        batch.holds["t"] = hold(kind)
        guard case .released(false) = try batch.decide(.release(tokenHash: "t", now: Self.now)) else {
            Issue.record("released")
            return
        }
        #expect(batch.changes.isEmpty)
    }

    @Test(arguments: [true, false])
    mutating func `An offer that is declined never stands open`(leaves: Bool) throws {
        batch.holds["t"] = hold(.offer)
        let order = DeclineOrder(tokenHash: "t", position: 7, leaves: leaves, now: Self.now)
        guard case .released(true) = try batch.decide(.decline(order)),
            case .released(false) = try batch.decide(.decline(order))
        else {
            Issue.record("not once")
            return
        }
        #expect(batch.changes.taken.isEmpty && batch.changes.returning.count == 1)
        let change = try #require(batch.changes.waitlist.first)
        #expect(change.position == 7)
        switch change.what {
        case .left: #expect(leaves)
        case .passed(let slot): #expect(!leaves && slot == Self.slot.id)
        case .taken: Issue.record("nothing was booked")
        }
    }

    @Test func `A place too near to its start returns at once, since closed it is of use to nobody`() {
        let rules = FreedPlaceRules(delays: ["passport": 20])
        func kept(_ minutes: Int, isGivenUp: Bool = true, isWaitedFor: Bool = false) -> Timestamp? {
            var slot = Self.slot
            slot.start = Self.now.advanced(minutes: minutes)
            return rules.keptUntil(slot, isWaitedFor: isWaitedFor, isGivenUp: isGivenUp, at: Self.now)
        }
        #expect(kept(21) == Self.now.advanced(minutes: 20))
        #expect(kept(20) == nil)
        #expect(kept(21, isGivenUp: false) == nil)
        #expect(kept(5, isGivenUp: false, isWaitedFor: true) == Self.now)
        #expect(FreedPlaceRules.none.keptUntil(Self.slot, isWaitedFor: false, isGivenUp: true, at: Self.now) == nil)
    }
}
