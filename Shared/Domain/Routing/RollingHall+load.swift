/// The hall as it is, and one drawn future.
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
        let line = baseEntries + service * lineRoom
        let entry = RollingLine.Entry(person: Int32(place), person, at: baseNow, tables)
        // In the order of the index, so that a look through the line mostly finds the first at once.
        var position = baseLines[service].count
        while position > 0, entry.leads(line[position - 1], at: baseNow) {
            line[position] = line[position - 1]
            positions[Int(line[position].person)] = Int32(position)
            position -= 1
        }
        line[position] = entry
        positions[place] = Int32(position)
        baseLines[service].count += 1
        baseWork += Double(person.expected)
        baseWaiting += 1
    }

    /// - Parameter outSince: since when the window has been away without a plan.
    mutating func setWindow(_ index: Int, _ window: HallFloor.Window, outSince: Int?, guest: Person?) {
        var copy = Window()
        copy.doing = window.doing
        copy.since = Int32(clamping: window.since)
        copy.began = Int32(clamping: outSince ?? window.began)
        copy.isOut = outSince != nil
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

    mutating func beginDraw(_ future: SampledFuture, _ demand: DemandModel) {
        self.future = future
        hintsFollow = demand.isHinted
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
        coming[comingCount] = Coming(
            key: key, person: Int32(firstFollowUp), isPromised: person.promisedBy != Self.never)
        comingCount += 1
        firstFollowUp += 1
    }

    /// Sorts who comes, and draws what is left of the services and outages under way.
    mutating func endDraw(_ services: [ServiceTime], _ demand: DemandModel) {
        var drawn = UnsafeMutableBufferPointer(start: coming, count: comingCount)
        drawn.sort { $0.key < $1.key }
        if let patience = demand.patience { drawPatience(patience) }
        for index in 0..<tables.windows where baseWindows[index].doing == .serving {
            let guest = people[firstGuest + index]
            let service = Int(guest.service)
            let left = services[service].rest(
                hint: guest.isHinted ? Double(guest.expected) : nil,
                pace: tables.paces[index * tables.services + service],
                elapsed: Double(baseNow - baseWindows[index].began), unit: future.unit(guest.key))
            baseUntils[index] = baseNow + Int32(clamping: Int(max(1, left)))
        }
        for index in 0..<tables.windows where baseWindows[index].isOut {
            let left = demand.outage.rest(
                hint: nil, pace: 1, elapsed: Double(baseNow - baseWindows[index].began), unit: future.unit(-1 - index))
            baseUntils[index] = baseNow + Int32(clamping: Int(max(1, left)))
        }
        reserve(people: firstFollowUp + tables.windows)
    }

    private func drawPatience(_ patience: DemandModel.Patience) {
        for place in 0..<firstGuest { drawPatience(patience, of: people + place, since: baseNow) }
        for place in (firstGuest + tables.windows)..<firstFollowUp {
            drawPatience(patience, of: people + place, since: people[place].arrived)
        }
    }

    private func drawPatience(
        _ patience: DemandModel.Patience, of person: UnsafeMutablePointer<Person>, since: Int32
    ) {
        guard person.pointee.leg == 0 else { return }
        let seconds = patience.sample(
            isBooked: person.pointee.isBooked, elapsed: Double(since - person.pointee.arrived),
            unit: future.unit(person.pointee.key &+ 700_000_000))
        guard let seconds else { return }
        person.pointee.leavesAt = Int32(clamping: Int(person.pointee.arrived) + Int(min(seconds, 1e9)) + 1)
    }

    mutating func reserve(people count: Int) {
        guard peopleRoom < count else { return }
        let larger = UnsafeMutablePointer<Person>.allocate(capacity: count * 2)
        larger.update(from: people, count: peopleRoom)
        people.deallocate()
        people = larger
        peopleRoom = count * 2
    }

    mutating func reserve(line count: Int) {
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

    /// Booked, and not yet called: eappointment holds these people back until two minutes before the slot, and the engine
    /// calls them in time.
    @inline(__always)
    var waitsForSlot: Bool { isBooked && leg == 0 }
}
