import Domain
import Foundation
import Logging
import NIOCore
import Postgres
import Testing

@testable import BookingService

@Suite("Availability in memory")
struct AvailabilityBoardTests {
    private static let name = AvailabilityPart.Name(hall: "north", service: "passport")
    /// 10:00 in Shanghai on 1 June 2027.
    private static let now = Timestamp(seconds: 1_811_815_200)
    private let start = ContinuousClock.now

    /// Slots of an hour, each with 5 places, from 11:00 on.
    private func part(
        _ name: AvailabilityPart.Name = Self.name, count: Int = 20, from first: Int64 = 1,
        opening: ((Timestamp) -> SlotOpening?)? = nil
    ) throws -> AvailabilityPart {
        let zone = try #require(TimeZoneRules("Asia/Shanghai"))
        return AvailabilityPart(
            name: name, zone: zone, cityVersion: 1,
            slots: (0..<count).map { number in
                let begins = Self.now.advanced(minutes: 60 * (number + 1))
                return (
                    SlotChange(id: SlotID(rawValue: first + Int64(number)), version: 0, capacity: 5, taken: 0), begins,
                    begins.advanced(minutes: 60)
                )
            }, opening: opening)
    }

    private func change(_ id: Int64, version: Int64, taken: Int) -> SlotChange {
        SlotChange(id: SlotID(rawValue: id), version: version, capacity: 5, taken: taken)
    }

    /// A board that listens and knows the part.
    private func board(slotLimit: Int = 1000) throws -> AvailabilityBoard {
        let board = AvailabilityBoard(slotLimit: slotLimit)
        board.listening(at: Self.now, instant: start)
        try read(part(), into: board)
        return board
    }

    private func read(_ part: AvailabilityPart, into board: AvailabilityBoard) throws {
        let era = board.beginReading()
        defer { board.endReading() }
        _ = board.take(part, era: era, readAt: Self.now, at: start)
    }

    private func taken(_ board: AvailabilityBoard, _ name: AvailabilityPart.Name = Self.name) -> [Int32]? {
        board.view(name, cityVersion: 1, at: start)?.part.places.map(\.taken)
    }

    private func answer(
        _ board: AvailabilityBoard, _ question: AvailabilityQuestion, earliest: Timestamp = Self.now,
        at now: Timestamp = Self.now
    ) throws -> AvailabilityAnswer {
        let view = try #require(board.view(Self.name, cityVersion: 1, at: start))
        return AvailabilityAnswer(to: question, from: view, earliest: earliest, at: now)
    }

    private func object(_ answer: AvailabilityAnswer) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView))
        return try #require(json as? [String: Any])
    }

    @Test func `Of two changes the later one counts, in whatever order they are heard of`() throws {
        let board = try board()
        board.take([change(2, version: 2, taken: 3), change(1, version: 1, taken: 1)])
        board.take([change(2, version: 1, taken: 5), change(99, version: 1, taken: 5)])
        #expect(taken(board)?.prefix(3) == [1, 3, 0])
    }

    @Test func `What is committed while a part is being read is in it`() throws {
        let board = AvailabilityBoard()
        board.listening(at: Self.now, instant: start)
        let era = board.beginReading()
        board.take([change(3, version: 4, taken: 2)])
        let part = board.take(try part(), era: era, readAt: Self.now, at: start)
        board.endReading()
        #expect(part.places[2].taken == 2)
        #expect(taken(board)?[2] == 2)
    }

    @Test func `Nothing counts as right after the notices have been cut off, nor after they come again`() throws {
        let board = try board()
        board.confirm(start, wallClock: Self.now.advanced(seconds: 7), now: start)
        board.lost()
        #expect(taken(board) == nil)
        #expect(board.lastView(Self.name)?.asOf == Self.now.advanced(seconds: 7))
        // Read before the listening: something may have changed in between.
        let era = board.beginReading()
        board.listening(at: Self.now.advanced(seconds: 9), instant: start)
        _ = board.take(try part(), era: era, readAt: Self.now.advanced(seconds: 8), at: start)
        board.endReading()
        #expect(taken(board) == nil)
        #expect(board.lastView(Self.name)?.asOf == Self.now.advanced(seconds: 8))
        try read(part(), into: board)
        #expect(taken(board)?.count == 20)
    }

    @Test func `Without a sign of life for some seconds nothing counts as right`() throws {
        let board = try board()
        let late = start + AvailabilityBoard.silenceLimit + .milliseconds(1)
        #expect(board.view(Self.name, cityVersion: 1, at: late) == nil)
        board.confirm(late, wallClock: Self.now, now: late)
        #expect(board.view(Self.name, cityVersion: 1, at: late) != nil)
    }

    @Test func `A change of everything, another city and age have a part read anew`() throws {
        let board = try board()
        #expect(board.view(Self.name, cityVersion: 2, at: start) == nil)
        let aged = start + .seconds(601)
        board.confirm(aged, wallClock: Self.now, now: aged)
        #expect(board.view(Self.name, cityVersion: 1, at: aged) == nil)
        #expect(taken(board) != nil)
        board.take(.everything, at: Self.now)
        #expect(taken(board) == nil)
    }

    @Test func `What was asked for least recently is dropped beyond the limit`() throws {
        let other = AvailabilityPart.Name(hall: "south", service: "passport")
        let third = AvailabilityPart.Name(hall: "west", service: "passport")
        let board = try board(slotLimit: 40)
        try read(part(other, from: 101), into: board)
        _ = taken(board)
        try read(part(third, from: 201), into: board)
        #expect(taken(board) != nil)
        #expect(taken(board, other) == nil)
        #expect(board.slotCount == 40)
        board.take([change(101, version: 1, taken: 1), change(201, version: 1, taken: 1)])
        #expect(taken(board, third)?.first == 1)
    }

    @Test func `A ready answer is given until something changes or a slot cannot be booked any more`() throws {
        let board = try board()
        let month = AvailabilityQuestion.month(try #require(LocalDate("2027-06-01")))
        func ready(_ earliest: Timestamp) -> String? {
            board.answer(
                to: month, Self.name, earliest: earliest, moment: Self.now, cityVersion: 1, at: start)?.tag
        }
        let first = try answer(board, month)
        board.keep(first, to: month, Self.name)
        #expect(ready(Self.now) == first.tag)
        #expect(ready(Self.now.advanced(minutes: 60)) == first.tag)
        #expect(ready(Self.now.advanced(minutes: 61)) == nil)
        board.take([change(1, version: 1, taken: 1)])
        #expect(ready(Self.now) == nil)
        #expect(try answer(board, month).tag != first.tag)
        // The same content has the same tag again.
        board.take([change(1, version: 2, taken: 0)])
        #expect(try answer(board, month).tag == first.tag)
    }

    @Test func `What is not open yet is shown with its time, and answers change in the moment of the opening`() throws {
        let board = AvailabilityBoard()
        board.listening(at: Self.now, instant: start)
        let opens = Self.now.advanced(minutes: 30)
        // Slots from the fourth on open later, at some moment of twenty minutes.
        try read(
            part(opening: { slot in
                slot < Self.now.advanced(minutes: 240)
                    ? .always
                    : SlotOpening(from: opens, by: opens.advanced(minutes: 20), moment: opens.advanced(minutes: 7))
            }), into: board)
        let all = AvailabilityQuestion.slots(first: .min, last: .max)
        let month = AvailabilityQuestion.month(try #require(LocalDate("2027-06-01")))
        func ready(_ question: AvailabilityQuestion, _ moment: Timestamp) -> String? {
            board.answer(to: question, Self.name, earliest: Self.now, moment: moment, cityVersion: 1, at: start)?.tag
        }
        let before = try answer(board, all)
        let items = try #require(try object(before)["items"] as? [[String: Any]])
        #expect(items.prefix(5).map { $0["free"] as? Int } == [5, 5, 5, 0, 0])
        #expect(items[2]["opens"] == nil)
        #expect(items[3]["opens"] as? String == "2027-06-01T10:30:00+08:00")
        #expect(items[3]["opensBy"] as? String == "2027-06-01T10:50:00+08:00")
        let days = try #require(try object(try answer(board, month))["days"] as? [[String: Any]])
        #expect(days.map { $0["free"] as? Int } == [15, 0])
        #expect(days.map { $0["total"] as? Int } == [65, 35])
        #expect(days.last?["opens"] as? String == "2027-06-01T10:30:00+08:00")
        for question in [all, month] {
            let made = try answer(board, question)
            board.keep(made, to: question, Self.name)
            #expect(ready(question, opens.advanced(minutes: 7).advanced(milliseconds: -1)) == made.tag)
            #expect(ready(question, opens.advanced(minutes: 7)) == nil)
        }
        let after = try answer(board, all, at: opens.advanced(minutes: 7))
        #expect(after.tag != before.tag)
        #expect((try object(after)["items"] as? [[String: Any]])?.allSatisfy { $0["opens"] == nil } == true)
    }

    @Test func `Ready answers are bounded in bytes`() throws {
        let board = AvailabilityBoard(answerLimit: 3000)
        board.listening(at: Self.now, instant: start)
        try read(part(), into: board)
        for day in 0..<50 {
            let question = AvailabilityQuestion.slots(first: 30_000 + day, last: 30_000 + day)
            board.keep(try answer(board, question), to: question, Self.name)
        }
        let kept = (0..<50).filter { day in
            board.answer(
                to: .slots(first: 30_000 + day, last: 30_000 + day), Self.name, earliest: Self.now, moment: Self.now,
                cityVersion: 1,
                at: start) != nil
        }
        #expect(!kept.isEmpty && kept.count < 6)
    }

    @Test func `A month names the days on which something can be booked, by the calendar of the hall`() throws {
        let board = try board()
        board.take([change(1, version: 1, taken: 5), change(14, version: 1, taken: 2)])
        let json = try object(try answer(board, .month(try #require(LocalDate("2027-06-01")))))
        #expect(json["fresh"] as? Bool == true)
        #expect(json["asOf"] == nil)
        #expect(json["month"] as? String == "2027-06")
        let days = try #require(json["days"] as? [[String: Any]])
        // 11:00 to 23:00 of the first day, then from midnight on.
        #expect(days.map { $0["date"] as? String } == ["2027-06-01", "2027-06-02"])
        #expect(days.map { $0["total"] as? Int } == [65, 35])
        #expect(days.map { $0["free"] as? Int } == [60, 33])
        let other = try object(try answer(board, .month(try #require(LocalDate("2027-07-01")))))
        #expect((other["days"] as? [Any])?.isEmpty == true)
    }

    @Test func `Slots come with their times in the hall, and days the wrong way round have none`() throws {
        let board = try board()
        board.take([change(2, version: 1, taken: 4)])
        let json = try object(
            try answer(board, .slots(first: .min, last: .max), earliest: Self.now.advanced(minutes: 90)))
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items.count == 19)
        let first = try #require(items.first)
        #expect(first["id"] as? String == "2")
        #expect(first["start"] as? String == "2027-06-01T12:00:00+08:00")
        #expect(first["end"] as? String == "2027-06-01T13:00:00+08:00")
        #expect(first["free"] as? Int == 1)
        #expect(first["capacity"] as? Int == 5)
        let none = try object(try answer(board, .slots(first: 20_971, last: 20_970)))
        #expect((none["items"] as? [Any])?.isEmpty == true)
    }

    @Test func `With the database away the last that was known is shown, and it is said as of when`() async throws {
        let board = try board()
        board.lost()
        let hours = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [TimeRange.wholeDay]) })
        let hall = Hall(
            id: "north", position: 0, name: LocalizedText(zh: "北", en: "North"),
            address: LocalizedText(zh: "路", en: "Road"), timeZone: "Asia/Shanghai", hours: hours,
            observesHolidays: false, windows: [], offers: [:], horizonDays: 3, bookingRules: BookingRules())
        let city = City(
            version: 1,
            catalogue: Catalogue(
                name: LocalizedText(zh: "市", en: "City"), services: [:], halls: ["north": hall]))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                uri: "postgresql:///nothing?host=/nowhere", leaseTimeout: .milliseconds(50)), logger: logger)
        let running = Task { try await pool.run() }
        defer { running.cancel() }
        let availability = Availability(board: board, pool: pool, clock: { Self.now })
        let month = AvailabilityQuestion.month(try #require(LocalDate("2027-06-01")))
        for _ in 0..<2 {
            let json = try object(try await availability.answer(to: month, Self.name, in: city))
            #expect(json["fresh"] as? Bool == false)
            #expect(json["asOf"] as? String == "2027-06-01T02:00:00Z")
            #expect((json["days"] as? [Any])?.count == 2)
        }
        // Of what was never read nothing can be said.
        await #expect(throws: PostgresError.self) {
            _ = try await availability.answer(to: month, .init(hall: "north", service: "id-card"), in: city)
        }
    }

    @Test(arguments: [
        ("7,3,10,4", SlotNotice.changes([SlotChange(id: SlotID(rawValue: 7), version: 3, capacity: 10, taken: 4)])),
        ("*", .everything), ("", .everything), ("7,3,10", .everything), ("7,3,10,x", .everything),
    ])
    func `A notice that cannot be understood says that anything may have changed`(text: String, notice: SlotNotice) {
        #expect(SlotNotice(text) == notice)
    }
}
