import Testing

@testable import Domain

@Suite struct SortedDequeTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func randomInsertsAndRemovals_keepOrder(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var sorted = SortedDeque<Int>()
        var reference: [Int] = []
        for _ in 0..<500 {
            let value = Int.random(in: 0..<80, using: &random)
            if Bool.random(using: &random) {
                sorted.insert(value)
                reference.append(value)
            } else {
                sorted.remove(value)
                if let index = reference.firstIndex(of: value) { reference.remove(at: index) }
            }
            #expect(Array(sorted) == reference.sorted())
        }
    }

    @Test(arguments: [("A999", "A1000"), ("A001", "A002"), ("A002", "B001"), ("2", "10")])
    func numbers_areOrderedAsNumbers(lower: String, upper: String) {
        #expect(TicketNumber.precedes(lower, upper))
        #expect(!TicketNumber.precedes(upper, lower))
    }

    @Test func number_splitsIntoParts() {
        #expect(TicketNumber.parts(of: "A012")?.letter == "A")
        #expect(TicketNumber.parts(of: "A1012")?.count == 1012)
        for text in ["", "A", "012", "A-1", "A000", "A0x1", "A99999999999999999999"] {
            #expect(TicketNumber.parts(of: text) == nil, "\(text)")
        }
    }
}
