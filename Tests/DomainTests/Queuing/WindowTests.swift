import Testing

@testable import Domain

@Suite struct WindowTests {
    @Test func open_limitsServicesToTheClerksSkills() throws {
        var log = QueueLog()
        try log.perform(.openWindow("2", "li", skills: ["permit", "notary"]))
        #expect(log.queue.windows["2"]?.services == ["permit"])
        #expect(try log.perform(.openWindow("2", "li", skills: ["permit"])).isEmpty)
        try log.perform(.openWindow("2", "li", skills: nil))
        #expect(log.queue.windows["2"]?.services == ["passport", "permit"])
        #expect(log.refusal(.openWindow("1", "wang", skills: ["notary"])) == .nothingToServe("1"))
        #expect(log.refusal(.openWindow("9", "wang", skills: nil)) == .windowUnknown("9"))
    }

    @Test func clerk_hasOneWindow_andWindowOneClerk() throws {
        var log = QueueLog()
        try log.open("1", "li")
        #expect(log.refusal(.openWindow("2", "li", skills: nil)) == .staffElsewhere("1"))
        #expect(log.refusal(.openWindow("1", "wang", skills: nil)) == .windowTaken("1"))
        #expect(log.refusal(.callNext("1", "wang")) == .windowTaken("1"))
        #expect(log.refusal(.callNext("2", "wang")) == .windowClosed("2"))
        try log.perform(.closeWindow("1", "li"))
        #expect(log.refusal(.closeWindow("1", "li")) == .windowClosed("1"))
        try log.open("2", "li")
        #expect(log.queue.window(of: "li")?.id == "2")
    }

    @Test func pause_stopsCalls_untilResumed() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        #expect(try log.perform(.resumeWindow("1", "li")).isEmpty)
        try log.perform(.pauseWindow("1", "li", .rest))
        #expect(try log.perform(.pauseWindow("1", "li", .rest)).isEmpty)
        try log.perform(.pauseWindow("1", "li", .paperwork))
        #expect(log.queue.windows["1"]?.state == .paused(.paperwork))
        #expect(log.refusal(.callNext("1", "li")) == .windowPaused("1"))
        try log.perform(.resumeWindow("1", "li"))
        #expect(try log.callNext("1", "li") == "t")
    }

    @Test func busyWindow_saysWhatToDoFirst() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        try log.issue("u")
        #expect(log.refusal(.call("x", "1", "li")) == .ticketUnknown)
        try log.perform(.callNext("1", "li"))
        #expect(log.refusal(.callNext("1", "li")) == .stillCalled(number: "A001"))
        try log.perform(.startServing("1", "li"))
        #expect(log.refusal(.callNext("1", "li")) == .stillServing(number: "A001"))
        #expect(log.refusal(.call("u", "1", "li")) == .stillServing(number: "A001"))
        #expect(log.refusal(.closeWindow("1", "li")) == .stillServing(number: "A001"))
    }

    @Test func ticketOfAnotherService_cannotBePicked() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t", "notary")
        #expect(log.refusal(.call("t", "1", "li")) == .serviceNotAtWindow("notary"))
        #expect(log.refusal(.callNext("1", "li")) == .nobodyWaiting)
    }

    @Test func recall_countsAttempts() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        for attempt in 2...5 {
            guard case .ticketRecalled(let recall)? = try log.perform(.recall("1", "li")).first else {
                throw QueueRefusal.nobodyWaiting
            }
            #expect(recall.attempt == attempt)
        }
    }

    @Test func idleTime_isKept() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        #expect(log.queue.windows["1"]?.idleSince == QueueLog.time("09:00"))
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        #expect(log.queue.windows["1"]?.idleSince == nil)
        log.at("09:07")
        try log.perform(.markMissed("1", "li"))
        #expect(log.queue.windows["1"]?.idleSince == QueueLog.time("09:07"))
    }
}
