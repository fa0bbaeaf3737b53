import Testing

@testable import Messaging

@Suite struct RelayLedgerTests {
    @Test func wake_ofAWaitingStream_isOneWork() {
        var ledger = RelayLedger()
        ledger.wake("a")
        ledger.wake("a")
        #expect(ledger.take(limit: 2) == "a")
        #expect(ledger.take(limit: 2) == nil)
    }

    @Test func wake_duringWork_isNotLost() {
        var ledger = RelayLedger()
        ledger.wake("a")
        _ = ledger.take(limit: 2)
        ledger.wake("a")
        #expect(ledger.take(limit: 2) == nil)
        ledger.finished("a", at: 3)
        #expect(ledger.take(limit: 2) == "a")
        ledger.finished("a", at: 4)
        #expect(ledger.isIdle)
    }

    @Test func take_keepsToTheLimit() {
        var ledger = RelayLedger()
        for stream in ["a", "b", "c"] { ledger.wake(stream) }
        #expect([ledger.take(limit: 2), ledger.take(limit: 2), ledger.take(limit: 2)] == ["a", "b", nil])
        ledger.finished("b", at: 1)
        #expect(ledger.take(limit: 2) == "c")
    }

    @Test func sweep_wakesWhatIsBehindOrUnknown() {
        var ledger = RelayLedger()
        ledger.wake("a")
        _ = ledger.take(limit: 1)
        ledger.finished("a", at: 7)
        let (total, worst) = ledger.sweep([("a", 10), ("b", 5)])
        #expect(total == 3)
        #expect(worst == 3)
        #expect([ledger.take(limit: 9), ledger.take(limit: 9)] == ["a", "b"])
        ledger.finished("a", at: 10)
        ledger.finished("b", at: 5)
        _ = ledger.sweep([("a", 10), ("b", 5)])
        #expect(ledger.isIdle)
    }

    @Test func failure_forgetsThePosition() {
        var ledger = RelayLedger()
        ledger.wake("a")
        _ = ledger.take(limit: 1)
        ledger.finished("a", at: nil)
        #expect(ledger.copied["a"] == nil)
    }

    @Test func loss_onOneStream_putsAllInDoubt() {
        var ledger = RelayLedger()
        for (stream, position) in [("a", Int64(9)), ("b", 4)] {
            ledger.wake(stream)
            _ = ledger.take(limit: 1)
            ledger.finished(stream, at: position)
        }
        #expect(ledger.verified("a", at: 11, head: 11) == false)
        #expect(ledger.copied["a"] == 11)
        #expect(ledger.verified("a", at: 12, head: 11) == false)
        #expect(ledger.copied["a"] == nil)
        #expect(ledger.verified("b", at: 0, head: 11) == true)
        #expect(ledger.copied.isEmpty)
    }

    @Test(
        arguments: [
            (100, 0, 10, [90, 95], 90), (100, 0, 10, [40, 95], 40), (100, 0, 10, [], 90), (100, 90, 10, [100], nil),
            (100, 0, 200, [100], nil), (100, 88, 16, [88], nil), (100, 80, 16, [84], 84),
            (100, 0, 10, [nil, 100], nil),
        ] as [(Int64, Int64, Int64, [Int64?], Int64?)])
    func trimPlan_neverPassesTheSlowestGroup(
        head: Int64, trimmed: Int64, keep: Int64, acknowledged: [Int64?], expected: Int64?
    ) {
        #expect(TrimPlan.lastToDrop(head: head, trimmed: trimmed, keep: keep, acknowledged: acknowledged) == expected)
    }
}
