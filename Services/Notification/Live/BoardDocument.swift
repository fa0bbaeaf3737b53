package import Domain

/// The board of a hall as screens and programs get it: what `HallBoard` says of the present, and the last calls even of people who have
/// been served since, because whoever looked away must still find the number.
package struct BoardDocument: Hashable, Codable, Sendable {
    package var hall: HallID
    /// Of the last event that the board knows.
    package var position: Int64
    /// The calls of people who are called to or served at a window now, newest first.
    package var calls: [HallBoard.Call]
    /// The last calls of the day, newest first, one for each number; `called` while the person is still awaited, `serving` from then on.
    package var recent: [CallAnnouncement]
    package var windows: [HallBoard.Window]
    package var waiting: Int
    package var perService: [HallBoard.Line]

    package init(_ board: HallBoard, recent: [CallAnnouncement]) {
        hall = board.hall
        position = board.position
        calls = board.calls
        windows = board.windows
        waiting = board.waiting
        perService = board.perService
        let called = Set(board.calls.filter { $0.state == .called }.map(\.number))
        self.recent = recent.map { call in
            var call = call
            call.state = called.contains(call.number) ? .called : .serving
            return call
        }
    }

    /// Windows where somebody is at work, not paused.
    package var openWindows: Int { windows.count { $0.state != .paused } }
}

/// One line of the list of halls: the data of `event: hall`.
package struct HallSummary: Hashable, Codable, Sendable {
    package var hall: HallID
    package var waiting: Int
    package var openWindows: Int

    package init(hall: HallID, waiting: Int, openWindows: Int) {
        self.hall = hall
        self.waiting = waiting
        self.openWindows = openWindows
    }

    package init(_ board: BoardDocument) {
        self.init(hall: board.hall, waiting: board.waiting, openWindows: board.openWindows)
    }
}
