/// Whom the idle windows take: `DueDateIndexRule` on the lines' heads.
extension RollingHall {
    /// The pair that the rule takes.
    private struct Choice {
        var isLate = false
        var value = -Double.infinity
        var window = -1
        var service = -1
        var position = -1
    }

    mutating func assign() {
        guard now >= tables.open else { return }
        while idle > 0, waitingCount > 0 {
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

    private mutating func choice(for window: Int) -> Choice {
        if tables.order == .eappointment { return choiceByEappointment(for: window) }
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

    /// `EappointmentRule` for one window. The window that has been idle for longest chooses first.
    private mutating func choiceByEappointment(for window: Int) -> Choice {
        var booked = Choice(window: window)
        var other = Choice(window: window)
        for place in tables.skills(of: window) {
            let service = Int(tables.skillList[place])
            if lines[service].count == 0 { continue }
            if lines[service].holdsUntil <= now { refresh(service) }
            consider(lines[service].late, service, 1, 0, &booked)
            consider(lines[service].fresh, service, 1, 0, &other)
        }
        var choice = other
        let isPriority =
            other.position >= 0 && person(of: other).standing == Standing.priority.rawValue
        if booked.position >= 0, !isPriority {
            let due = person(of: booked).due
            if due <= now || (other.position >= 0 && due <= now + 120) { choice = booked }
        }
        choice.value = -Double(windows[window].since)
        return choice
    }

    private func person(of choice: Choice) -> Person {
        people[Int(entries[choice.service * lineRoom + choice.position].person)]
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
                guard RollingLine.precedes(people[Int(one)], people[Int(other)], tables.order) else { return }
            }
        }
        best.value = value
        best.service = service
        best.position = Int(head.position)
    }

    @inline(__always)
    private mutating func refresh(_ service: Int) {
        lines[service].refresh(entries + service * lineRoom, people, at: now, tables)
    }
}
