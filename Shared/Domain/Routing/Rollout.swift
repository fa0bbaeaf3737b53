/// One hall rolled forward on sampled futures, with the order of calls that the hall really has.
///
/// Look-ahead and forecast both ask "what then?" many thousand times a minute, so a roll allocates nothing: people and
/// windows are small values in memory that is reused. It is the same hall as `HallRun`: a test holds them together,
/// call by call.
///
/// A roll costs O(e · (w + n)) for e events, w windows and n waiting people.
package final class Rollout {
    /// In which order a hall calls.
    package enum Order: Sendable {
        /// `DueDateIndexRule`.
        case index
        /// The smallest (class, time) of each rule first.
        case firstCome, serviceBC, eappointment
    }

    struct Person {
        var due: Int32 = 0
        var promisedBy: Int32 = .max
        var arrived: Int32 = 0
        /// The number that draws this person's future, and breaks ties.
        var number: Int32 = 0
        /// Where the moment of the call is noted; negative: nowhere.
        var track: Int32 = -1
        var service: UInt8 = 0
        var standing: UInt8 = 0
        var leg: UInt8 = 0
        /// Would be called, but takes no window: asks for its own wait without changing anybody's.
        var isGhost = false
        var isBooked = false
        /// When patience ends: would be called, but takes no window.
        var leavesAt = Int32.max
        var hint: Float = -1
        /// `HallModel.weight`; of fixed orders the negative key.
        var weight = 1.0
        /// The index is `level + slope · now` until `turns`, when it has to be computed anew.
        var level = 0.0
        var slope = 0.0
        var turns = Int32.min
        /// eappointment holds back booked people until two minutes before the slot.
        @inline(__always) var isHeld: Bool { isBooked && leg == 0 }
    }

    struct Window {
        var until: Int32 = 0
        var since: Int32 = 0
        var began: Int32 = 0
        var nextRest: Int32 = 0
        var doing = HallFloor.Doing.idle
        /// Away since `began` without a plan: nobody knows until when.
        var isOut = false
        var guest = Person()
    }

    private struct Head {
        var value = -Double.infinity
        var place = -1
    }

    static let never = Int32.max

    let hall: HallModel
    let order: Order
    private let services: Int
    private let windowCount: Int
    /// The state that each roll starts from, and the one that it changes.
    private var waiting: UnsafeMutableBufferPointer<Person>
    private var baseWaiting: UnsafeMutableBufferPointer<Person>
    private var arrivals: UnsafeMutableBufferPointer<Person>
    private let windows: UnsafeMutableBufferPointer<Window>
    private let baseWindows: UnsafeMutableBufferPointer<Window>
    private let heads: UnsafeMutableBufferPointer<Head>
    private let paces: UnsafeMutableBufferPointer<Double>
    /// Of people beyond their promise, and then of the others.
    private let ranks: UnsafeMutableBufferPointer<Double>
    /// Durations at speed 1 relative to what is expected: without and with a hint, service by service.
    private let factors: UnsafeMutableBufferPointer<Float>
    private let means: UnsafeMutableBufferPointer<Double>
    private var waitingCount = 0
    private var baseCount = 0
    private var arrivalCount = 0
    private var nextArrival = 0
    private var idle = 0
    private var now: Int32 = 0
    private var baseNow: Int32 = 0
    private var baseIdle = 0
    private var randomness = CounterRandom(0)
    /// Whether the next service of a visit comes with a hint.
    private var isHinted = false
    /// Expected seconds of the people waiting.
    private var work = 0.0
    private var baseWork = 0.0
    /// Cost of the waiting of all who were called in this roll.
    private(set) var cost = 0.0
    /// When the tracked people were called in this roll; `never` when not.
    private(set) var calls: [Int32] = []
    private var untracked = 0

    package init(hall: HallModel, order: Order = .index) {
        self.hall = hall
        self.order = order
        services = hall.services.count
        windowCount = hall.windows.count
        waiting = .allocate(capacity: 64)
        baseWaiting = .allocate(capacity: 64)
        arrivals = .allocate(capacity: 64)
        windows = .allocate(capacity: max(1, windowCount))
        baseWindows = .allocate(capacity: max(1, windowCount))
        windows.initialize(repeating: Window())
        baseWindows.initialize(repeating: Window())
        heads = .allocate(capacity: max(1, services * 2))
        heads.initialize(repeating: Head())
        paces = .allocate(capacity: max(1, hall.paces.count))
        ranks = .allocate(capacity: max(1, hall.ranks.count * 2))
        _ = paces.initialize(from: hall.paces)
        let skills = hall.paces.map { $0 > 0 ? 1.0 : 0 }
        _ = ranks.initialize(from: order == .index ? hall.lateRanks + hall.ranks : skills + skills)
        factors = .allocate(capacity: max(1, services * 2 * ServiceTime.steps))
        _ = factors.initialize(from: hall.services.flatMap { ($0.factors + $0.hintedFactors).map(Float.init) })
        means = .allocate(capacity: max(1, services))
        _ = means.initialize(from: hall.services.map(\.mean))
    }

    // Person and Window are trivial, so freeing the memory ends them.
    deinit {
        waiting.deallocate()
        baseWaiting.deallocate()
        arrivals.deallocate()
        windows.deallocate()
        baseWindows.deallocate()
        heads.deallocate()
        paces.deallocate()
        ranks.deallocate()
        factors.deallocate()
        means.deallocate()
    }

    // MARK: The hall as it is

    /// Takes over the hall as it is at the moment. `track` notes the calls of all who wait, in their order.
    func load(_ floor: HallFloor, track: Bool = false) {
        now = Int32(clamping: floor.now)
        baseNow = now
        baseCount = floor.waiting.count
        reserve(baseCount + windowCount)
        baseWork = 0
        for (place, person) in floor.waiting.enumerated() {
            baseWaiting[place] = compact(person, track: track ? place : -1)
            baseWork += Double(expected(baseWaiting[place]))
        }
        calls = Array(repeating: Self.never, count: track ? baseCount : 0)
        baseIdle = floor.idle
        for (index, window) in floor.windows.enumerated() {
            var copy = Window()
            copy.doing = window.doing
            copy.since = Int32(clamping: window.since)
            copy.until = Int32(clamping: window.until)
            copy.began = Int32(clamping: window.began)
            let rests = hall.windows[index].rests
            var next = window.nextRest
            if window.doing == .away, next > 0, next <= rests.count, !rests[next - 1].isPlanned {
                copy.isOut = true
                copy.began = Int32(clamping: window.until - rests[next - 1].length)
            }
            while next < rests.count, !rests[next].isPlanned { next += 1 }
            copy.nextRest = Int32(next)
            // How long somebody is away is known only of planned rests; and nobody foresees the next outage.
            if copy.doing == .idle { copy.until = nextRest(of: index, after: next) }
            if let guest = window.guest { copy.guest = compact(guest, track: -1) }
            baseWindows[index] = copy
        }
    }

    private func nextRest(of window: Int, after next: Int) -> Int32 {
        let rests = hall.windows[window].rests
        return next < rests.count ? Int32(clamping: rests[next].start) : Self.never
    }

    private func compact(_ person: Waiting, track: Int) -> Person {
        Person(
            due: Int32(clamping: person.due), promisedBy: Int32(clamping: person.promisedBy),
            arrived: Int32(clamping: person.arrived), number: Int32(clamping: person.person), track: Int32(track),
            service: UInt8(clamping: person.service), standing: person.standing.rawValue,
            leg: UInt8(clamping: person.leg), isBooked: person.isBooked, hint: person.hint.map(Float.init) ?? -1,
            weight: weight(of: person))
    }

    /// What orders people of this hall, besides time.
    private func weight(of person: Waiting) -> Double {
        switch order {
        case .index: person.weight
        case .firstCome: -Double(person.queueTime)
        case .serviceBC:
            if person.leg > 0 {
                -Double(person.arrived) - (person.isBooked || person.isPriority ? 0 : 1e6)
            } else if person.isBooked {
                -Double(person.slot)
            } else {
                -Double(person.joined) - (person.isPriority ? 0 : 1e6)
            }
        case .eappointment:
            if person.isBooked && person.leg == 0 {
                -Double(person.slot) - 1e6
            } else {
                -Double(person.leg > 0 ? person.arrived : person.joined) - (person.isPriority ? 0 : 2e6)
            }
        }
    }

    /// Adds somebody who asks for the own wait without changing anybody's; returns where the call is noted.
    func addGhost(_ person: Waiting) -> Int {
        let track = calls.count
        calls.append(Self.never)
        var ghost = compact(person, track: track)
        ghost.isGhost = true
        ghosts.append(ghost)
        return track
    }

    private var ghosts: [Person] = []

    func removeGhosts() {
        calls.removeLast(ghosts.count)
        ghosts.removeAll(keepingCapacity: true)
    }

    private func reserve(_ count: Int) {
        guard baseWaiting.count < count else { return }
        let larger = UnsafeMutableBufferPointer<Person>.allocate(capacity: count * 2)
        baseWaiting.deallocate()
        baseWaiting = larger
    }

    // MARK: What may come

    /// Draws one future until `end`: who comes, and what is left of the services under way.
    func draw(_ random: CounterRandom, _ prospect: Prospect, until end: Int) {
        randomness = random
        isHinted = prospect.demand.isHinted
        arrivalCount = 0
        prospect.draw(random, from: Int(baseNow), until: end, hall) { append($0) }
        for ghost in ghosts {
            var ghost = ghost
            ghost.arrived = max(ghost.arrived, baseNow)
            appendArrival(ghost)
        }
        sortArrivals()
        if let patience = prospect.demand.patience { drawPatience(patience) }
        for index in 0..<windowCount where baseWindows[index].doing == .serving {
            let guest = baseWindows[index].guest
            let left = hall.services[Int(guest.service)].rest(
                hint: guest.hint > 0 ? Double(guest.hint) : nil, pace: paces[index * services + Int(guest.service)],
                elapsed: Double(baseNow - baseWindows[index].began),
                unit: random.unit(Int(guest.number) &* 8 &+ Int(guest.leg)))
            baseWindows[index].until = baseNow + Int32(clamping: Int(max(1, left)))
        }
        for index in 0..<windowCount where baseWindows[index].isOut {
            let left = prospect.demand.outage.rest(
                hint: nil, pace: 1, elapsed: Double(baseNow - baseWindows[index].began), unit: random.unit(-1 - index))
            baseWindows[index].until = baseNow + Int32(clamping: Int(max(1, left)))
        }
        let room = baseCount + arrivalCount + windowCount + 1
        if waiting.count < room {
            waiting.deallocate()
            waiting = .allocate(capacity: room * 2)
        }
    }

    private func drawPatience(_ patience: DemandModel.Patience) {
        func draw(_ person: inout Person, since: Int32) {
            let key = Int(person.number) &+ 700_000_000
            let most = patience.sample(
                isBooked: person.isBooked, elapsed: Double(since - person.arrived), unit: randomness.unit(key))
            guard let most, person.leg == 0 else { return }
            person.leavesAt = person.arrived + Int32(clamping: Int(most) + 1)
        }
        for place in 0..<baseCount { draw(&baseWaiting[place], since: baseNow) }
        for number in 0..<arrivalCount { draw(&arrivals[number], since: arrivals[number].arrived) }
    }

    private func append(_ person: Waiting) {
        appendArrival(compact(person, track: -1))
    }

    private func appendArrival(_ person: Person) {
        if arrivalCount == arrivals.count {
            let larger = UnsafeMutableBufferPointer<Person>.allocate(capacity: arrivals.count * 2)
            for index in 0..<arrivalCount { larger[index] = arrivals[index] }
            arrivals.deallocate()
            arrivals = larger
        }
        arrivals[arrivalCount] = person
        arrivalCount += 1
    }

    private func sortArrivals() {
        var drawn = UnsafeMutableBufferPointer(rebasing: arrivals[0..<arrivalCount])
        drawn.sort { $0.arrived != $1.arrived ? $0.arrived < $1.arrived : $0.number < $1.number }
    }

    // MARK: What then happens

    /// Rolls the drawn future until `end`, or until everybody tracked has been called; `first` is carried out before the
    /// rule chooses. Returns the cost of all waiting until then.
    func roll(first: Assignment? = nil, until end: Int) -> Double {
        start()
        let end = Int32(clamping: end)
        if let first { carryOut(window: first.window, place: first.place) }
        let tracks = !calls.isEmpty
        untracked = calls.count
        if tracks { for index in calls.indices { calls[index] = Self.never } }
        // Who asks at this very moment is there before windows choose.
        if arrivalCount > 0, arrivals[0].arrived <= now { takeIn() }
        assign()
        while !tracks || untracked > 0 {
            let instant = nextInstant()
            guard instant <= end, instant != Self.never else { break }
            now = instant
            takeIn()
            assign()
        }
        var total = cost
        for place in 0..<waitingCount where !waiting[place].isGhost { total += cost(of: waiting[place], at: end) }
        return total
    }

    private func start() {
        now = baseNow
        idle = baseIdle
        waitingCount = baseCount
        nextArrival = 0
        work = baseWork
        cost = 0
        for place in 0..<baseCount { waiting[place] = baseWaiting[place] }
        for index in 0..<windowCount { windows[index] = baseWindows[index] }
    }

    @inline(__always)
    private func cost(of person: Person, at time: Int32) -> Double {
        let wait = Double(time - person.due) / 60
        guard wait > 0 else { return 0 }
        return hall.dials.cost(standing: person.standing, minutes: wait)
    }

    @inline(__always)
    private func expected(_ person: Person) -> Float {
        person.hint > 0 ? person.hint : Float(means[Int(person.service)])
    }

    private func nextInstant() -> Int32 {
        var next = nextArrival < arrivalCount ? arrivals[nextArrival].arrived : Self.never
        for index in 0..<windowCount where windows[index].until < next { next = windows[index].until }
        let open = Int32(clamping: hall.open)
        if now < open { next = min(next, open) }
        if order == .eappointment, idle > 0 {
            // The slot itself is a moment to decide.
            for place in 0..<waitingCount where waiting[place].isHeld && waiting[place].due > now {
                next = min(next, waiting[place].due)
            }
        }
        return next
    }

    private func takeIn() {
        for index in 0..<windowCount where windows[index].until <= now {
            if windows[index].doing == .serving { release(index) }
            free(index)
        }
        while nextArrival < arrivalCount, arrivals[nextArrival].arrived <= now {
            var person = arrivals[nextArrival]
            nextArrival += 1
            if !person.isGhost || person.promisedBy == Self.never { person.promisedBy = promise(to: person) }
            push(person)
        }
    }

    /// The guard's promise to somebody who comes in the roll: what waits, shared over the windows, instead of a roll
    /// within the roll.
    private func promise(to person: Person) -> Int32 {
        let dials = hall.dials
        var minutes = dials[person.standing].promise
        if person.standing == Standing.walkIn.rawValue, waitingCount > 2 {
            var open = 0
            for index in 0..<windowCount where windows[index].doing != .away { open += 1 }
            let wait = work / Double(max(1, open)) / 60
            minutes = max(minutes, dials.guardFactor * wait + dials.guardMinutes)
        }
        return person.due + Int32(minutes * 60)
    }

    @inline(__always)
    private func push(_ person: Person) {
        waiting[waitingCount] = person
        waitingCount += 1
        if !person.isGhost { work += Double(expected(person)) }
    }

    private func release(_ index: Int) {
        var person = windows[index].guest
        let options = hall.followUps[Int(person.service)]
        guard !options.isEmpty else { return }
        var rest = randomness.unit(Int(person.number) &* 8 &+ Int(person.leg) &+ 500_000_000)
        for option in options {
            rest -= option.odds
            guard rest < 0 else { continue }
            let end = windows[index].until
            let length = end - windows[index].began
            // The waiting so far is counted again at the next call.
            cost -= cost(of: person, at: windows[index].began)
            person.due += length
            if person.promisedBy != Self.never { person.promisedBy += length }
            person.leg += 1
            person.arrived = end
            person.service = UInt8(option.service)
            person.hint = -1
            if isHinted {
                let key = Int(person.number) &* 8 &+ Int(person.leg) &+ 600_000_000
                person.hint = Float(hall.services[option.service].hint(bits: randomness.bits(key)))
            }
            person.track = -1
            person.leavesAt = Self.never
            person.turns = .min
            let standing = Standing(rawValue: person.standing) ?? .walkIn
            person.weight =
                switch order {
                case .index:
                    hall.weight(
                        standing: standing, service: option.service, hint: isHinted ? Double(person.hint) : nil)
                case .firstCome: -Double(end)
                case .serviceBC: -Double(end) - (standing == .walkIn ? 1e6 : 0)
                case .eappointment: -Double(end) - (standing == .priority ? 0 : 2e6)
                }
            push(person)
            return
        }
    }

    private func free(_ index: Int) {
        let wasIdle = windows[index].doing == .idle
        let rests = hall.windows[index].rests
        var next = Int(windows[index].nextRest)
        while next < rests.count, !rests[next].isPlanned { next += 1 }
        if next < rests.count, rests[next].start <= Int(now) {
            windows[index].doing = .away
            windows[index].until = now + Int32(rests[next].length)
            windows[index].nextRest = Int32(next + 1)
            if wasIdle { idle -= 1 }
        } else {
            windows[index].doing = .idle
            windows[index].since = now
            windows[index].until = nextRest(of: index, after: next)
            if !wasIdle { idle += 1 }
        }
    }

    private func carryOut(window: Int, place: Int) {
        let person = waiting[place]
        waitingCount -= 1
        if place != waitingCount { waiting[place] = waiting[waitingCount] }
        if person.track >= 0, calls[Int(person.track)] == Self.never {
            calls[Int(person.track)] = now
            untracked -= 1
        }
        guard !person.isGhost else { return }
        work -= Double(expected(person))
        guard person.leavesAt > now else { return }
        cost += cost(of: person, at: now)
        let service = Int(person.service)
        let step = Int(randomness.bits(Int(person.number) &* 8 &+ Int(person.leg)) & UInt64(ServiceTime.steps - 1))
        let table = (service * 2 + (person.hint > 0 ? 1 : 0)) * ServiceTime.steps
        let seconds = Double(expected(person)) * Double(factors[table + step]) * paces[window * services + service]
        windows[window].doing = .serving
        windows[window].began = now
        windows[window].until = now + Int32(max(1, seconds))
        windows[window].guest = person
        idle -= 1
    }

    private func assign() {
        guard now >= Int32(clamping: hall.open) else { return }
        while idle > 0, waitingCount > 0 {
            findHeads()
            var best = -Double.infinity
            var bestLate = false
            var bestWindow = -1
            var bestPlace = -1
            for window in 0..<windowCount where windows[window].doing == .idle {
                guard let choice = choice(for: window) else { continue }
                if bestWindow >= 0 {
                    if bestLate != choice.late {
                        if bestLate { continue }
                    } else if best != choice.value {
                        if best > choice.value { continue }
                    } else if windows[bestWindow].since <= windows[window].since {
                        continue
                    }
                }
                best = choice.value
                bestLate = choice.late
                bestWindow = window
                bestPlace = choice.place
            }
            guard bestWindow >= 0 else { return }
            carryOut(window: bestWindow, place: bestPlace)
        }
    }

    private func findHeads() {
        for index in 0..<(services * 2) { heads[index] = Head() }
        let now = now
        let time = Double(now)
        let waiting = waiting
        let heads = heads
        for place in 0..<waitingCount {
            if waiting[place].turns <= now { turn(place) }
            let value = waiting[place].level + waiting[place].slope * time
            // Whoever is beyond the promise is in the first half.
            let index = Int(waiting[place].service) + (isFirst(place) ? 0 : services)
            if value > heads[index].value
                || (value == heads[index].value && precedes(place, heads[index].place))
            {
                heads[index] = Head(value: value, place: place)
            }
        }
    }

    /// Whether somebody is in the first half of the heads: beyond the promise, or held until the slot by eappointment.
    @inline(__always)
    private func isFirst(_ place: Int) -> Bool {
        order == .eappointment ? waiting[place].isHeld : waiting[place].promisedBy <= now
    }

    /// The straight piece of the index that holds from now on: see `DueDateIndexRule.urgency`.
    private func turn(_ place: Int) {
        let person = waiting[place]
        let due = Double(person.due)
        var level = 1.0
        var slope = 0.0
        var turns = Self.never
        guard order == .index else {
            // Fixed orders know no promise.
            waiting[place].promisedBy = Self.never
            waiting[place].level = person.weight
            waiting[place].turns = Self.never
            return
        }
        let dial = hall.dials[person.standing]
        if now < person.due - 3600 {
            level = hall.dials.early / 2
            turns = person.due - 3600
        } else if now < person.due {
            slope = hall.dials.early / 7200
            level = hall.dials.early - slope * due
            turns = person.due
        } else {
            slope = 1 / (60 * dial.theta)
            level = 1 - slope * due
            turns = person.promisedBy
            if now >= person.promisedBy {
                let steep = dial.beyond * 1000 / 60
                slope += steep
                level -= steep * Double(person.promisedBy)
                turns = Self.never
            }
        }
        waiting[place].level = level * person.weight
        waiting[place].slope = slope * person.weight
        waiting[place].turns = turns
    }

    private func choice(for window: Int) -> (late: Bool, value: Double, place: Int)? {
        if order == .eappointment { return choiceByEappointment(for: window) }
        for part in 0..<2 {
            var best = -Double.infinity
            var place = -1
            for service in 0..<services {
                let rank = ranks[(part * windowCount + window) * services + service]
                guard rank > 0 else { continue }
                let head = heads[part * services + service]
                guard head.place >= 0 else { continue }
                // Fixed orders have negative keys, which the window does not weigh.
                let value = head.value * rank
                if value > best || (value == best && precedes(head.place, place)) {
                    best = value
                    place = head.place
                }
            }
            if place >= 0 { return (part == 0, best, place) }
        }
        return nil
    }

    /// `EappointmentRule` for one window; the window that has been idle for longest chooses first.
    private func choiceByEappointment(for window: Int) -> (late: Bool, value: Double, place: Int)? {
        let booked = first(of: 0, for: window)
        let other = first(of: 1, for: window)
        let value = -Double(windows[window].since)
        if other >= 0, waiting[other].standing == Standing.priority.rawValue { return (false, value, other) }
        if booked >= 0 {
            let due = waiting[booked].due
            if due <= now || (other >= 0 && due <= now + 120) { return (false, value, booked) }
        }
        return other >= 0 ? (false, value, other) : nil
    }

    /// The first in the fixed order of a half of the heads whom the window may serve; -1 when there is none.
    private func first(of part: Int, for window: Int) -> Int {
        var place = -1
        for service in 0..<services where ranks[window * services + service] > 0 {
            let head = heads[part * services + service]
            guard head.place >= 0 else { continue }
            if place < 0 || head.value > waiting[place].level
                || (head.value == waiting[place].level && precedes(head.place, place))
            {
                place = head.place
            }
        }
        return place
    }

    @inline(__always)
    private func precedes(_ one: Int, _ other: Int) -> Bool {
        guard other >= 0 else { return true }
        // Fixed orders end with the number.
        return order == .index && waiting[one].arrived != waiting[other].arrived
            ? waiting[one].arrived < waiting[other].arrived : waiting[one].number < waiting[other].number
    }
}
