import Domain
import Foundation
import Testing

@Suite struct BallotDrawTests {
    private static let date = SmallCity.date("2026-12-07")

    private func slot(_ id: Int, hall: HallID = "north", minute: Int, places: Int = 1) -> BallotSlot {
        BallotSlot(id: String(id), hall: hall, date: Self.date, minute: minute, places: places)
    }

    private func wish(_ hall: HallID = "north", _ part: String = "00:00-24:00") -> BallotPreference {
        BallotPreference(hall: hall, date: Self.date, part: SmallCity.range(part))
    }

    /// A round with as many entries, of which some left.
    private func round(_ count: Int, places: Int = 3, left: [Int] = [], seed: String = "5eed") -> BallotRecord {
        let open = BallotRecord(
            round: "passport_2026-12-07", service: "passport", period: ReleasePeriod(first: Self.date, last: Self.date),
            opens: Timestamp(seconds: 0), closes: Timestamp(seconds: 100), releases: Timestamp(seconds: 200),
            commitment: BallotDraw.commitment(to: seed, of: "passport_2026-12-07"), count: count)
        let entries = (1...count).filter { !left.contains($0) }.map {
            BallotEntry(
                number: $0, salt: "salt\($0)",
                preferences: $0.isMultiple(of: 2) ? [wish("north", "00:00-12:00")] : [wish("south"), wish()])
        }
        let slots = [
            slot(1, minute: 540, places: places), slot(2, minute: 780, places: places),
            slot(3, hall: "south", minute: 600, places: places),
        ]
        return open.drawn(seed: seed, slots: slots, entries: entries, left: left, at: Timestamp(seconds: 101))
    }

    @Test func `Each in turn gets the first preference that is left, there the earliest slot`() {
        let slots = [
            slot(1, minute: 540), slot(2, minute: 600), slot(3, minute: 780), slot(4, hall: "south", minute: 540),
        ]
        let wishes = [
            [wish("north", "10:00-12:00")], [wish("north", "00:00-12:00")],
            // The morning has gone, so the second preference; then the afternoon; then nothing is left that is wanted.
            [wish("north", "00:00-12:00"), wish("south")], [wish("south"), wish()], [wish("north"), wish("south")],
        ]
        let entries = wishes.enumerated().map { BallotEntry(number: $0.offset + 1, salt: "", preferences: $0.element) }
        #expect(BallotDraw.assign(entries, slots: slots).map(\.slot) == ["2", "1", "4", "3", nil])
    }

    @Test func `The order is the same for everybody, and another for another seed or another list`() {
        let numbers = Array(1...100)
        let order = BallotDraw.order(of: numbers, seed: "a", root: "r")
        #expect(order.sorted() == numbers)
        #expect(BallotDraw.order(of: numbers.reversed(), seed: "a", root: "r") == order)
        #expect(BallotDraw.order(of: numbers, seed: "b", root: "r") != order)
        #expect(BallotDraw.order(of: numbers, seed: "a", root: "s") != order)
    }

    /// Over 4,000 seeds each of ten entries stands at each of ten places 400 times, give or take: chi-squared with 81 degrees of
    /// freedom is above 136 once in ten thousand; the seeds are fixed, so this passes or fails for good.
    @Test func `Every entry has the same chance of every place`() {
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 10), count: 10)
        for seed in 0..<4000 {
            for (place, number) in BallotDraw.order(of: Array(1...10), seed: "seed-\(seed)", root: "root").enumerated()
            {
                counts[number - 1][place] += 1
            }
        }
        let chiSquared = counts.joined().reduce(0.0) { $0 + pow(Double($1) - 400, 2) / 400 }
        #expect(chiSquared < 136)
    }

    @Test func `A record is what it should be, also after a way over JSON`() throws {
        let record = round(20, left: [4, 11])
        #expect(record.faults() == [])
        #expect(record.draw?.entries.count { $0.slot != nil } == 9)
        #expect(try JSONDecoder().decode(BallotRecord.self, from: JSONEncoder().encode(record)) == record)
        let own = try #require(record.draw?.entries.first { $0.number == 7 })
        #expect(record.faults(receipts: [7: own.receipt(in: record.round)]) == [])
    }

    @Test func `Whatever is changed afterwards is found`() throws {
        let sound = round(20, left: [4])
        func faults(_ change: (inout BallotRecord, inout BallotRecord.Draw) -> Void) throws -> [BallotRecord.Fault] {
            var record = sound
            var draw = try #require(record.draw)
            change(&record, &draw)
            record.draw = draw
            return record.faults()
        }
        #expect(try faults { _, _ in }.isEmpty)
        #expect(try faults { $1.seed = "another" }.contains(.seed))
        #expect(
            try faults {
                $1.entries.swapAt(2, 3); _ = $0
            }.contains { if case .order(3, _, _) = $0 { true } else { false } })
        #expect(
            try faults {
                $1.entries[0].preferences = [wish("north", "13:00-14:00")]; _ = $0
            }.contains { if case .root = $0 { true } else { false } })
        #expect(
            try faults {
                $1.slots[0].places += 1; _ = $0
            }.contains { if case .root = $0 { true } else { false } })
        #expect(
            try faults {
                $1.entries.removeLast(); _ = $0
            } == [.numbers])
        #expect(
            try faults {
                $1.entries.append(BallotEntry(number: 21, salt: "", preferences: [])); _ = $0
            } == [.numbers])
        #expect(
            try faults {
                $1.left = [5]; _ = $0
            } == [.numbers])
        #expect(
            try faults {
                $0.count = .max; _ = $1
            } == [.numbers])
        let loser = try #require(sound.draw?.entries.firstIndex { $0.slot == nil })
        #expect(
            try faults {
                $1.entries[loser].slot = "1"; _ = $0
            }.count == 1)
        // Somebody's entry was put in the place of another.
        #expect(sound.faults(receipts: [7: "their receipt"]).count == 1)
        #expect(sound.faults(receipts: [4: "of one who left"]).count == 1)
        var open = sound
        open.draw = nil
        #expect(open.faults() == [.notDrawn])
    }

    @Test(arguments: ["north/2026-12-07/00:00-12:00", "n/2026-12-07/09:00-09:30"])
    func `A preference is written in one form`(text: String) {
        #expect(BallotPreference(text)?.description == text)
    }

    @Test(arguments: [
        "", "north", "north/2026-12-07", "/2026-12-07/00:00-12:00", "north/2026-13-07/00:00-12:00",
        "north/2026-12-07/12:00-12:00", "north/2026-12-07/00:00-12:00/",
    ])
    func `What is no preference is not taken for one`(text: String) {
        #expect(BallotPreference(text) == nil)
    }
}
