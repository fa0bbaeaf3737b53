/// The hall of a roll in plain memory: who waits, line by line, and what the windows do.
///
/// Only its `Rollout` holds one, and frees it. What a hall is (skills, paces, follow-ups) is copied into flat tables; what
/// waits at the moment is kept as it was loaded (`base…`) and copied over at the start of each roll.
struct RollingHall {
    struct Person {
        var due: Int32
        var promisedBy: Int32
        var arrived: Int32
        /// The number that draws this person's future, and breaks ties.
        var number: Int32
        /// Where the moment of the call is noted; negative: nowhere.
        var track: Int32
        /// Expected seconds of service at speed 1.
        var expected: Float
        var service: UInt8
        var standing: UInt8
        var leg: UInt8
        /// Intake has told how long it may take.
        var isHinted: Bool
        /// Would be called, but takes no window: asks for its own wait without changing anybody's.
        var isGhost = false
        var isBooked: Bool
        /// When patience ends: from then on the person would be called, but takes no window.
        var leavesAt = Int32.max
        /// `Rollout.Order.weight`.
        var weight: Double
    }

    struct Window {
        var since: Int32 = 0
        var began: Int32 = 0
        /// Among the planned rests of all windows.
        var nextRest: Int32 = 0
        /// Among the people.
        var guest: Int32 = -1
        var doing = HallFloor.Doing.idle
        /// Away since `began` without a plan: nobody knows until when.
        var isOut = false
    }

    /// Who comes, in the order of coming.
    struct Coming {
        /// The moment, and within it the number.
        var key: UInt64
        var person: Int32
        /// Comes with a promise; others are given one on coming, in each roll anew.
        var isPromised: Bool
    }

    static let never = Int32.max

    let tables: RollingTables
    /// One after the other: who waits at the start, who is served then, who comes in the drawn future, follow-ups.
    var people: UnsafeMutablePointer<Person>
    var peopleRoom = 256
    var peopleCount = 0
    var firstGuest = 0
    var firstFollowUp = 0

    /// The lines, one for each service, each with the same room.
    var entries: UnsafeMutablePointer<RollingLine.Entry>
    var baseEntries: UnsafeMutablePointer<RollingLine.Entry>
    var lineRoom = 64
    var lines: UnsafeMutablePointer<RollingLine>
    let baseLines: UnsafeMutablePointer<RollingLine>
    /// Where in the line of the service the people are who wait at the start.
    var positions: UnsafeMutablePointer<Int32>
    var positionRoom = 64

    /// When something changes at each window.
    var untils: UnsafeMutablePointer<Int32>
    let baseUntils: UnsafeMutablePointer<Int32>
    var windows: UnsafeMutablePointer<Window>
    let baseWindows: UnsafeMutablePointer<Window>

    var coming: UnsafeMutablePointer<Coming>
    var comingRoom = 64
    var comingCount = 0
    var nextComing = 0

    var baseNow: Int32 = 0
    var baseIdle = 0
    var baseAway = 0
    var baseWork = 0.0
    var baseWaiting = 0

    var now: Int32 = 0
    var idle = 0
    /// Which windows are idle, by bits.
    let idleWords: UnsafeMutablePointer<UInt64>
    let words: Int
    var away = 0
    var waitingCount = 0
    /// For which services somebody waits, by bits; all when the hall has more services than bits.
    var asked: UInt64 = 0
    /// Expected seconds of the people waiting.
    var work = 0.0
    /// Cost of the waiting of all who were called in this roll.
    var cost = 0.0
    var future = SampledFuture(CounterRandom(0))
    /// Whether the next service of a visit comes with a hint.
    var hintsFollow = false
    var calls: [Int32] = []
    /// Minutes waited in this roll for each service and standing; empty when nobody asks for them.
    var waits: [Double] = []
    /// How many people the drawn future has, with those who wait.
    var peopleDrawn: Int { baseWaiting + comingCount }
    var untracked = 0

    init(_ hall: HallModel, _ order: Rollout.Order, _ cost: Rollout.Cost) {
        tables = RollingTables(hall, order, cost)
        let services = max(1, tables.services)
        let count = max(1, tables.windows)
        people = .allocate(capacity: peopleRoom)
        entries = .allocate(capacity: services * lineRoom)
        baseEntries = .allocate(capacity: services * lineRoom)
        lines = .allocate(capacity: services)
        baseLines = .allocate(capacity: services)
        lines.initialize(repeating: RollingLine(), count: services)
        baseLines.initialize(repeating: RollingLine(), count: services)
        positions = .allocate(capacity: positionRoom)
        untils = .allocate(capacity: count)
        baseUntils = .allocate(capacity: count)
        untils.initialize(repeating: Self.never, count: count)
        baseUntils.initialize(repeating: Self.never, count: count)
        windows = .allocate(capacity: count)
        baseWindows = .allocate(capacity: count)
        windows.initialize(repeating: Window(), count: count)
        baseWindows.initialize(repeating: Window(), count: count)
        coming = .allocate(capacity: comingRoom)
        words = (count + 63) / 64
        idleWords = .allocate(capacity: words)
        idleWords.initialize(repeating: 0, count: words)
    }

    /// All that lies in it is trivial, so freeing the memory ends it.
    func deallocate() {
        tables.deallocate()
        people.deallocate()
        entries.deallocate()
        baseEntries.deallocate()
        lines.deallocate()
        baseLines.deallocate()
        positions.deallocate()
        untils.deallocate()
        baseUntils.deallocate()
        windows.deallocate()
        baseWindows.deallocate()
        coming.deallocate()
        idleWords.deallocate()
    }
}
