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
    }

    /// Who comes, in the order of coming.
    private struct Coming {
        /// The moment, and within it the number.
        var key: UInt64
        var person: Int32
    }

    static let never = Int32.max

    let tables: RollingTables
    /// One after the other: who waits at the start, who is served then, who comes in the drawn future, follow-ups.
    private(set) var people: UnsafeMutablePointer<Person>
    private var peopleRoom = 256
    private var peopleCount = 0
    private var firstGuest = 0
    private var firstFollowUp = 0

    /// The lines, one for each service, each with the same room.
    var entries: UnsafeMutablePointer<RollingLine.Entry>
    private var baseEntries: UnsafeMutablePointer<RollingLine.Entry>
    var lineRoom = 64
    var lines: UnsafeMutablePointer<RollingLine>
    private let baseLines: UnsafeMutablePointer<RollingLine>
    /// Where in the line of the service the people are who wait at the start.
    private var positions: UnsafeMutablePointer<Int32>
    private var positionRoom = 64

    /// When something changes at each window.
    private(set) var untils: UnsafeMutablePointer<Int32>
    private let baseUntils: UnsafeMutablePointer<Int32>
    private(set) var windows: UnsafeMutablePointer<Window>
    private let baseWindows: UnsafeMutablePointer<Window>

    private var coming: UnsafeMutablePointer<Coming>
    private var comingRoom = 64
    private var comingCount = 0
    private var nextComing = 0

    private(set) var baseNow: Int32 = 0
    private var baseIdle = 0
    private var baseAway = 0
    private var baseWork = 0.0
    private var baseWaiting = 0

    private(set) var now: Int32 = 0
    private var idle = 0
    /// Which windows are idle, by bits.
    private let idleWords: UnsafeMutablePointer<UInt64>
    private let words: Int
    private var away = 0
    private(set) var waitingCount = 0
    /// For which services somebody waits, by bits; all when the hall has more services than bits.
    private var asked: UInt64 = 0
    /// Expected seconds of the people waiting.
    private var work = 0.0
    /// Cost of the waiting of all who were called in this roll.
    private var cost = 0.0
    private var future = SampledFuture(CounterRandom(0))
    var calls: [Int32] = []
    /// Minutes waited in this roll for each service and standing; empty when nobody asks for them.
    var waits: [Double] = []
    /// How many people the drawn future has, with those who wait.
    var peopleDrawn: Int { baseWaiting + comingCount }
    private var untracked = 0
    /// eappointment: nobody is due, so booked people who came early wait for their slot.
    var holdsEarly = false

    init(_ hall: HallModel, _ order: Rollout.Order) {
        tables = RollingTables(hall, order)
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

// MARK: What is there, and what may come

extension RollingHall {
    mutating func clear(now: Int, idle: Int, people count: Int) {
        baseNow = Int32(clamping: now)
        self.now = baseNow
        baseIdle = idle
        baseAway = 0
        baseWork = 0
        baseWaiting = 0
        for service in 0..<tables.services { baseLines[service] = RollingLine() }
        if positionRoom < count {
            positions.deallocate()
            positionRoom = count * 2
            positions = .allocate(capacity: positionRoom)
        }
        reserve(people: count + tables.windows)
        firstGuest = count
        firstFollowUp = count + tables.windows
    }

    mutating func addWaiting(_ person: Person, place: Int) {
        people[place] = person
        let service = Int(person.service)
        reserve(line: baseLines[service].count + 1)
        let position = baseLines[service].count
        baseEntries[service * lineRoom + position] = RollingLine.Entry(person: Int32(place))
        baseLines[service].count += 1
        positions[place] = Int32(position)
        baseWork += Double(person.expected)
        baseWaiting += 1
    }

    mutating func setWindow(_ index: Int, _ window: HallFloor.Window, guest: Person?) {
        var copy = Window()
        copy.doing = window.doing
        copy.since = Int32(clamping: window.since)
        copy.began = Int32(clamping: window.began)
        copy.nextRest = tables.plannedRest(of: index, from: window.nextRest)
        // How long somebody is away is known only of planned rests; and nobody foresees the next outage.
        baseUntils[index] =
            window.doing == .idle ? tables.start(ofRest: copy.nextRest, at: index) : Int32(clamping: window.until)
        if window.doing == .away { baseAway += 1 }
        if let guest {
            people[firstGuest + index] = guest
            copy.guest = Int32(firstGuest + index)
        }
        baseWindows[index] = copy
    }

    mutating func beginDraw(_ future: SampledFuture) {
        self.future = future
        comingCount = 0
        firstFollowUp = firstGuest + tables.windows
    }

    mutating func addArrival(_ person: Person) {
        reserve(people: firstFollowUp + 1)
        if comingCount == comingRoom {
            let larger = UnsafeMutablePointer<Coming>.allocate(capacity: comingRoom * 2)
            larger.update(from: coming, count: comingCount)
            coming.deallocate()
            coming = larger
            comingRoom *= 2
        }
        people[firstFollowUp] = person
        let key = UInt64(UInt32(bitPattern: person.arrived)) << 32 | UInt64(UInt32(bitPattern: person.number))
        coming[comingCount] = Coming(key: key, person: Int32(firstFollowUp))
        comingCount += 1
        firstFollowUp += 1
    }

    /// Sorts who comes, and draws what is left of the services under way.
    mutating func endDraw(_ services: [ServiceTime]) {
        var drawn = UnsafeMutableBufferPointer(start: coming, count: comingCount)
        drawn.sort { $0.key < $1.key }
        for index in 0..<tables.windows where baseWindows[index].doing == .serving {
            let guest = people[firstGuest + index]
            let service = Int(guest.service)
            let left = services[service].rest(
                hint: guest.isHinted ? Double(guest.expected) : nil, pace: tables.paces[index * tables.services + service],
                elapsed: Double(baseNow - baseWindows[index].began), unit: future.unit(guest.key))
            baseUntils[index] = baseNow + Int32(clamping: Int(max(1, left)))
        }
        reserve(people: firstFollowUp + tables.windows)
    }

    private mutating func reserve(people count: Int) {
        guard peopleRoom < count else { return }
        let larger = UnsafeMutablePointer<Person>.allocate(capacity: count * 2)
        larger.update(from: people, count: peopleRoom)
        people.deallocate()
        people = larger
        peopleRoom = count * 2
    }

    private mutating func reserve(line count: Int) {
        guard lineRoom < count else { return }
        let services = max(1, tables.services)
        let larger = UnsafeMutablePointer<RollingLine.Entry>.allocate(capacity: services * count * 2)
        let base = UnsafeMutablePointer<RollingLine.Entry>.allocate(capacity: services * count * 2)
        for service in 0..<services {
            (larger + service * count * 2).update(from: entries + service * lineRoom, count: lineRoom)
            (base + service * count * 2).update(from: baseEntries + service * lineRoom, count: lineRoom)
        }
        entries.deallocate()
        baseEntries.deallocate()
        entries = larger
        baseEntries = base
        lineRoom = count * 2
    }
}

extension RollingHall.Person {
    /// What the person's next duration is drawn by.
    @inline(__always)
    var key: Int { Int(number) &* 8 &+ Int(leg) }
}

// MARK: What then happens

extension RollingHall {
    mutating func roll(first: Assignment?, until end: Int32) -> Double {
        start()
        if let first {
            let service = Int(people[first.place].service)
            carryOut(window: first.window, service: service, position: Int(positions[first.place]))
        }
        let tracks = !calls.isEmpty
        untracked = calls.count
        if tracks { for index in calls.indices { calls[index] = Self.never } }
        assign()
        while !tracks || untracked > 0 {
            let instant = nextInstant()
            guard instant <= end, instant != Self.never else { break }
            now = instant
            takeIn()
            assign()
        }
        return cost + costOfWaiting(until: end)
    }

    /// Adds a person's wait until `time` to those of the roll.
    private mutating func countWait(of person: Person, at time: Int32, factor: Double = 1) {
        guard !waits.isEmpty, time > person.due else { return }
        waits[Int(person.service) * Standing.allCases.count + Int(person.standing)] +=
            factor * Double(time - person.due) / 60
    }

    private mutating func start() {
        now = baseNow
        idle = baseIdle
        away = baseAway
        waitingCount = baseWaiting
        nextComing = 0
        work = baseWork
        cost = 0
        for index in waits.indices { waits[index] = 0 }
        peopleCount = firstFollowUp
        asked = tables.services > 64 ? .max : 0
        for service in 0..<tables.services {
            lines[service] = baseLines[service]
            guard lines[service].count > 0 else { continue }
            asked |= 1 << UInt64(service & 63)
            let begin = service * lineRoom
            (entries + begin).update(from: baseEntries + begin, count: lines[service].count)
        }
        untils.update(from: baseUntils, count: tables.windows)
        windows.update(from: baseWindows, count: tables.windows)
        for word in 0..<words { idleWords[word] = 0 }
        for index in 0..<tables.windows where windows[index].doing == .idle { setIdle(index, true) }
    }

    @inline(__always)
    private func setIdle(_ window: Int, _ isIdle: Bool) {
        let bit: UInt64 = 1 << UInt64(window & 63)
        if isIdle { idleWords[window >> 6] |= bit } else { idleWords[window >> 6] &= ~bit }
    }

    private mutating func costOfWaiting(until end: Int32) -> Double {
        var total = 0.0
        for service in 0..<tables.services {
            let line = entries + service * lineRoom
            for position in 0..<lines[service].count {
                let person = people + Int(line[position].person)
                if person.pointee.isGhost { continue }
                total += tables.cost(of: person.pointee, at: end)
                countWait(of: person.pointee, at: end)
            }
        }
        return total
    }

    private func nextInstant() -> Int32 {
        var next = nextComing < comingCount ? people[Int(coming[nextComing].person)].arrived : Self.never
        for index in 0..<tables.windows { next = min(next, untils[index]) }
        if now < tables.open { next = min(next, tables.open) }
        if tables.order == .eappointment, idle > 0 { next = min(next, nextSlot()) }
        return next
    }

    /// eappointment: when a booked person who came early may be called, or is due.
    private func nextSlot() -> Int32 {
        var next = Self.never
        for service in 0..<tables.services {
            for position in 0..<lines[service].count {
                let due = people[Int(entries[service * lineRoom + position].person)].due
                guard due > now else { continue }
                next = min(next, due - (due - 120 > now ? 120 : 0))
            }
        }
        return next
    }

    private mutating func takeIn() {
        for index in 0..<tables.windows where untils[index] <= now {
            if windows[index].doing == .serving { release(index) }
            free(index)
        }
        while nextComing < comingCount {
            let number = coming[nextComing].person
            let person = people + Int(number)
            guard person.pointee.arrived <= now else { break }
            nextComing += 1
            if person.pointee.promisedBy == Self.never {
                person.pointee.promisedBy = promise(to: person.pointee)
            }
            push(number)
        }
    }

    /// The guard's promise to somebody who comes in the roll: what waits, shared over the windows, instead of a roll
    /// within the roll.
    private func promise(to person: Person) -> Int32 {
        var minutes = tables.standings[Int(person.standing)].promise
        if person.standing == Standing.walkIn.rawValue, waitingCount > 2 {
            let wait = work / Double(max(1, tables.windows - away)) / 60
            minutes = max(minutes, tables.guardFactor * wait + tables.guardMinutes)
        }
        return person.due + Int32(minutes * 60)
    }

    private mutating func push(_ number: Int32) {
        let person = people[Int(number)]
        let service = Int(person.service)
        let count = lines[service].count
        if count == lineRoom { reserve(line: count + 1) }
        let entry = RollingLine.Entry(person: number, person, at: now, tables)
        entries[service * lineRoom + count] = entry
        lines[service].count = count + 1
        waitingCount += 1
        asked |= 1 << UInt64(service & 63)
        if !person.isGhost { work += Double(person.expected) }
        lines[service].note(entry, at: count, now, entries + service * lineRoom, people)
    }

    /// The guest goes on to the next service, or home.
    private mutating func release(_ index: Int) {
        let guest = windows[index].guest
        let options = tables.followUps(of: Int(people[Int(guest)].service))
        guard !options.isEmpty else { return }
        var person = people[Int(guest)]
        var rest = future.unit(person.key &+ 500_000_000)
        for option in options {
            rest -= option.odds
            guard rest < 0 else { continue }
            let end = untils[index]
            let length = end - windows[index].began
            // The waiting so far is counted again at the next call.
            cost -= tables.cost(of: person, at: windows[index].began)
            countWait(of: person, at: windows[index].began, factor: -1)
            person.due += length
            if person.promisedBy != Self.never { person.promisedBy += length }
            person.leg += 1
            person.arrived = end
            person.service = UInt8(option.service)
            person.isHinted = false
            person.expected = tables.means[option.service]
            person.track = -1
            let standing = Int(person.standing)
            person.weight =
                tables.order == .index
                ? tables.standings[standing].alpha
                : -Double(end) - (person.standing == 0 && tables.order != .firstCome ? 1e6 : 0)
            reserve(people: peopleCount + 1)
            people[peopleCount] = person
            peopleCount += 1
            push(Int32(peopleCount - 1))
            return
        }
    }

    private mutating func free(_ index: Int) {
        let doing = windows[index].doing
        let next = windows[index].nextRest
        let start = tables.start(ofRest: next, at: index)
        if doing == .away { away -= 1 }
        if start <= now {
            windows[index].doing = .away
            untils[index] = now + tables.rests[Int(next)].length
            windows[index].nextRest = next + 1
            away += 1
            if doing == .idle {
                idle -= 1
                setIdle(index, false)
            }
        } else {
            windows[index].doing = .idle
            windows[index].since = now
            untils[index] = start
            if doing != .idle {
                idle += 1
                setIdle(index, true)
            }
        }
    }

    private mutating func carryOut(window: Int, service: Int, position: Int) {
        let line = entries + service * lineRoom
        let number = line[position].person
        let left = lines[service].count - 1
        lines[service].count = left
        line[position] = line[left]
        lines[service].holdsUntil = .min
        if left == 0, tables.services <= 64 { asked &= ~(1 << UInt64(service)) }
        waitingCount -= 1
        let person = people[Int(number)]
        if person.track >= 0, calls[Int(person.track)] == Self.never {
            calls[Int(person.track)] = now
            untracked -= 1
        }
        guard !person.isGhost else { return }
        work -= Double(person.expected)
        cost += tables.cost(of: person, at: now)
        countWait(of: person, at: now)
        let step = future.step(person.key)
        let factor = tables.factors[(service * 2 + (person.isHinted ? 1 : 0)) * ServiceTime.steps + step]
        let seconds = Double(person.expected) * Double(factor) * tables.paces[window * tables.services + service]
        windows[window].doing = .serving
        windows[window].began = now
        windows[window].guest = number
        untils[window] = now + Int32(max(1, seconds))
        idle -= 1
        setIdle(window, false)
    }

    /// The pair that the rule takes.
    private struct Choice {
        var isLate = false
        var value = -Double.infinity
        var window = -1
        var service = -1
        var position = -1
    }

    private mutating func assign() {
        guard now >= tables.open else { return }
        while idle > 0, waitingCount > 0 {
            if tables.order == .eappointment { holdEarly() }
            var best = Choice()
            for word in 0..<words {
                var bits = idleWords[word]
                while bits != 0 {
                    let window = word << 6 | bits.trailingZeroBitCount
                    bits &= bits - 1
                    guard tables.skillMasks[window] & asked != 0 else { continue }
                    let choice = choice(for: window)
                    if choice.position >= 0, beats(choice, best) { best = choice }
                }
            }
            guard best.position >= 0 else { return }
            carryOut(window: best.window, service: best.service, position: best.position)
        }
    }

    @inline(__always)
    private func beats(_ choice: Choice, _ best: Choice) -> Bool {
        guard best.position >= 0 else { return true }
        if best.isLate != choice.isLate { return choice.isLate }
        if best.value != choice.value { return choice.value > best.value }
        return windows[best.window].since > windows[choice.window].since
    }

    /// eappointment looks at everybody each time: whether somebody early may be called depends on all who wait.
    private mutating func holdEarly() {
        holdsEarly = true
        for service in 0..<tables.services {
            lines[service].holdsUntil = .min
            for position in 0..<lines[service].count
            where people[Int(entries[service * lineRoom + position].person)].due <= now {
                holdsEarly = false
            }
        }
    }

    private mutating func choice(for window: Int) -> Choice {
        var late = Choice(isLate: true, window: window)
        var fresh = Choice(window: window)
        let time = Double(now)
        for place in tables.skills(of: window) {
            let service = Int(tables.skillList[place])
            if lines[service].count == 0 { continue }
            if lines[service].holdsUntil <= now { refresh(service) }
            // Fixed orders have negative keys, which the window does not weigh.
            let rank = window * tables.services + service
            consider(lines[service].late, service, tables.lateRanks[rank], time, &late)
            if late.position < 0 { consider(lines[service].fresh, service, tables.ranks[rank], time, &fresh) }
        }
        return late.position >= 0 ? late : fresh
    }

    @inline(__always)
    private func consider(
        _ head: RollingLine.Head, _ service: Int, _ rank: Double, _ time: Double, _ best: inout Choice
    ) {
        guard head.position >= 0 else { return }
        let value = (head.level + head.slope * time) * rank
        if best.position >= 0 {
            if value < best.value { return }
            if value == best.value {
                let other = entries[best.service * lineRoom + best.position].person
                let one = entries[service * lineRoom + Int(head.position)].person
                guard RollingLine.precedes(people[Int(one)], people[Int(other)]) else { return }
            }
        }
        best.value = value
        best.service = service
        best.position = Int(head.position)
    }

    @inline(__always)
    private mutating func refresh(_ service: Int) {
        lines[service].refresh(entries + service * lineRoom, people, at: now, tables, holdsEarly: holdsEarly)
    }
}
