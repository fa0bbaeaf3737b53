import Testing

@testable import RedisStreams

/// The dialogue between callers and the stream of answers, without a socket.
@Suite struct PendingRepliesTests {
    let start = ContinuousClock.now

    private func pending(_ calls: [(id: UInt64, expected: Int)]) -> PendingReplies<String> {
        var pending = PendingReplies<String>()
        for call in calls {
            pending.add(
                id: call.id, expected: call.expected, deadline: start.advanced(by: .seconds(Int(call.id))),
                waiter: "caller \(call.id)")
        }
        return pending
    }

    private func text(_ action: PendingReplies<String>.Action) -> String {
        switch action {
        case .none: "none"
        case .finish(let waiter, let replies): "\(waiter) gets \(replies.count)"
        case .protocolViolation: "violation"
        }
    }

    @Test func answers_goToCallersInOrder() {
        var pending = pending([(1, 1), (2, 2)])
        #expect(text(pending.receive(.integer(1))) == "caller 1 gets 1")
        #expect(text(pending.receive(.integer(2))) == "none")
        #expect(text(pending.receive(.integer(3))) == "caller 2 gets 2")
        #expect(pending.isEmpty)
    }

    @Test func answer_ofACallerThatWentAway_isDroppedAndNotGivenToTheNext() {
        var pending = pending([(1, 1), (2, 1)])
        #expect(pending.abandon(id: 1) == "caller 1")
        #expect(pending.abandon(id: 1) == nil)
        #expect(text(pending.receive(.integer(1))) == "none")
        #expect(text(pending.receive(.integer(2))) == "caller 2 gets 1")
    }

    @Test func answer_thatNobodyAskedFor_isAViolation() {
        var pending = pending([])
        #expect(text(pending.receive(.null)) == "violation")
    }

    @Test func end_tellsTheOverdueFromTheOthers() {
        var pending = pending([(1, 1), (2, 1), (3, 1)])
        #expect(pending.deadline == start.advanced(by: .seconds(1)))
        _ = pending.abandon(id: 2)
        let ended = pending.removeAll(at: start.advanced(by: .milliseconds(1500)))
        #expect(ended.overdue == ["caller 1"])
        #expect(ended.others == ["caller 3"])
        #expect(pending.deadline == nil)
    }
}
