/// One hall rolled forward on sampled futures, with the order of calls that the hall really has.
///
/// Look-ahead and forecast both ask "what then?" many thousand times a minute, so a roll allocates nothing: people and
/// windows are small values in memory that is reused, and only the lines and the windows are set back for the next roll.
/// It is the same hall as `HallRun`: a test holds them together, call by call.
///
/// A roll costs O(e · w + c · n/s) for e events, c calls, w windows, n waiting people and s services.
package final class Rollout {
    /// In which order a hall calls.
    package enum Order: Sendable {
        /// `DueDateIndexRule`.
        case index
        /// The smallest (class, time) of each rule first.
        case firstCome, serviceBC, eappointment
    }

    /// What a roll adds up of everybody's waiting.
    package enum Cost: Sendable {
        /// `WaitingCost`.
        case waiting
        /// What the look-ahead makes small: see `RoutingDials`.
        case lookAhead
    }

    static let never = RollingHall.never

    let hall: HallModel
    let order: Order
    private var state: RollingHall
    private var ghosts: [RollingHall.Person] = []

    /// - Parameter countsWaits: whether a roll adds up who waited how long, which costs a little.
    package init(hall: HallModel, order: Order = .index, cost: Cost = .waiting, countsWaits: Bool = false) {
        self.hall = hall
        self.order = order
        state = RollingHall(hall, order, cost)
        if countsWaits {
            state.waits = Array(repeating: 0, count: hall.services.count * Standing.allCases.count)
        }
    }

    deinit {
        state.deallocate()
    }

    /// When the tracked people were called in this roll; `never` when not.
    var calls: [Int32] { state.calls }
    /// Minutes waited in this roll beyond the due time, for each service and standing; empty unless `countsWaits`.
    var waits: [Double] { state.waits }
    /// How many people the drawn future has, with those who wait.
    var people: Int { state.peopleDrawn }

    // MARK: The hall as it is

    /// Takes over the hall as it is at the moment. `track` notes the calls of all who wait, in their order.
    func load(_ floor: HallFloor, track: Bool = false) {
        state.clear(now: floor.now, idle: floor.idle, people: floor.waiting.count)
        for (place, person) in floor.waiting.enumerated() {
            state.addWaiting(compact(person, track: track ? place : -1), place: place)
        }
        state.calls = Array(repeating: Self.never, count: track ? floor.waiting.count : 0)
        for (index, window) in floor.windows.enumerated() {
            state.setWindow(
                index, window, outSince: outSince(index, window), guest: window.guest.map { compact($0, track: -1) })
        }
    }

    /// Since when a window has been away without a plan; `nil`: it is not, or is closed.
    private func outSince(_ index: Int, _ window: HallFloor.Window) -> Int? {
        let rests = hall.windows[index].rests
        guard window.doing == .away, !window.isClosed, rests.indices.contains(window.nextRest - 1) else { return nil }
        let rest = rests[window.nextRest - 1]
        return rest.isPlanned ? nil : window.until - rest.length
    }

    private func compact(_ person: Waiting, track: Int) -> RollingHall.Person {
        let service = UInt8(clamping: person.service)
        return RollingHall.Person(
            due: Int32(clamping: person.due), promisedBy: Int32(clamping: person.promisedBy),
            arrived: Int32(clamping: person.arrived), number: Int32(clamping: person.person), track: Int32(track),
            expected: Float(person.hint ?? hall.services[person.service].mean), service: service,
            standing: person.standing.rawValue, leg: UInt8(clamping: person.leg), isHinted: person.hint != nil,
            isBooked: person.isBooked, weight: order.weight(of: person))
    }

    /// Adds somebody who asks for the own wait without changing anybody's; returns where the call is noted.
    func addGhost(_ person: Waiting) -> Int {
        let track = state.calls.count
        state.calls.append(Self.never)
        var ghost = compact(person, track: track)
        ghost.isGhost = true
        ghosts.append(ghost)
        return track
    }

    func removeGhosts() {
        state.calls.removeLast(ghosts.count)
        ghosts.removeAll(keepingCapacity: true)
    }

    // MARK: What may come

    /// Draws one future until `end`: who comes, and what is left of the services under way.
    func draw(_ random: CounterRandom, _ prospect: Prospect, until end: Int) {
        draw(SampledFuture(random), random, prospect, until: end)
    }

    /// The same for sample number `sample` of several, which spreads what happens to each person evenly over the samples.
    func draw(sample: Int, of random: CounterRandom, _ prospect: Prospect, until end: Int) {
        let future = SampledFuture(sample: sample, of: random)
        draw(future, future.random, prospect, until: end)
    }

    private func draw(_ future: SampledFuture, _ random: CounterRandom, _ prospect: Prospect, until end: Int) {
        state.beginDraw(future, prospect.demand)
        prospect.draw(random, from: Int(state.baseNow), until: end, hall) { state.addArrival(compact($0, track: -1)) }
        for ghost in ghosts {
            var ghost = ghost
            ghost.arrived = max(ghost.arrived, state.baseNow)
            state.addArrival(ghost)
        }
        state.endDraw(hall.services, prospect.demand)
    }

    // MARK: What then happens

    /// Rolls the drawn future until `end`, or until everybody tracked has been called; `first` is carried out before the
    /// rule chooses. Returns the cost of all waiting until then.
    func roll(first: Assignment? = nil, until end: Int) -> Double {
        state.roll(first: first, until: Int32(clamping: end))
    }
}

extension Rollout.Order {
    /// What orders people, besides time: `HallModel.weight`, and of fixed orders the negative key.
    @inline(__always)
    func weight(of person: Waiting) -> Double {
        switch self {
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
}
