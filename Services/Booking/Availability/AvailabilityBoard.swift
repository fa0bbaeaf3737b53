package import Domain
private import Metrics
import Synchronization

/// The places of slots in memory, by hall and service, so that looking for a time costs the database nothing.
///
/// A part is read when it is first asked for. From then on it is kept in step: by what this process commits, at once, and by
/// the notices that every commit sends, in the time that these need on their way. Each change carries the version of its slot,
/// so the order in which changes are heard of does not matter. While nothing is heard (the connection is gone, or no sign of
/// life has come for some seconds) nothing is called right: a view says as of when it was.
///
/// What the board says is a hint; the writer looks at the database.
///
/// Growth: about 100 bytes for a slot, at most `slotLimit` slots (the part that was asked for least recently goes first), and
/// ready answers of at most `answerLimit` bytes. A change costs a look at a dictionary; a ready answer two of them.
package final class AvailabilityBoard: Sendable {
    /// A part is read anew when it is older: slots that have begun leave it, and whatever may have gone wrong is mended.
    fileprivate static let longestKept = Duration.seconds(600)
    /// Without a sign of life for so long the notices are taken to be cut off. The database is asked every second.
    package static let silenceLimit = Duration.seconds(5)

    private let slotLimit: Int
    private let answerLimit: Int
    private let state = Mutex(State())
    private let drops = Counter(label: "availability_dropped_parts_total")

    /// - Parameter answerLimit: in bytes.
    package init(slotLimit: Int = 500_000, answerLimit: Int = 32 << 20) {
        self.slotLimit = slotLimit
        self.answerLimit = answerLimit
    }

    fileprivate struct Kept {
        var part: AvailabilityPart
        var readAt: ContinuousClock.Instant
        /// When it was certainly right last, if it is not kept in step any more.
        var asOf: Timestamp?
        var lastUse: UInt64
        var answers: [AvailabilityQuestion: AvailabilityAnswer] = [:]
    }

    fileprivate struct State {
        /// `nil` where a part was dropped.
        var parts: [Kept?] = []
        var numbers: [AvailabilityPart.Name: Int] = [:]
        var places: [SlotID: (part: Int32, index: Int32)] = [:]
        var uses: UInt64 = 0
        var answerBytes = 0

        /// The last sign of life; `nil` when nothing is listened to.
        var heard: ContinuousClock.Instant?
        /// The moment of that sign on the wall clock.
        var asOf = Timestamp(milliseconds: 0)
        /// Changes whenever what is being read may be older than what will be heard.
        var era: UInt64 = 0
        /// What has been heard of since the oldest reading under way began.
        var arrived: [SlotID: SlotChange] = [:]
        var readings = 0

        func isLive(at now: ContinuousClock.Instant) -> Bool {
            heard.map { now - $0 <= AvailabilityBoard.silenceLimit } ?? false
        }
    }

    // MARK: Looking

    /// Whether the notices arrive.
    package func isLive(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { $0.isLive(at: now) }
    }

    /// A ready answer that is right now.
    ///
    /// - Parameters:
    ///   - earliest: the earliest start that can be booked.
    ///   - moment: what the wall clock says.
    func answer(
        to question: AvailabilityQuestion, _ name: AvailabilityPart.Name, earliest: Timestamp, moment: Timestamp,
        cityVersion: Int64, at now: ContinuousClock.Instant = .now
    ) -> AvailabilityAnswer? {
        state.withLock { state in
            guard state.isLive(at: now), let number = state.numbers[name], let kept = state.parts[number],
                kept.isRight(cityVersion, at: now), let answer = kept.answers[question],
                answer.version == kept.part.version, answer.holds(from: earliest, at: moment)
            else { return nil }
            state.use(number)
            return answer
        }
    }

    /// Keeps an answer for those who ask the same until something changes.
    func keep(_ answer: AvailabilityAnswer, to question: AvailabilityQuestion, _ name: AvailabilityPart.Name) {
        state.withLock { state in
            guard let number = state.numbers[name], state.parts[number]?.part.version == answer.version else { return }
            if state.answerBytes + answer.size > answerLimit { state.forgetAnswers() }
            let old = state.parts[number]?.answers.updateValue(answer, forKey: question)
            state.answerBytes += answer.size - (old?.size ?? 0)
        }
    }

    /// A part that is right now.
    func view(
        _ name: AvailabilityPart.Name, cityVersion: Int64, at now: ContinuousClock.Instant = .now
    ) -> AvailabilityView? {
        state.withLock { state in
            guard state.isLive(at: now), let number = state.numbers[name], let kept = state.parts[number],
                kept.isRight(cityVersion, at: now)
            else { return nil }
            state.use(number)
            return AvailabilityView(part: kept.part, asOf: nil)
        }
    }

    /// A slot as it stands now, if the board knows.
    func slot(
        _ id: SlotID, cityVersion: Int64, at now: ContinuousClock.Instant = .now
    ) -> Slot? {
        state.withLock { state in
            guard state.isLive(at: now), let place = state.places[id], let kept = state.parts[Int(place.part)],
                kept.isRight(cityVersion, at: now)
            else { return nil }
            state.use(Int(place.part))
            return kept.part.places[Int(place.index)].slot(of: kept.part.name)
        }
    }

    /// A part as it was when it was right last.
    func lastView(_ name: AvailabilityPart.Name) -> AvailabilityView? {
        state.withLock { state in
            guard let number = state.numbers[name], let kept = state.parts[number] else { return nil }
            state.use(number)
            return AvailabilityView(part: kept.part, asOf: kept.asOf ?? state.asOf)
        }
    }

    // MARK: Reading

    /// Reading a part from the database has begun. What changes meanwhile is kept until it has ended.
    func beginReading() -> UInt64 {
        state.withLock { state in
            state.readings += 1
            return state.era
        }
    }

    func endReading() {
        state.withLock { state in
            state.readings -= 1
            if state.readings == 0 { state.arrived = [:] }
        }
    }

    /// Takes a part that was read, before the reading is ended.
    ///
    /// - Parameters:
    ///   - era: of the beginning of the reading.
    ///   - moment: of the beginning, on the wall clock.
    /// - Returns: the part with what has changed since.
    func take(
        _ part: AvailabilityPart, era: UInt64, readAt moment: Timestamp, at now: ContinuousClock.Instant = .now
    ) -> AvailabilityPart {
        var part = part
        let dropped = state.withLock { state in
            for (index, place) in part.places.enumerated() {
                if let change = state.arrived[place.id] { part.take(change, at: index) }
            }
            // Answers of the part before, which may be on their way, must not pass for answers of this one.
            part.begin(at: state.nextVersion())
            let asOf = era == state.era && state.isLive(at: now) ? nil : moment
            state.put(Kept(part: part, readAt: now, asOf: asOf, lastUse: state.uses))
            return state.shrink(to: slotLimit)
        }
        if dropped > 0 { drops.increment(by: dropped) }
        return part
    }

    // MARK: Hearing

    /// Takes changes that were committed, by this process or another.
    package func take(_ changes: [SlotChange]) {
        state.withLock { state in
            for change in changes {
                if state.readings > 0, change.version > state.arrived[change.id]?.version ?? -1 {
                    state.arrived[change.id] = change
                }
                guard let place = state.places[change.id] else { continue }
                state.parts[Int(place.part)]?.part.take(change, at: Int(place.index))
            }
        }
    }

    /// Takes a notice.
    ///
    /// - Parameter now: on the wall clock.
    package func take(_ notice: SlotNotice, at now: Timestamp) {
        switch notice {
        case .changes(let changes): take(changes)
        case .everything: state.withLock { $0.outdate(asOf: now) }
        }
    }

    /// From now on notices arrive. Those before were missed, so every part is read anew when it is asked for.
    package func listening(at now: Timestamp, instant: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.outdate(asOf: state.asOf)
            state.heard = instant
            state.asOf = now
        }
    }

    /// All notices of commits before an instant have been taken.
    ///
    /// - Parameter wallClock: what it says now.
    package func confirm(
        _ instant: ContinuousClock.Instant, wallClock: Timestamp, now: ContinuousClock.Instant = .now
    ) {
        let age = (now - instant) / .milliseconds(1)
        state.withLock { state in
            guard state.heard != nil else { return }
            state.heard = instant
            state.asOf = wallClock.advanced(milliseconds: -Int64(age))
        }
    }

    /// No notices arrive any more.
    package func lost() {
        state.withLock { state in
            state.outdate(asOf: state.asOf)
            state.heard = nil
        }
    }

    /// How many slots are remembered.
    package var slotCount: Int { state.withLock { $0.places.count } }
}

extension AvailabilityBoard.Kept {
    fileprivate func isRight(_ cityVersion: Int64, at now: ContinuousClock.Instant) -> Bool {
        asOf == nil && part.cityVersion == cityVersion && now - readAt <= AvailabilityBoard.longestKept
    }
}

extension AvailabilityBoard.State {
    fileprivate mutating func use(_ number: Int) {
        uses += 1
        parts[number]?.lastUse = uses
    }

    /// No part has had it.
    fileprivate mutating func nextVersion() -> UInt64 {
        uses += 1
        return uses << 32
    }

    fileprivate mutating func outdate(asOf moment: Timestamp) {
        era += 1
        for number in parts.indices where parts[number] != nil && parts[number]?.asOf == nil {
            parts[number]?.asOf = moment
        }
    }

    fileprivate mutating func forgetAnswers() {
        for number in parts.indices { parts[number]?.answers = [:] }
        answerBytes = 0
    }

    fileprivate mutating func put(_ kept: AvailabilityBoard.Kept) {
        if let old = numbers[kept.part.name] { drop(old) }
        let number = parts.firstIndex { $0 == nil } ?? parts.endIndex
        if number == parts.endIndex { parts.append(kept) } else { parts[number] = kept }
        numbers[kept.part.name] = number
        for (index, place) in kept.part.places.enumerated() {
            places[place.id] = (Int32(number), Int32(index))
        }
    }

    private mutating func drop(_ number: Int) {
        guard let kept = parts[number] else { return }
        for place in kept.part.places { places[place.id] = nil }
        for answer in kept.answers.values { answerBytes -= answer.size }
        numbers[kept.part.name] = nil
        parts[number] = nil
    }

    /// Drops what was asked for least recently; one part always stays.
    ///
    /// - Returns: how many parts.
    fileprivate mutating func shrink(to limit: Int) -> Int {
        var dropped = 0
        while places.count > limit, numbers.count > 1,
            let oldest = numbers.values.min(by: { (parts[$0]?.lastUse ?? 0) < (parts[$1]?.lastUse ?? 0) })
        {
            drop(oldest)
            dropped += 1
        }
        return dropped
    }
}
