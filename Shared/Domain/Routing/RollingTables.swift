#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a roll needs to know of a hall and of its dials, in flat tables.
struct RollingTables {
    /// A class of people: the dials.
    struct ClassDials {
        var alpha: Double
        /// Growth of the index a second, and what is added to it beyond the promise.
        var slope: Double
        var steep: Double
        /// Minutes.
        var promise: Double
    }

    struct Rest {
        var start: Int32
        var length: Int32
    }

    let order: Rollout.Order
    let services: Int
    let windows: Int
    let open: Int32
    let early: Double
    /// When booked people begin to press, and cease to, after the slot or the arrival [s]; and by what factor.
    let pressesFrom: Int32
    let punctual: Int32
    let pressing: Double
    let guardFactor: Double
    let guardMinutes: Double
    /// By standing.
    let standings: UnsafeMutablePointer<ClassDials>
    private let costs: UnsafeMutablePointer<RollCost>
    let paces: UnsafeMutablePointer<Double>
    /// Of people beyond their promise, and of the others: window by window.
    let lateRanks: UnsafeMutablePointer<Double>
    let ranks: UnsafeMutablePointer<Double>
    /// Durations at speed 1 relative to what is expected: without and with a hint, service by service.
    let factors: UnsafeMutablePointer<Float>
    /// Hints by the mean, service by service, and what they make of the index.
    private let hints: UnsafeMutablePointer<Float>
    private let hintWeights: UnsafeMutablePointer<Float>
    /// Seconds at speed 1.
    let means: UnsafeMutablePointer<Float>
    /// The services of each window, one window after the other, and where each begins.
    let skillList: UnsafeMutablePointer<Int32>
    private let skillBegins: UnsafeMutablePointer<Int>
    /// The same by bits, for a hall of at most 64 services.
    let skillMasks: UnsafeMutablePointer<UInt64>
    /// The planned rests, one window after the other, and where each begins.
    let rests: UnsafeMutablePointer<Rest>
    private let restBegins: UnsafeMutablePointer<Int32>
    /// How many rests before each of all rests are planned, with where each window begins.
    private let plannedBefore: UnsafeMutablePointer<Int32>
    private let plannedBegins: UnsafeMutablePointer<Int>
    private let options: UnsafeMutablePointer<HallModel.FollowUp>
    private let optionBegins: UnsafeMutablePointer<Int>

    init(_ hall: HallModel, _ order: Rollout.Order, _ cost: Rollout.Cost) {
        self.order = order
        services = hall.services.count
        windows = hall.windows.count
        open = Int32(clamping: hall.open)
        let dials = hall.dials
        early = dials.early
        // The first second from which minutes reach the dial.
        pressesFrom = Int32(clamping: Int((dials.pressingMinutes * 60).rounded(.up)))
        punctual = Int32(clamping: Int((dials.punctualMinutes * 60).rounded(.up)))
        pressing = dials.pressing
        guardFactor = dials.guardFactor
        guardMinutes = dials.guardMinutes
        let weights = Standing.allCases.map { hall.dials[$0] }
        standings = Self.table(
            weights.map {
                ClassDials(
                    alpha: $0.alpha, slope: 1 / (60 * $0.theta), steep: $0.beyond * 1000 / 60, promise: $0.promise)
            })
        costs = Self.table(Standing.allCases.map { RollCost(of: $0, cost, dials) })
        paces = Self.table(hall.paces)
        let skills = hall.paces.map { $0 > 0 ? 1.0 : 0 }
        lateRanks = Self.table(order == .index ? hall.lateRanks : skills)
        ranks = Self.table(order == .index ? hall.ranks : skills)
        factors = Self.table(hall.services.flatMap { ($0.factors + $0.hintedFactors).map(Float.init) })
        let hints = hall.services.flatMap(\.hintFactors)
        self.hints = Self.table(hints.map(Float.init))
        hintWeights = Self.table(hints.map { Float(pow($0, -hall.dials.gamma)) })
        means = Self.table(hall.services.map { Float($0.mean) })
        skillList = Self.table(hall.skills.flatMap { $0.map(Int32.init) })
        skillBegins = Self.table(Self.begins(hall.skills.map(\.count)))
        skillMasks = Self.table(
            hall.skills.map { skills in
                hall.services.count > 64 ? .max : skills.reduce(into: 0) { $0 |= 1 << UInt64($1) }
            })
        let planned = hall.windows.map { $0.rests.filter(\.isPlanned) }
        rests = Self.table(
            planned.flatMap {
                $0.map { Rest(start: Int32(clamping: $0.start), length: Int32(clamping: $0.length)) }
            })
        restBegins = Self.table(Self.begins(planned.map(\.count)).map(Int32.init))
        plannedBefore = Self.table(
            hall.windows.flatMap { window in
                window.rests.reduce(into: [0]) { $0.append(($0.last ?? 0) + ($1.isPlanned ? 1 : 0)) }
            })
        plannedBegins = Self.table(Self.begins(hall.windows.map { $0.rests.count + 1 }))
        options = Self.table(hall.followUps.flatMap { $0 })
        optionBegins = Self.table(Self.begins(hall.followUps.map(\.count)))
    }

    private static func table<Element>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        let table = UnsafeMutablePointer<Element>.allocate(capacity: max(1, values.count))
        _ = UnsafeMutableBufferPointer(start: table, count: values.count).initialize(from: values)
        return table
    }

    private static func begins(_ counts: [Int]) -> [Int] {
        counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    }

    func deallocate() {
        standings.deallocate()
        costs.deallocate()
        paces.deallocate()
        lateRanks.deallocate()
        ranks.deallocate()
        factors.deallocate()
        hints.deallocate()
        hintWeights.deallocate()
        means.deallocate()
        skillList.deallocate()
        skillBegins.deallocate()
        skillMasks.deallocate()
        rests.deallocate()
        restBegins.deallocate()
        plannedBefore.deallocate()
        plannedBegins.deallocate()
        options.deallocate()
        optionBegins.deallocate()
    }

    @inline(__always)
    func skills(of window: Int) -> Range<Int> { skillBegins[window]..<skillBegins[window + 1] }

    @inline(__always)
    func followUps(of service: Int) -> UnsafeMutableBufferPointer<HallModel.FollowUp> {
        UnsafeMutableBufferPointer(
            start: options + optionBegins[service], count: optionBegins[service + 1] - optionBegins[service])
    }

    /// The place in `rests` of a window's first planned rest that is not before `next` of all its rests.
    func plannedRest(of window: Int, from next: Int) -> Int32 {
        restBegins[window] + plannedBefore[plannedBegins[window] + next]
    }

    /// What intake may say of a person, and what that makes of the person's index: `HallModel.weight`.
    @inline(__always)
    func hint(_ service: Int, standing: Int, step: Int) -> (expected: Float, weight: Double) {
        let place = service * ServiceTime.steps + step
        return (means[service] * hints[place], standings[standing].alpha * Double(hintWeights[place]))
    }

    @inline(__always)
    func start(ofRest rest: Int32, at window: Int) -> Int32 {
        rest < restBegins[window + 1] ? rests[Int(rest)].start : RollingHall.never
    }

    /// The cost of a person's waiting until `time`.
    @inline(__always)
    func cost(of person: RollingHall.Person, at time: Int32) -> Double {
        guard time > person.due else { return 0 }
        return costs[Int(person.standing)](person, at: time)
    }
}
