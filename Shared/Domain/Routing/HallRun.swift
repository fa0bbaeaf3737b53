/// What happens to a hall from outside: who comes, and how long services take. A recorded day, or a sampled future.
package protocol HallWorld {
    /// When the next person can first be called; `Int.max` when nobody comes any more.
    var nextArrival: Int { get }
    /// Takes in the person of `nextArrival`.
    mutating func arrive(in hall: HallModel) -> Waiting
    /// The next moment at which time alone may change a rule's mind; `Int.max` when there is none.
    func nextTrigger(after now: Int) -> Int
    /// Seconds that the window needs for the person.
    mutating func duration(of person: Waiting, at window: Int, from began: Int, in hall: HallModel) -> Int
    /// A call: the person goes to the window.
    mutating func called(_ person: Waiting, to window: Int, from began: Int, to end: Int)
    /// The service that the person, who was called at `began`, needs next; `nil` when the visit is over.
    mutating func follows(_ person: Waiting, calledAt began: Int, in hall: HallModel) -> (service: Int, hint: Double?)?
}

/// A hall on virtual time: one engine for recorded days, generated days and the futures that the look-ahead and the
/// forecast sample.
///
/// All events of one instant are taken in before windows choose. A free window takes its next rest at once when it is
/// due, a serving window when it ends. Nobody is called before opening.
///
/// An instant costs O(w) for w windows, and the rule's own cost for each assignment.
package struct HallRun<World: HallWorld, Rule: AssignmentRule> {
    package var floor: HallFloor
    package var world: World
    package var rule: Rule
    /// When the first of the waiting people loses patience, or earlier.
    private var leavesNext = Int.max

    package init(floor: HallFloor, world: World, rule: Rule) {
        self.floor = floor
        self.world = world
        self.rule = rule
    }

    /// Runs on until nothing is left to happen, or up to and including `end`.
    package mutating func run(until end: Int = .max) {
        while let instant = nextInstant(), instant <= end {
            floor.now = instant
            takeIn(instant)
            assign()
        }
    }

    /// Runs on up to and including `time`, and stands at that moment.
    package mutating func advance(to time: Int) {
        run(until: time)
        floor.now = max(floor.now, time)
    }

    /// Opens a closed window, or lets an open one stay, until `end`.
    package mutating func open(_ window: Int, until end: Int) {
        let wasClosed = floor.windows[window].isClosed
        floor.windows[window].closesAt = end
        if wasClosed {
            free(window, at: floor.now)
        } else if floor.windows[window].doing == .idle {
            floor.windows[window].until = idleEnd(of: window)
        }
    }

    /// Closes a window now, or when it has served the person who is there or ended its rest.
    package mutating func close(_ window: Int) {
        floor.windows[window].closesAt = floor.now
        if floor.windows[window].doing == .idle { free(window, at: floor.now) }
    }

    /// Lets the idle windows choose now.
    package mutating func assign() {
        guard floor.now >= floor.hall.open else { return }
        while floor.idle > 0, !floor.waiting.isEmpty, let choice = rule.next(on: floor) {
            carryOut(choice)
        }
    }

    package mutating func carryOut(_ choice: Assignment) {
        let person = floor.waiting[choice.place]
        let last = floor.waiting.count - 1
        if choice.place != last { floor.waiting.swapAt(choice.place, last) }
        floor.waiting.removeLast()
        let length = world.duration(of: person, at: choice.window, from: floor.now, in: floor.hall)
        let end = floor.now + length
        floor.windows[choice.window].doing = .serving
        floor.windows[choice.window].until = end
        floor.windows[choice.window].began = floor.now
        floor.windows[choice.window].guest = person
        floor.idle -= 1
        world.called(person, to: choice.window, from: floor.now, to: end)
    }

    private func nextInstant() -> Int? {
        let now = floor.now
        var next = world.nextArrival
        if next < floor.hall.open, now < floor.hall.open { next = min(next, floor.hall.open) }
        for index in floor.windows.indices {
            let until = floor.windows[index].until
            if until < next { next = until }
        }
        if !floor.waiting.isEmpty, floor.idle > 0 {
            if now < floor.hall.open { next = min(next, floor.hall.open) }
            next = min(next, world.nextTrigger(after: now))
        }
        return next == .max ? nil : next
    }

    private mutating func takeIn(_ instant: Int) {
        for index in floor.windows.indices where floor.windows[index].until <= instant {
            if floor.windows[index].doing == .serving, let guest = floor.windows[index].guest { release(guest, index) }
            free(index, at: instant)
        }
        while world.nextArrival <= instant {
            var person = world.arrive(in: floor.hall)
            rule.admit(&person, on: floor)
            leavesNext = min(leavesNext, person.leavesAt)
            floor.waiting.append(person)
        }
        guard leavesNext <= instant else { return }
        floor.waiting.removeAll { $0.leavesAt <= instant }
        leavesNext = floor.waiting.lazy.map(\.leavesAt).min() ?? .max
    }

    /// The person goes on to the next service, or home.
    private mutating func release(_ guest: Waiting, _ window: Int) {
        let began = floor.windows[window].began
        guard let next = world.follows(guest, calledAt: began, in: floor.hall) else { return }
        var person = guest
        let end = floor.windows[window].until
        // The waiting already endured goes along: the due moment moves by the service, not by the wait.
        person.due += end - began
        if person.promisedBy != .max { person.promisedBy += end - began }
        person.waited += max(0, began - max(guest.arrived, guest.slot))
        person.served += end - began
        person.leg += 1
        person.arrived = end
        person.service = next.service
        person.hint = next.hint
        person.leavesAt = .max
        person.weight = floor.hall.weight(standing: person.standing, service: next.service, hint: next.hint)
        floor.waiting.append(person)
    }

    /// A window that ended something is idle, closes, or takes the rest that is due. While idle, `until` is the next rest.
    private mutating func free(_ index: Int, at instant: Int) {
        let wasIdle = floor.windows[index].doing == .idle
        let rests = floor.hall.windows[index].rests
        let next = floor.windows[index].nextRest
        let closesAt = floor.windows[index].closesAt
        floor.windows[index].guest = nil
        if closesAt <= instant {
            floor.windows[index].doing = .away
            floor.windows[index].until = .max
            if wasIdle { floor.idle -= 1 }
        } else if next < rests.count, rests[next].start <= instant {
            floor.windows[index].nextRest = next + 1
            floor.windows[index].doing = .away
            floor.windows[index].until = instant + rests[next].length
            if wasIdle { floor.idle -= 1 }
        } else {
            floor.windows[index].doing = .idle
            floor.windows[index].since = instant
            floor.windows[index].until = idleEnd(of: index)
            if !wasIdle { floor.idle += 1 }
        }
    }

    private func idleEnd(of index: Int) -> Int {
        let rests = floor.hall.windows[index].rests
        let next = floor.windows[index].nextRest
        return min(floor.windows[index].closesAt, next < rests.count ? rests[next].start : .max)
    }
}
