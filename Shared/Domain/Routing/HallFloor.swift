/// The hall at a moment: who waits, and what the windows do.
package struct HallFloor: Sendable {
    package enum Doing: UInt8, Sendable {
        case idle, serving, away
    }

    package struct Window: Sendable {
        package var doing = Doing.idle
        /// While idle: since when. Otherwise: until when, as the world has it and as no rule may look.
        package var since = 0
        package var until = Int.max
        /// The next of the planned rests.
        package var nextRest = 0
        /// Who is served.
        package var guest: Waiting?
        /// When the service began.
        package var began = 0
        /// From then on the window, once free, is away until somebody opens it again.
        package var closesAt = Int.max

        /// Away until somebody opens it.
        package var isClosed: Bool { doing == .away && until == .max }
    }

    package let hall: HallModel
    package var now: Int
    package var windows: [Window]
    package var waiting: [Waiting] = []
    package var idle = 0

    package init(hall: HallModel, now: Int) {
        self.hall = hall
        self.now = now
        // Idle until the first rest, even when nobody has come by then.
        windows = hall.windows.map { Window(since: now, until: $0.rests.first?.start ?? .max) }
        idle = windows.count
    }
}

/// A window and the place in `HallFloor.waiting` of whom it calls.
package struct Assignment: Sendable, Hashable {
    package var window: Int
    package var place: Int

    package init(window: Int, place: Int) {
        self.window = window
        self.place = place
    }
}

/// Chooses the next assignment among idle windows and waiting people.
package protocol AssignmentRule {
    /// Somebody can be called from now on: here a rule gives its promise.
    mutating func admit(_ person: inout Waiting, on floor: HallFloor)
    /// Somebody has set out for this hall.
    mutating func expect(_ person: Announced)
    /// `nil` when no idle window can serve, or should serve, anybody who waits. Asked again after each assignment.
    mutating func next(on floor: HallFloor) -> Assignment?
}

extension AssignmentRule {
    package mutating func admit(_ person: inout Waiting, on floor: HallFloor) {}
    package mutating func expect(_ person: Announced) {}
}
