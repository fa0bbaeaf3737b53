import Domain
import EventContracts
import Messaging
import OrderedCollections
import Testing
import Web

@testable import BookingService

/// What a batch decides where a hall has closed.
@Suite("A batch with closed slots")
struct BookingBatchClosureTests {
    private static let now = Timestamp(seconds: 1_811_815_200)
    private static let closed = Slot(
        id: SlotID(rawValue: 1), hall: "north", service: "passport", start: now.advanced(minutes: 60),
        end: now.advanced(minutes: 75), capacity: 1, taken: 1, isClosed: true, shrinksTo: 0)
    private static let open = Slot(
        id: SlotID(rawValue: 2), hall: "south", service: "passport", start: now.advanced(minutes: 120),
        end: now.advanced(minutes: 135), capacity: 2, taken: 0)
    private let secrets: Secrets
    private var batch: BookingBatch

    init() throws {
        secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
        batch = BookingBatch(
            streams: StreamNames(), secrets: secrets,
            freedPlaces: FreedPlaceRules(waitlisted: ["passport"], delays: ["passport": 20]))
        batch.slots = [Self.closed.id: Self.closed, Self.open.id: Self.open]
        batch.waited = [Self.closed.id]
        batch.appointments["a"] = Appointment(
            id: "a", reference: "K7M3-9QXT", tokenHash: "hash", tokenSealed: [1], slot: Self.closed.id, hall: "north",
            service: "passport", start: Self.closed.start, end: Self.closed.end, personKey: "p", nameSealed: [1],
            phoneSealed: try secrets.seal("+8613900000000", for: "phone"), checklist: AcceptedChecklist(version: 1),
            state: .booked, version: 1, sequence: 0, language: .zhHans, channel: .online,
            visitDate: LocalDate("2027-06-01"))
        batch.dueMoves = [7]
    }

    private static func move(_ move: Int64 = 7, from slot: SlotID = closed.id) -> BookingCommand {
        .reschedule(
            RescheduleOrder(
                appointment: "a", version: nil, place: .slot(open.id), now: now, earliestStart: now,
                lost: LostPlace(move: move, slot: slot)))
    }

    @Test
    mutating func `A move takes the new place, closes the old one, counts for no quota, and is told with its cause`()
        throws
    {
        _ = try batch.decide(Self.move())
        let after = try #require(batch.changes.changed["a"]?.appointment)
        #expect(after.slot == Self.open.id && after.version == 2 && after.sequence == 1)
        #expect(after.closureMove == 7 && after.visitDate == nil)
        #expect(batch.changes.taken == [Self.open.id: 1, Self.closed.id: -1])
        #expect(batch.slots[Self.closed.id]?.capacity == 0)
        // Somebody waits there, and gets nothing.
        #expect(batch.changes.returning.isEmpty)
        #expect(batch.changes.moves.map(\.state) == [.moved])
        #expect(batch.changes.notes.map(\.actor) == ["hall"])
        #expect(batch.changes.events.count == 2)
        #expect(batch.changes.events.last?.event.payload.contains(#""previousHall":"north""#) == true)
    }

    @Test mutating func `Whoever is first wins: a move that is not due, or from another slot, changes nothing`() throws
    {
        #expect(throws: BookingError.appointmentStale(version: 1)) { try batch.decide(Self.move(8)) }
        #expect(throws: BookingError.appointmentStale(version: 1)) { try batch.decide(Self.move(from: Self.open.id)) }
        #expect(batch.changes.isEmpty)
        _ = try batch.decide(Self.move())
        #expect(throws: BookingError.self) { try batch.decide(Self.move()) }
        #expect(batch.changes.moves.count == 1 && batch.changes.events.count == 2)
    }

    @Test mutating func `The person who cancels first is not moved, and the place is gone`() throws {
        _ = try batch.decide(.cancel(CancelOrder(appointment: "a", version: 1, cause: .person, now: Self.now)))
        #expect(throws: BookingError.appointmentEnded) { try batch.decide(Self.move()) }
        #expect(batch.changes.taken == [Self.closed.id: -1] && batch.changes.returning.isEmpty)
        #expect(batch.changes.moves.isEmpty)
    }

    @Test mutating func `Without another place it is cancelled, and says that one can wait`() throws {
        _ = try batch.decide(
            .cancel(
                CancelOrder(
                    appointment: "a", version: nil, cause: .closure, now: Self.now,
                    lost: LostPlace(move: 7, slot: Self.closed.id))))
        #expect(batch.changes.changed["a"]?.appointment.state == .cancelled)
        #expect(batch.changes.changed["a"]?.appointment.closureMove == 7)
        #expect(batch.changes.events.last?.event.payload.contains(#""canWait":true"#) == true)
        #expect(batch.changes.moves.map(\.state) == [.cancelled])
    }

    @Test mutating func `A person who moves by themselves has answered`() throws {
        batch.appointments["a"]?.closureMove = 3
        _ = try batch.decide(
            .reschedule(
                RescheduleOrder(
                    appointment: "a", version: 1, place: .slot(Self.open.id), now: Self.now, earliestStart: Self.now)))
        #expect(batch.changes.changed["a"]?.appointment.closureMove == nil)
        #expect(batch.changes.notes.map(\.actor) == ["citizen"])
    }
}
