/// Those who wait for one service in a roll, with the first of them.
///
/// The index of each person is a straight line of time until the person's next turn (due, or beyond the promise). So the
/// first stays first until a steeper line crosses, somebody turns, or the first is called: only then the line is looked
/// through again.
struct RollingLine {
    struct Entry {
        /// The index is `level + slope · now` until `turns`.
        var level = 0.0
        var slope = 0.0
        var turns = Int32.min
        /// Among the people of the roll.
        var person: Int32
        /// Beyond the promise.
        var isLate = false

        init(person: Int32) {
            self.person = person
        }
    }

    /// The first, and the straight line of the index.
    struct Head {
        var level = 0.0
        var slope = 0.0
        var position: Int32 = -1
    }

    var count = 0
    /// Of those beyond their promise, and of the others.
    var late = Head()
    var fresh = Head()
    /// Until when the heads are right.
    var holdsUntil = Int32.min

    @inline(__always)
    static func precedes(
        _ one: RollingHall.Person, _ other: RollingHall.Person, _ order: Rollout.Order
    ) -> Bool {
        // Fixed orders end with the number.
        order == .index && one.arrived != other.arrived ? one.arrived < other.arrived : one.number < other.number
    }

    /// Somebody has come, at `position`.
    @inline(__always)
    mutating func note(
        _ entry: Entry, at position: Int, _ now: Int32, _ entries: UnsafeMutablePointer<Entry>,
        _ people: UnsafeMutablePointer<RollingHall.Person>
    ) {
        if position == 0 { return take(entry) }
        guard holdsUntil > now else { return }
        let head = entry.isLate ? late : fresh
        guard head.position >= 0 else {
            holdsUntil = .min
            return
        }
        let lead = head.level + head.slope * Double(now) - (entry.level + entry.slope * Double(now))
        guard lead > 0 else {
            holdsUntil = .min
            return
        }
        holdsUntil = min(holdsUntil, entry.turns, Self.crossing(lead, entry.slope - head.slope, now))
    }

    /// The only one in the line is the first.
    @inline(__always)
    private mutating func take(_ entry: Entry) {
        let head = Head(level: entry.level, slope: entry.slope, position: 0)
        late = entry.isLate ? head : Head()
        fresh = entry.isLate ? Head() : head
        holdsUntil = entry.turns
    }

    /// When a line that lies `lead` below the first crosses it.
    @inline(__always)
    private static func crossing(_ lead: Double, _ steeper: Double, _ now: Int32) -> Int32 {
        guard steeper > 0 else { return RollingHall.never }
        let seconds = lead / steeper
        return seconds < 1e6 ? now + max(1, Int32(seconds)) : RollingHall.never
    }

    /// Looks for the heads anew: O(people in the line).
    mutating func refresh(
        _ entries: UnsafeMutablePointer<Entry>, _ people: UnsafeMutablePointer<RollingHall.Person>, at now: Int32,
        _ tables: RollingTables
    ) {
        let time = Double(now)
        if count == 1 {
            if entries[0].turns <= now {
                let person = entries[0].person
                entries[0] = Entry(person: person, people[Int(person)], at: now, tables)
            }
            return take(entries[0])
        }
        var turns = RollingHall.never
        var heads = (late: -1, fresh: -1)
        var values = (late: -Double.infinity, fresh: -Double.infinity)
        for position in 0..<count {
            if entries[position].turns <= now {
                let person = entries[position].person
                entries[position] = Entry(person: person, people[Int(person)], at: now, tables)
            }
            turns = min(turns, entries[position].turns)
            let value = entries[position].level + entries[position].slope * time
            if entries[position].isLate {
                if Self.leads(value, position, values.late, heads.late, entries, people, tables.order) {
                    values.late = value
                    heads.late = position
                }
            } else if Self.leads(value, position, values.fresh, heads.fresh, entries, people, tables.order) {
                values.fresh = value
                heads.fresh = position
            }
        }
        late = Self.head(heads.late, entries)
        fresh = Self.head(heads.fresh, entries)
        holdsUntil = turns
        guard tables.order == .index else { return }
        // The first to cross, by cross-multiplication: a division would cost more than the rest.
        var least = (lead: Double.infinity, steeper: 1.0)
        for position in 0..<count {
            let isLate = entries[position].isLate
            let steeper = entries[position].slope - (isLate ? late.slope : fresh.slope)
            guard steeper > 0 else { continue }
            let lead =
                (isLate ? values.late : values.fresh) - (entries[position].level + entries[position].slope * time)
            if lead * least.steeper < least.lead * steeper { least = (lead, steeper) }
        }
        holdsUntil = min(holdsUntil, Self.crossing(least.lead, least.steeper, now))
    }

    @inline(__always)
    private static func leads(
        _ value: Double, _ position: Int, _ best: Double, _ head: Int, _ entries: UnsafeMutablePointer<Entry>,
        _ people: UnsafeMutablePointer<RollingHall.Person>, _ order: Rollout.Order
    ) -> Bool {
        guard value == best, head >= 0 else { return value > best }
        return precedes(people[Int(entries[position].person)], people[Int(entries[head].person)], order)
    }

    @inline(__always)
    private static func head(_ position: Int, _ entries: UnsafeMutablePointer<Entry>) -> Head {
        guard position >= 0 else { return Head() }
        return Head(level: entries[position].level, slope: entries[position].slope, position: Int32(position))
    }
}

extension RollingLine.Entry {
    /// Whether it comes before another at the moment; ties apart.
    @inline(__always)
    func leads(_ other: Self, at now: Int32) -> Bool {
        guard isLate == other.isLate else { return isLate }
        return level + slope * Double(now) > other.level + other.slope * Double(now)
    }

    /// The straight piece of the index that holds from now on: see `DueDateIndexRule.urgency`.
    @inline(__always)
    init(person number: Int32, _ person: RollingHall.Person, at now: Int32, _ tables: RollingTables) {
        self.init(person: number)
        guard tables.order == .index else {
            // Fixed orders know no promise. Of eappointment's two lists the booked people are the first.
            isLate = tables.order == .eappointment && person.waitsForSlot
            level = person.weight
            turns = RollingHall.never
            return
        }
        let due = Double(person.due)
        let dial = tables.standings[Int(person.standing)]
        isLate = person.promisedBy <= now
        if now < person.due {
            if now < person.due - 3600 {
                level = tables.early / 2
                turns = person.due - 3600
            } else {
                slope = tables.early / 7200
                level = tables.early - slope * due
                turns = person.due
            }
            if !isLate { turns = min(turns, person.promisedBy) }
        } else {
            slope = dial.slope
            level = 1 - slope * due
            turns = person.promisedBy
            if isLate {
                slope += dial.steep
                level -= dial.steep * Double(person.promisedBy)
                turns = RollingHall.never
            }
            let since = max(person.due, person.arrived)
            if person.waitsForSlot, now < since + tables.punctual {
                if now >= since + tables.pressesFrom {
                    level *= tables.pressing
                    slope *= tables.pressing
                    turns = min(turns, since + tables.punctual)
                } else {
                    turns = min(turns, since + tables.pressesFrom)
                }
            }
        }
        level *= person.weight
        slope *= person.weight
    }
}
