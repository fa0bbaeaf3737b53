import Testing

@testable import Domain

@Suite struct UndoTests {
    @Test func steps_areTakenBackOneByOne() throws {
        var log = QueueLog()
        try log.open("2", "li")
        try log.issue("t")
        var states = [log.queue]
        for command: QueueCommand in [
            .callNext("2", "li"), .startServing("2", "li"), .transfer("2", "li", to: "permit"),
        ] {
            log.now = log.now.advanced(minutes: 3)
            try log.perform(command)
            states.append(log.queue)
        }
        states.removeLast()
        for earlier in states.reversed() {
            try log.perform(.undo("2", "li"))
            var restored = log.queue
            restored.position = earlier.position
            #expect(restored == earlier)
        }
        #expect(log.refusal(.undo("2", "li")) == .nothingToUndo)
    }

    @Test func `Legs of an itinerary are taken back one by one, at the same window and elsewhere`() throws {
        var log = QueueLog()
        try log.open("2", "li")
        try log.open("3", "wang")
        try log.issue("t", for: ["passport", "notary", "permit"])
        var states: [(before: HallQueue, window: WindowID, staff: StaffID)] = []
        for command: QueueCommand in [
            .callNext("2", "li"), .startServing("2", "li"), .finish("2", "li", .completed),
            .finish("2", "li", .papersMissing), .callNext("3", "wang"), .startServing("3", "wang"),
            .finish("3", "wang", .completed),
        ] {
            let isThird = [.callNext("3", "wang"), .startServing("3", "wang"), .finish("3", "wang", .completed)]
                .contains(command)
            states.append((log.queue, isThird ? "3" : "2", isThird ? "wang" : "li"))
            log.now = log.now.advanced(minutes: 3)
            try log.perform(command)
        }
        #expect(log["t"]?.state == .done)
        for (earlier, window, staff) in states.reversed() {
            try log.perform(.undo(window, staff))
            var restored = log.queue
            restored.position = earlier.position
            #expect(restored == earlier)
        }
        #expect(log["t"]?.possible == ["passport", "notary", "permit"])
        #expect(log.queue == log.folded())
    }

    @Test func callOfNext_blocksUndoOfFinished_untilTakenBack() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("first")
        try log.issue("second")
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        try log.perform(.finish("1", "li", .completed))
        try log.perform(.callNext("1", "li"))

        try log.perform(.undo("1", "li"))
        #expect(log["second"]?.state == .waiting)
        #expect(log["first"]?.state == .done)
        try log.perform(.undo("1", "li"))
        #expect(log["first"]?.state == .serving)
        #expect(log.queue.windows["1"]?.ticket == "first")
    }

    @Test func returnedTicket_cannotBeUndone() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        try log.perform(.park("1", "li"))
        try log.perform(.bringBack("t", nil))
        #expect(log.refusal(.undo("1", "li")) == .stepBuiltUpon)
    }

    @Test func calledElsewhereSince_cannotBeUndone() throws {
        var log = QueueLog()
        try log.open("2", "li")
        try log.open("3", "wang")
        try log.issue("t")
        try log.perform(.callNext("2", "li"))
        try log.perform(.transfer("2", "li", to: "permit"))
        try log.perform(.callNext("3", "wang"))
        #expect(log.refusal(.undo("2", "li")) == .stepBuiltUpon)
        try log.perform(.undo("3", "wang"))
        let undone = try log.perform(.undo("2", "li"))
        #expect(log["t"]?.state == .called)
        guard case .stepUndone(let step)? = undone.first else { throw QueueRefusal.nothingToUndo }
        #expect(step.state == .called)
        #expect(step.window == "2")
    }

    @Test func recall_doesNotStandInTheWay() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        let before = log.queue
        try log.perform(.callNext("1", "li"))
        try log.perform(.recall("1", "li"))
        #expect(log["t"]?.calls == 2)
        try log.perform(.undo("1", "li"))
        var restored = log.queue
        restored.position = before.position
        #expect(restored == before)
    }

    @Test func undoneCall_doesNotCountAsPassing() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("early")
        log.now = log.now.advanced(minutes: 1)
        try log.issue("late")
        try log.perform(.call("late", "1", "li"))
        #expect(log["early"]?.passedBy == 1)
        try log.perform(.undo("1", "li"))
        #expect(log["early"]?.passedBy == 0)
    }

    @Test func pausedOrForeignWindow_isRefused() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        try log.perform(.park("1", "li"))
        #expect(log.refusal(.undo("1", "wang")) == .windowTaken("1"))
        try log.perform(.pauseWindow("1", "li", .rest))
        #expect(log.refusal(.undo("1", "li")) == .windowPaused("1"))
        try log.perform(.resumeWindow("1", "li"))
        try log.perform(.undo("1", "li"))
        #expect(log["t"]?.state == .called)
    }

    @Test func history_isBounded() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        for _ in 0..<20 {
            try log.perform(.callNext("1", "li"))
            try log.perform(.park("1", "li"))
            try log.perform(.bringBack("t", "li"))
        }
        #expect(log["t"]?.history.count == Ticket.historyLimit)
    }
}
