import RedisStreams
import Testing

@testable import Messaging

@Suite struct ConsumerLedgerTests {
    let start = ContinuousClock.now

    private func batch(_ stream: String, _ positions: ClosedRange<Int64>) -> StreamBatch {
        StreamBatch(stream: stream, entries: positions.map { StreamEntry(position: $0, "event", "{}") })
    }

    @Test func entries_areOwedUntilAcknowledged() {
        var ledger = ConsumerLedger()
        ledger.received(batch("a", 1...5))
        let due = ledger.due(at: start)
        #expect(due.map(\.stream) == ["a"])
        #expect(due[0].fresh.map(\.position) == [1, 2, 3, 4, 5])
        #expect(ledger.advanced("a", to: 3) == [1, 2, 3])
        ledger.acknowledged("a", through: 3)
        #expect(!ledger.isClear)
        #expect(ledger.advanced("a", to: 9) == [4, 5])
        ledger.acknowledged("a", through: 9)
        #expect(ledger.isClear)
        #expect(ledger.due(at: start).isEmpty)
    }

    @Test func acknowledgement_thatFailed_isTriedAgain() {
        var ledger = ConsumerLedger()
        ledger.received(batch("a", 1...2))
        #expect(ledger.advanced("a", to: 2) == [1, 2])
        #expect(ledger.due(at: start).map(\.stream) == ["a"])
        #expect(ledger.advanced("a", to: 2) == [1, 2])
    }

    @Test func stream_atRest_isNeitherReadNorWorkedOn() {
        var ledger = ConsumerLedger()
        ledger.received(batch("a", 1...1))
        ledger.rest("a", at: start) { .seconds($0) }
        #expect(ledger.readable(of: ["a", "b"], at: start) == ["b"])
        #expect(ledger.due(at: start).isEmpty)
        #expect(ledger.nextDue == start.advanced(by: .seconds(1)))
        let later = start.advanced(by: .seconds(1))
        #expect(ledger.readable(of: ["a", "b"], at: later) == ["a", "b"])
        // What came before the rest is read again: the stream may have changed.
        #expect(ledger.due(at: later).map(\.fresh) == [[]])
        ledger.rest("a", at: later) { .seconds($0) }
        #expect(ledger.nextDue == later.advanced(by: .seconds(2)))
    }

    @Test func stream_foundBehind_isWorkedOnWithoutEntries() {
        var ledger = ConsumerLedger()
        ledger.foundBehind("a")
        #expect(ledger.due(at: start).map(\.stream) == ["a"])
        #expect(ledger.advanced("a", to: 7).isEmpty)
        ledger.acknowledged("a", through: 7)
        #expect(ledger.due(at: start).isEmpty)
    }
}
