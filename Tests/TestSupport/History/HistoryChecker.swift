/// Finds what cannot have happened if places are granted as promised.
///
/// Each grant has a stretch in which it was *certainly* there, from its answer to the first call that may have ended it, and one in which it was
/// *possibly* there, from its call to the first answer that says it has gone. Sound: what is reported is a fault however calls that overlap
/// were ordered. After the interval checks of Gibbons and Korach, Testing Shared Memories (SIAM J. Comput. 1997), for a counter with a limit.
///
/// Growth: O(n²) in the number of calls, which are some hundreds.
package struct HistoryChecker {
    package typealias Call = BookingHistory.Call

    /// What the database says in the end.
    package struct Kept: Sendable, Hashable {
        package var reference: String
        package var person: String
        package var slot: Int64
        package var isLive: Bool

        package init(reference: String, person: String, slot: Int64, isLive: Bool) {
            self.reference = reference
            self.person = person
            self.slot = slot
            self.isLive = isLive
        }
    }

    private struct Grant {
        var slot: Int64
        var person: String?
        var certain: Range<Int>?
        var possible: Range<Int>
    }

    private let calls: [Call]
    private let capacity: [Int64: Int]
    private var grants: [Grant] = []
    /// The end, which all that is not ended reaches.
    private let end: Int

    package init(_ calls: [Call], capacity: [Int64: Int]) {
        self.calls = calls
        self.capacity = capacity
        end = (calls.flatMap { [$0.began, $0.ended == .max ? 0 : $0.ended] }.max() ?? 0) + 1
        collect()
    }

    /// - Returns: a sentence for each fault; none when all is well.
    package func faults(kept: [Kept]) -> [String] {
        overbooked() + doubled() + unjustified() + lost(kept)
    }

    // MARK: What was granted, from when to when

    private mutating func collect() {
        for (number, call) in calls.enumerated() where !call.isRefused {
            switch call.action {
            case .hold(let slot, let expires): grants.append(held(number, call, slot, expires))
            case .book(let person, let place): grants += stays(number, call, person, place.slot)
            default: break
            }
        }
    }

    private func stretch(of call: Call, goneFrom: Int?, goneBy: Int?) -> (certain: Range<Int>?, possible: Range<Int>) {
        let from = call.isDone ? call.ended : end
        let until = min(goneFrom ?? end, end)
        return (from < until ? from..<until : nil, call.began..<max(min(goneBy ?? end, end), call.began + 1))
    }

    private func held(_ number: Int, _ call: Call, _ slot: Int64, _ expires: Int64) -> Grant {
        var goneFrom: [Int] = []
        var goneBy: [Int] = []
        for other in calls where !other.isRefused {
            switch other.action {
            case .release(number), .book(_, .hold(number, _)), .move(_, .hold(number, _)):
                goneFrom.append(other.began)
                if other.isDone { goneBy.append(other.ended) }
            default: break
            }
        }
        if let late = passing(expires) {
            goneFrom.append(late.began)
            goneBy += calls.filter { $0.action == .sweep && $0.isDone && $0.began > late.ended }.map(\.ended)
        }
        let (certain, possible) = stretch(of: call, goneFrom: goneFrom.min(), goneBy: goneBy.min())
        return Grant(slot: slot, person: nil, certain: certain, possible: possible)
    }

    /// The first call that moves the clock to a time or beyond.
    private func passing(_ time: Int64) -> Call? {
        calls.first { if case .pass(let to) = $0.action { to >= time } else { false } }
    }

    /// The stays of an appointment at one slot after another. Its person does one thing after the other, so its changes do not overlap.
    private func stays(_ number: Int, _ call: Call, _ person: String, _ slot: Int64) -> [Grant] {
        var grants: [Grant] = []
        var here = (call: call, slot: slot)
        func leave(_ by: Call?) {
            let (certain, possible) = stretch(
                of: here.call, goneFrom: by?.began, goneBy: by.flatMap { $0.isDone ? $0.ended : nil })
            grants.append(Grant(slot: here.slot, person: person, certain: certain, possible: possible))
        }
        for other in calls where other.began > call.began && !other.isRefused {
            switch other.action {
            case .move(number, let place) where place.slot != here.slot:
                leave(other)
                here = (other, place.slot)
            case .cancel(number):
                leave(other)
                return grants
            default: break
            }
        }
        leave(nil)
        return grants
    }

    // MARK: Faults

    /// More certain grants at one moment than the slot has places.
    private func overbooked() -> [String] {
        Dictionary(grouping: grants, by: \.slot).sorted { $0.key < $1.key }.compactMap { slot, grants in
            let most = Self.most(grants.compactMap(\.certain), within: 0..<end)
            let places = capacity[slot] ?? 0
            return most > places ? "slot \(slot) of \(places) places was granted \(most) times at once" : nil
        }
    }

    /// A person with two appointments at one moment.
    private func doubled() -> [String] {
        let stays = grants.filter { $0.person != nil }
        return Dictionary(grouping: stays) { $0.person ?? "" }.sorted { $0.key < $1.key }.compactMap { person, grants in
            Self.most(grants.compactMap(\.certain), within: 0..<end) > 1
                ? "person \(person) had two appointments at once" : nil
        }
    }

    /// Who was refused a place that was certainly free, or kept from a hold that was certainly good.
    private func unjustified() -> [String] {
        let bySlot = Dictionary(grouping: grants, by: \.slot)
        let byPerson = Dictionary(grouping: grants) { $0.person ?? "" }
        return calls.compactMap { call in
            guard case .refused(let refusal) = call.outcome else { return nil }
            let during = call.began..<call.ended
            switch (refusal, call.action) {
            case (.full, .hold(let slot, _)), (.full, .book(_, .slot(let slot))), (.full, .move(_, .slot(let slot))):
                let most = Self.most((bySlot[slot] ?? []).map(\.possible), within: during)
                return most < capacity[slot] ?? 0
                    ? "call \(call.began) was told that slot \(slot) is full when \(most) places were taken" : nil
            case (.alreadyBooked, .book(let person, _)):
                return (byPerson[person] ?? []).contains { $0.possible.overlaps(during) }
                    ? nil : "person \(person) was told of an appointment that there was not"
            case (.holdEnded, .book(_, .hold(let hold, _))), (.holdEnded, .move(_, .hold(let hold, _))):
                guard case .hold(let slot, let expires) = calls[hold].action, calls[hold].isDone else { return nil }
                let stretch = held(hold, calls[hold], slot, expires).certain
                return stretch.map { $0.contains(call.ended) } ?? false
                    ? "call \(call.began) was told that a hold has ended which was good" : nil
            default: return nil
            }
        }
    }

    /// An answer of success of which the database knows nothing, or something that nobody asked for.
    private func lost(_ kept: [Kept]) -> [String] {
        let known = Dictionary(grouping: kept, by: \.reference)
        var faults = known.filter { $0.value.count > 1 }.keys.sorted().map { "reference \($0) was given twice" }
        var possible: Set<String> = []
        for (number, call) in calls.enumerated() {
            guard case .book(let person, let place) = call.action, !call.isRefused else { continue }
            possible.insert(person)
            guard case .done(let reference) = call.outcome else { continue }
            guard let one = known[reference]?.first, one.person == person else {
                faults.append("appointment \(reference) of person \(person) is lost")
                continue
            }
            var slots: Set = [place.slot]
            var live: Set = [true]
            for other in calls where !other.isRefused {
                switch other.action {
                case .move(number, let place):
                    slots = other.isDone ? [place.slot] : slots.union([place.slot])
                case .cancel(number): live = other.isDone ? [false] : live.union([false])
                default: break
                }
            }
            if !slots.contains(one.slot) { faults.append("appointment \(reference) is at slot \(one.slot)") }
            if !live.contains(one.isLive) {
                faults.append("appointment \(reference) is \(one.isLive ? "still there" : "gone")")
            }
        }
        faults += kept.filter { !possible.contains($0.person) }.map { "nobody asked for \($0.reference)" }
        return faults
    }

    /// How many of the ranges overlap at most at one moment within another.
    private static func most(_ ranges: [Range<Int>], within: Range<Int>) -> Int {
        let clamped = ranges.map { $0.clamped(to: within) }.filter { !$0.isEmpty }
        let changes = clamped.flatMap { [($0.lowerBound, 1), ($0.upperBound, -1)] }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        var now = 0
        return changes.reduce(0) { most, change in
            now += change.1
            return max(most, now)
        }
    }
}
