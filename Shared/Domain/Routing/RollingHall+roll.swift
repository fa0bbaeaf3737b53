/// One roll: the events of `HallRun`, in plain memory.
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
        // Who asks at this very moment is there before windows choose.
        if comingCount > 0, people[Int(coming[0].person)].arrived <= now { takeIn() }
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
                let last = min(end, person.pointee.leavesAt)
                total += tables.cost(of: person.pointee, at: last)
                countWait(of: person.pointee, at: last)
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

    /// eappointment: the next slot of a booked person who came early is itself a moment to decide.
    private func nextSlot() -> Int32 {
        var next = Self.never
        for service in 0..<tables.services {
            for position in 0..<lines[service].count {
                let person = people[Int(entries[service * lineRoom + position].person)]
                if person.waitsForSlot, person.due > now { next = min(next, person.due) }
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
            let isPromised = coming[nextComing].isPromised
            let number = coming[nextComing].person
            let person = people + Int(number)
            guard person.pointee.arrived <= now else { break }
            nextComing += 1
            if !isPromised { person.pointee.promisedBy = promise(to: person.pointee) }
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
            person.leavesAt = Self.never
            person.weight = weight(afterService: person, endingAt: end)
            if hintsFollow {
                let step = future.step(person.key &+ 600_000_000)
                let hint = tables.hint(option.service, standing: Int(person.standing), step: step)
                person.isHinted = true
                person.expected = hint.expected
                if tables.order == .index { person.weight = hint.weight }
            }
            reserve(people: peopleCount + 1)
            people[peopleCount] = person
            peopleCount += 1
            push(Int32(peopleCount - 1))
            return
        }
    }

    /// `Rollout.Order.weight` of somebody who goes on to the next service.
    private func weight(afterService person: Person, endingAt end: Int32) -> Double {
        switch tables.order {
        case .index: tables.standings[Int(person.standing)].alpha
        case .firstCome: -Double(end)
        case .serviceBC: -Double(end) - (person.standing == Standing.walkIn.rawValue ? 1e6 : 0)
        case .eappointment: -Double(end) - (person.standing == Standing.priority.rawValue ? 0 : 2e6)
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

    mutating func carryOut(window: Int, service: Int, position: Int) {
        let line = entries + service * lineRoom
        let number = line[position].person
        let left = lines[service].count - 1
        lines[service].count = left
        // In the order of the index still, which the look through the line is quick with.
        if position < left { (line + position).update(from: line + position + 1, count: left - position) }
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
        let last = min(now, person.leavesAt)
        cost += tables.cost(of: person, at: last)
        countWait(of: person, at: last)
        guard person.leavesAt > now else { return }
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
}
