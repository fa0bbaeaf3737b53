import Domain
import EventContracts
import QueuingService
import Testing

@testable import Messaging

/// The decisions of a batch, as a dialogue without sockets.
@Suite struct BatchPlanTests {
    static let start = Timestamp(seconds: 1_811_815_200)
    static let configuration = HallConfiguration(
        hall: "hall", timeZone: "Asia/Shanghai", services: ["id-card": QueuedService(letter: "A", meanMinutes: 8)],
        windows: ["1": ["id-card"], "2": ["id-card"]])

    static func request(_ command: QueueCommand, _ key: String, fingerprint: String = "") -> HallRequest {
        HallRequest(command, key: CommandKey(key: key, fingerprint: fingerprint)) { decision in
            decision.events.map(\.typeName).joined(separator: " ")
        }
    }

    static func issue(_ name: String, key: String? = nil, fingerprint: String = "") -> HallRequest {
        request(
            .issue(TicketID(name), "id-card", .walkIn, .kiosk, follow: name), key ?? name, fingerprint: fingerprint)
    }

    static func plan(
        _ requests: [HallRequest], on base: HallState = HallState(), at now: Timestamp = start
    ) throws -> BatchPlan {
        try BatchPlan(
            requests, on: base, at: now, in: configuration, by: DueTimePolicy(), stream: "s")
    }

    @Test func commands_areDecidedOneAfterTheOther() throws {
        let plan = try Self.plan([
            Self.request(.openWindow("1", "li", skills: nil), "open"), Self.issue("t1"),
            Self.request(.callNext("1", "li"), "call"), Self.request(.callNext("1", "li"), "again"),
        ])
        // The first command of a day opens it.
        #expect(
            plan.verdicts == [.effect(1...2), .effect(3...3), .effect(4...4), .refused(.stillCalled(number: "A001"))])
        #expect(plan.entries.map(\.position) == [1, 2, 3, 4])
        #expect(plan.state.queue.windows["1"]?.ticket == "t1")
        #expect(plan.base.position == 0)
        #expect(plan.answers[2] == "cn.onetrip.queue.ticket-called.v1")
        #expect(plan.answers[3] == nil)
    }

    @Test func entries_areChained() throws {
        let first = try Self.plan([Self.issue("t1")])
        let second = try Self.plan([Self.issue("t2"), Self.issue("t3")], on: first.state)
        var hash = HashChain.genesis
        for entry in first.entries + second.entries {
            hash = HashChain.next(
                after: hash, position: entry.position, time: entry.time, type: entry.type, payload: entry.payload)
            #expect(entry.hash == hash)
        }
        #expect(second.state.hash == hash)
    }

    @Test func sameKeyInOneBatch_isARepetition_orAnError() throws {
        let plan = try Self.plan([
            Self.issue("t1", key: "k"), Self.issue("t1", key: "k"), Self.issue("t2", key: "k", fingerprint: "other"),
        ])
        #expect(plan.verdicts == [.effect(1...2), .repeats(0), .keyReused])
        #expect(plan.state.queue.tickets.count == 1)
    }

    @Test func refusedKey_mayBeTriedAgainInTheSameBatch() throws {
        let plan = try Self.plan([
            Self.request(.callNext("1", "li"), "k"), Self.request(.openWindow("1", "li", skills: nil), "open"),
            Self.issue("t1"), Self.request(.callNext("1", "li"), "k"),
        ])
        #expect(plan.verdicts[0] == .refused(.windowClosed("1")))
        #expect(plan.verdicts[3] == .effect(4...4))
    }

    @Test func nothingToDo_isNoEntry() throws {
        let open = try Self.plan([Self.request(.openDay, "open")])
        let plan = try Self.plan(
            [Self.request(.tick, "tick"), Self.request(.withdraw("unknown"), "w")], on: open.state)
        #expect(plan.verdicts == [.nothing, .nothing])
        #expect(plan.entries.isEmpty)
        #expect(plan.state == open.state)
    }

    @Test func time_neverRunsBackwards() throws {
        let first = try Self.plan([Self.issue("t1")])
        let second = try Self.plan([Self.issue("t2")], on: first.state, at: Self.start.advanced(seconds: -90))
        #expect(second.entries.allSatisfy { $0.time == Self.start })
    }

    @Test func state_refusesAGapInTheLog() throws {
        let plan = try Self.plan([Self.issue("t1"), Self.issue("t2")])
        var state = HallState()
        let last = try #require(plan.entries.last)
        #expect(throws: QueuingError.self) { try state.apply(last.logged) }
        for entry in plan.entries { try state.apply(entry.logged) }
        // Once more changes nothing.
        for entry in plan.entries { try state.apply(entry.logged) }
        #expect(state == plan.state)
    }
}

extension ChainedEvent {
    /// As it is read back from the log.
    var logged: LoggedEvent {
        LoggedEvent(
            stream: "s", position: position, time: time, type: type, subject: subject, payload: payload,
            traceparent: nil, hash: hash)
    }
}
