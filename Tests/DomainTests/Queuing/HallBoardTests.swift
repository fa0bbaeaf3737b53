import Foundation
import Testing

@testable import Domain

@Suite struct HallBoardTests {
    private func board(_ log: QueueLog) -> HallBoard {
        HallBoard(queue: log.queue, configuration: log.configuration, policy: log.policy, at: log.now)
    }

    @Test func calls_areNewestFirst_andStayWhileServed() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.open("2", "wang")
        try log.open("3", "zhao")
        for ticket: TicketID in ["a", "b", "c"] { try log.issue(ticket) }
        try log.perform(.callNext("1", "li"))
        try log.perform(.callNext("2", "wang"))
        var shown = board(log)
        #expect(shown.calls.map(\.number) == ["A002", "A001"])
        #expect(shown.windows.map(\.state) == [.called, .called, .idle])
        log.at("09:02")
        try log.perform(.recall("1", "li"))
        try log.perform(.startServing("2", "wang"))
        try log.perform(.pauseWindow("3", "zhao", .rest))
        shown = board(log)
        #expect(shown.calls.map(\.number) == ["A001", "A002"])
        #expect(shown.calls.map(\.attempt) == [2, 1])
        #expect(shown.calls.map(\.state) == [.called, .serving])
        #expect(shown.calls[0].at == log.now)
        #expect(shown.windows.map(\.state) == [.called, .serving, .paused])
        #expect(shown.windows.map(\.number) == ["A001", "A002", nil])
        #expect(shown.waiting == 1)
        #expect(shown.position == log.queue.position)
        #expect(shown.perService.map(\.service) == ["notary", "passport", "permit"])
        #expect(shown.perService.map(\.waiting) == [0, 1, 0])
        #expect(shown.perService[0].outlook == nil)
        #expect(shown.perService[1].outlook != nil)
        try log.perform(.finish("2", "wang", .completed))
        #expect(board(log).calls.map(\.number) == ["A001"])
    }

    @Test func calls_areLimited_andWindowsOrderedAsNumbers() throws {
        var log = QueueLog(at: "09:00")
        log.configuration = HallConfiguration(
            hall: "h", timeZone: "Asia/Shanghai", services: log.configuration.services,
            windows: Dictionary(uniqueKeysWithValues: (1...12).map { (WindowID("\($0)"), ["passport"]) }))
        for index in 1...12 {
            try log.open(WindowID("\(index)"), StaffID("s\(index)"))
            try log.issue(TicketID("t\(index)"))
            try log.perform(.callNext(WindowID("\(index)"), StaffID("s\(index)")))
        }
        let shown = board(log)
        #expect(shown.calls.map(\.number) == (5...12).reversed().map { TicketNumber.text(letter: "A", count: $0) })
        #expect(shown.windows.map(\.window.rawValue) == (1...12).map(String.init))
    }

    @Test func board_tellsNothingOfPersons_andReadsBack() throws {
        var log = QueueLog()
        try log.open("1", "secret-clerk")
        try log.expect("secret-ticket", slot: "09:00")
        try log.perform(.checkIn("secret-ticket", .kiosk))
        try log.perform(.callNext("1", "secret-clerk"))
        let data = try JSONEncoder().encode(board(log))
        let text = try #require(String(data: data, encoding: .utf8))
        for secret in ["secret-ticket", "secret-clerk", "key-", "follow-"] { #expect(!text.contains(secret)) }
        #expect(try JSONDecoder().decode(HallBoard.self, from: data) == board(log))
    }
}
