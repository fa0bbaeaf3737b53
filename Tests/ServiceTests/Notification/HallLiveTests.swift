import Domain
import EventContracts
import Messaging
import NotificationService
import Testing

@Suite struct HallLiveTests {
    @Test func call_isAnnouncedOnce_andAgainWhenRepeated() throws {
        var hall = LiveHall()
        try hall.issue(2)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.callNext("1", "clerk-1"))
        try hall.perform(.recall("1", "clerk-1"), after: 1)

        #expect(hall.calls.map(\.number) == ["A001", "A001"])
        #expect(hall.calls.map(\.attempt) == [1, 2])
        #expect(hall.calls.allSatisfy { $0.window == "1" && $0.state == .called })
        #expect(hall.calls[0].position < hall.calls[1].position)
        #expect(hall.board().recent.map(\.number) == ["A001"])
        #expect(hall.board().calls.map(\.attempt) == [2])
    }

    @Test func lastCalls_stayVisible_afterThePersonWasServed() throws {
        var hall = LiveHall()
        try hall.issue(10)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        for _ in 1...10 {
            try hall.perform(.callNext("1", "clerk-1"), after: 1)
            try hall.perform(.startServing("1", "clerk-1"))
            try hall.perform(.finish("1", "clerk-1", .completed), after: 1)
        }

        let board = hall.board()
        #expect(board.calls.isEmpty)
        #expect(board.recent.allSatisfy { $0.state == .serving })
        #expect(board.recent.map(\.number) == ["A010", "A009", "A008", "A007", "A006", "A005", "A004", "A003"])
        #expect(board.waiting == 0)
    }

    @Test func callThatWasTakenBack_disappears() throws {
        var hall = LiveHall()
        try hall.issue(1)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.callNext("1", "clerk-1"))
        try hall.perform(.undo("1", "clerk-1"))

        #expect(hall.board().recent.isEmpty)
        #expect(hall.board().waiting == 1)
    }

    @Test func `A follower of several services sees which is done, which is now and which is open`() throws {
        var hall = LiveHall()
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.issue("t", ["licence", "passport"], .walkIn, .kiosk, follow: "follow"))
        #expect(
            hall.status("follow")?.legs == [
                .init(service: "licence", state: .open), .init(service: "passport", state: .open),
            ])
        try hall.perform(.callNext("1", "clerk-1"))
        try hall.perform(.startServing("1", "clerk-1"))
        try hall.perform(.finish("1", "clerk-1", .completed), after: 5)
        let status = hall.status("follow")
        #expect(status?.state == .serving && status?.service == "passport" && status?.window == "1")
        #expect(
            status?.legs == [
                .init(service: "licence", state: .ended, outcome: .completed),
                .init(service: "passport", state: .present),
            ])
        #expect(hall.calls.count == 1, "going on is no new call")
        try hall.issue(1)
        #expect(hall.status("follow-1")?.legs == nil)
    }

    @Test func newDay_dropsTheOldOne() throws {
        var hall = LiveHall()
        try hall.issue(3)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.callNext("1", "clerk-1"))
        try hall.perform(.openDay, after: 24 * 60)

        #expect(hall.live.queue.tickets.isEmpty)
        #expect(hall.board().recent.isEmpty)
        #expect(hall.status("follow-2") == nil)
    }

    @Test func follower_seesPeopleAhead_thenTheCall_thenTheEnd() throws {
        var hall = LiveHall()
        try hall.issue(3)
        #expect(hall.status("follow-3")?.state == .waiting)
        #expect(hall.status("follow-3")?.ahead == 2)
        // No window is open, so nobody can know how long it takes.
        #expect(hall.status("follow-3")?.expectedMinutes == nil)

        try hall.perform(.openWindow("2", "clerk-2", skills: nil))
        let status = hall.status("follow-3")
        let waiting = try #require(status)
        #expect(waiting.ahead == 2)
        #expect(waiting.expectedMinutes == 20)
        #expect(try #require(waiting.lowMinutes) <= 20)
        #expect(try #require(waiting.highMinutes) >= 20)

        try hall.perform(.call("t3", "2", "clerk-2"))
        #expect(hall.status("follow-3")?.state == .called)
        #expect(hall.status("follow-3")?.window == "2")
        #expect(hall.status("follow-3")?.ahead == nil)

        try hall.perform(.markMissed("2", "clerk-2"))
        #expect(hall.status("follow-3")?.state == .missed)
        #expect(hall.status("follow-3")?.returnableUntil == hall.now.advanced(minutes: 30))
        #expect(hall.status("nobody") == nil)
    }

    @Test func waits_ageWithTimeAlone() throws {
        var hall = LiveHall()
        try hall.issue(2)
        try hall.perform(.openWindow("2", "clerk-2", skills: nil))
        try hall.perform(.callNext("2", "clerk-2"))
        try hall.perform(.startServing("2", "clerk-2"))
        let before = hall.status("follow-2")?.expectedMinutes
        hall.now = hall.now.advanced(minutes: 4)
        let after = hall.status("follow-2")?.expectedMinutes
        #expect(before == 10)
        #expect(after == 6)
    }

    @Test func board_namesNobody() throws {
        var hall = LiveHall()
        try hall.perform(
            .expect(
                TicketExpected(
                    ticket: "appointment-secret", service: "passport", slot: hall.now, channel: .online,
                    checkInKeys: ["key-secret"], follow: "follow-secret")))
        try hall.perform(.checkIn("appointment-secret", .kiosk))
        try hall.perform(.openWindow("1", "clerk-secret", skills: nil))
        try hall.perform(.callNext("1", "clerk-secret"))

        let text = LiveJSON.text(hall.board()) + hall.calls.map { LiveJSON.text($0) }.joined()
        #expect(text.contains("A001"))
        #expect(!text.contains("secret"))
    }

    /// Every name that may stand in what screens get: anything new must be thought about.
    @Test func board_hasTheseFieldsOnly() throws {
        var hall = LiveHall()
        try hall.issue(3)
        try hall.perform(.openWindow("1", "clerk-1", skills: nil))
        try hall.perform(.callNext("1", "clerk-1"))
        let allowed: Set = [
            "hall", "position", "calls", "recent", "windows", "waiting", "perService", "number", "window", "at",
            "attempt",
            "state", "service", "outlook", "ahead", "lowMinutes", "expectedMinutes", "highMinutes",
        ]
        let text = LiveJSON.text(hall.board())
        let names = Set(text.matches(of: /"([A-Za-z]+)":/).map { String($0.output.1) })
        #expect(names.subtracting(allowed).isEmpty)
    }

    @Test func tail_saysBehind_onlyWhenItLasts() {
        var tail = TailState()
        let start = LiveHall.morning
        #expect(tail.note(.behind, at: start) == nil)
        #expect(!tail.hasCaughtUp)
        #expect(tail.note(.live, at: start) == true)
        #expect(tail.hasCaughtUp)
        #expect(tail.note(.behind, at: start.advanced(seconds: 1)) == nil)
        #expect(tail.tick(at: start.advanced(seconds: 2)) == nil)
        #expect(tail.tick(at: start.advanced(seconds: 4)) == false)
        #expect(tail.tick(at: start.advanced(seconds: 5)) == nil)
        #expect(tail.note(.live, at: start.advanced(seconds: 6)) == true)
        #expect(tail.note(.disconnected, at: start.advanced(seconds: 7)) == false)
        #expect(tail.note(.live, at: start.advanced(seconds: 8)) == true)
    }
}
