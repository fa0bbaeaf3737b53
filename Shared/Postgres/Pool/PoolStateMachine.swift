private import DequeModule

/// Decides for a pool who gets which connection, when to connect and when to try again.
///
/// A value without clock, sockets or randomness: events come in, ``Action``s go out, and somebody else carries them out.
///
/// A connection:
/// ```
///            connected            lease
/// connecting ─────────▶ idle(0) ◀──────▶ in use(1…sharing)
///    │  ▲                  │ release         │
///    │  │ retryDue         └────────┬────────┘
///    ▼  │                           ▼ disconnected / close
/// backing off                     (gone)
/// ```
struct PoolStateMachine {
    typealias Instant = ContinuousClock.Instant

    private enum Slot {
        case connecting(attempt: Int)
        case backingOff(attempt: Int)
        case connected(leases: Int)
    }

    private enum Mode {
        case new, running, draining, finished
    }

    private let settings: Settings
    private var mode = Mode.new
    private var slots: [ConnectionID: Slot] = [:]
    /// Free for a lease, the one used last at the end: the others may rest.
    private var free: [ConnectionID] = []
    /// In order of arrival; those not in `waiting` have gone.
    private var order: Deque<RequestID> = []
    private var waiting: [RequestID: Instant] = [:]
    private var alarm: Instant?
    private var lastNumber = 0

    init(_ settings: Settings) {
        self.settings = settings
    }

    var connectionCount: Int {
        slots.values.count { if case .connected = $0 { true } else { false } }
    }
    var waitingCount: Int { waiting.count }

    // MARK: Life

    mutating func start() -> [Action] {
        guard mode == .new else { return [] }
        mode = .running
        return grow()
    }

    /// Leases end, those waiting are still served, new ones are refused.
    mutating func shutDown() -> [Action] {
        guard mode == .new || mode == .running else { return [] }
        mode = .draining
        return drain()
    }

    /// Everything ends now.
    mutating func abort() -> [Action] {
        guard mode != .finished else { return [] }
        mode = .draining
        var actions = waiting.keys.sorted { $0.number < $1.number }.map { Action.refuse($0, .closed) }
        waiting = [:]
        for id in slots.keys.sorted(by: { $0.number < $1.number }) { actions += remove(id, closing: true) }
        return actions + drain()
    }

    // MARK: Leases

    mutating func lease(_ request: RequestID, deadline: Instant) -> (Decision, [Action]) {
        switch mode {
        case .draining, .finished: return (.refused(.closed), [])
        case .new, .running: break
        }
        if waiting.isEmpty, let id = take() { return (.granted(id), []) }
        guard waiting.count < settings.maximumWaiting else { return (.refused(.tooManyWaiting), []) }
        waiting[request] = deadline
        order.append(request)
        return (.waiting, grow() + setAlarm(deadline))
    }

    /// A connection that is free at this moment, if any. Those waiting already go first.
    mutating func takeFree() -> ConnectionID? {
        guard mode == .running, waiting.isEmpty else { return nil }
        return take()
    }

    /// The caller no longer waits. Nothing happens when the connection has been granted meanwhile.
    mutating func abandon(_ request: RequestID) -> [Action] {
        guard waiting.removeValue(forKey: request) != nil else { return [] }
        return [.refuse(request, .cancelled)] + drain()
    }

    mutating func clockReached(_ now: Instant) -> [Action] {
        alarm = nil
        let late = waiting.filter { $0.value <= now }.keys.sorted { $0.number < $1.number }
        for request in late { waiting[request] = nil }
        while let first = order.first, waiting[first] == nil { order.removeFirst() }
        return late.map { .refuse($0, .deadline) } + setAlarm(waiting.values.min()) + drain()
    }

    /// - Parameter reusable: whether the connection may be leased again; otherwise it is closed.
    mutating func release(_ id: ConnectionID, reusable: Bool) -> [Action] {
        guard case .connected(let leases) = slots[id] else { return drain() }
        guard reusable else { return remove(id, closing: true) + grow() + drain() }
        slots[id] = .connected(leases: leases - 1)
        if leases == settings.sharing { free.append(id) }
        return serve() + drain()
    }

    // MARK: Connections

    mutating func connected(_ id: ConnectionID) -> [Action] {
        guard case .connecting = slots[id] else { return [.close(id)] }
        slots[id] = .connected(leases: 0)
        free.append(id)
        return serve() + drain()
    }

    /// - Parameter jitter: from 0 to 1; spreads the attempts of many processes.
    mutating func connectFailed(_ id: ConnectionID, jitter: Double) -> [Action] {
        guard case .connecting(let attempt) = slots[id] else { return [] }
        guard mode == .running else { return remove(id, closing: false) + drain() }
        slots[id] = .backingOff(attempt: attempt + 1)
        return [.pause(id, backOff(attempt: attempt, jitter: jitter))]
    }

    mutating func retryDue(_ id: ConnectionID) -> [Action] {
        guard case .backingOff(let attempt) = slots[id] else { return [] }
        guard mode == .running else { return remove(id, closing: false) + drain() }
        // One attempt at a time tells whether the server is back; the others would only add to its load.
        guard slots.count <= max(settings.minimum, wanted) else { return remove(id, closing: false) }
        slots[id] = .connecting(attempt: attempt)
        return [.connect(id, attempt: attempt)]
    }

    /// The connection has ended by itself.
    mutating func disconnected(_ id: ConnectionID) -> [Action] {
        guard case .connected = slots[id] else { return [] }
        return remove(id, closing: false) + grow() + drain()
    }

    /// Half to the whole of `base · 2^attempt`, up to the limit ("equal jitter").
    func backOff(attempt: Int, jitter: Double) -> Duration {
        let full = min(settings.backOffBase * (1 << min(attempt, 20)), settings.backOffLimit)
        return full * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }

    // MARK: Rules

    /// Connections in use or wanted by those waiting.
    private var wanted: Int {
        let busy = slots.values.count { if case .connected(let leases) = $0 { leases > 0 } else { false } }
        let needed = settings.sharing == 1 ? waiting.count : min(waiting.count, 1)
        return min(settings.size, busy + needed)
    }

    private mutating func grow() -> [Action] {
        guard mode == .running || mode == .draining && !waiting.isEmpty else { return [] }
        var actions: [Action] = []
        let onTheWay = slots.values.count { if case .connected = $0 { false } else { true } }
        let needed = settings.sharing == 1 ? waiting.count : min(waiting.count, 1)
        var missing = max(needed - onTheWay, settings.minimum - slots.count)
        while missing > 0, slots.count < settings.size {
            lastNumber += 1
            let id = ConnectionID(number: lastNumber)
            slots[id] = .connecting(attempt: 0)
            actions.append(.connect(id, attempt: 0))
            missing -= 1
        }
        return actions
    }

    /// A free connection: with sharing the one with the fewest leases, else the one used last.
    private mutating func take() -> ConnectionID? {
        guard !free.isEmpty else { return nil }
        var position = free.count - 1
        if settings.sharing > 1 {
            position = free.indices.min { leases(of: free[$0]) < leases(of: free[$1]) } ?? position
        }
        let id = free[position]
        let count = leases(of: id) + 1
        slots[id] = .connected(leases: count)
        if count == settings.sharing { free.remove(at: position) }
        return id
    }

    private func leases(of id: ConnectionID) -> Int {
        if case .connected(let leases) = slots[id] { leases } else { 0 }
    }

    private mutating func serve() -> [Action] {
        var actions: [Action] = []
        while !waiting.isEmpty, let request = order.first {
            guard waiting[request] != nil else {
                order.removeFirst()
                continue
            }
            guard let id = take() else { break }
            order.removeFirst()
            waiting[request] = nil
            actions.append(.grant(request, id))
        }
        if waiting.isEmpty { order.removeAll(keepingCapacity: true) }
        return actions
    }

    private mutating func setAlarm(_ next: Instant?) -> [Action] {
        guard let next, alarm.map({ next < $0 }) ?? true else { return [] }
        alarm = next
        return [.alarm(next)]
    }

    private mutating func remove(_ id: ConnectionID, closing: Bool) -> [Action] {
        guard let slot = slots.removeValue(forKey: id) else { return [] }
        free.removeAll { $0 == id }
        guard closing, case .connected = slot else { return [] }
        return [.close(id)]
    }

    private mutating func drain() -> [Action] {
        guard mode == .draining else { return [] }
        var actions: [Action] = []
        if waiting.isEmpty {
            for id in slots.keys.sorted(by: { $0.number < $1.number }) where leases(of: id) == 0 {
                actions += remove(id, closing: true)
            }
        } else if connectionCount == 0 {
            // Nobody is left to serve them.
            for request in waiting.keys.sorted(by: { $0.number < $1.number }) {
                actions.append(.refuse(request, .closed))
            }
            waiting = [:]
            return actions + drain()
        }
        if slots.isEmpty {
            mode = .finished
            actions.append(.finished)
        }
        return actions
    }
}
