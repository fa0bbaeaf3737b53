package import Domain
import EventContracts
package import Messaging

/// What a batch of commands would do to a hall, decided one after the other. Pure: nothing has happened until the entries are in
/// the log.
package struct BatchPlan: Sendable {
    package enum Verdict: Sendable, Hashable {
        /// The command's events, at these positions.
        case effect(ClosedRange<Int64>)
        /// Nothing was to be done.
        case nothing
        case refused(QueueRefusal)
        /// Repeats the command at this index of the batch.
        case repeats(Int)
        /// The key of an earlier command of the batch, with another fingerprint.
        case keyReused
    }

    /// The hall before the batch, to which the entries are chained.
    package let base: HallState
    /// The hall after it.
    package private(set) var state: HallState
    package private(set) var entries: [ChainedEvent] = []
    /// One for each command.
    package private(set) var verdicts: [Verdict] = []
    /// What answers each command that has an effect, by index.
    package private(set) var answers: [Int: String] = [:]

    /// Decides the commands in their order.
    ///
    /// - Throws: `QueuingError.brokenLog` when an event cannot be written down.
    package init(
        _ requests: [HallRequest], on base: HallState, at now: Timestamp, in configuration: HallConfiguration,
        by policy: any RoutingPolicy, stream: String
    ) throws(QueuingError) {
        self.base = base
        state = base
        let time = max(now, base.time)
        var keys: [String: Int] = [:]
        var decided: [(index: Int, events: [QueueEvent], positions: ClosedRange<Int64>)] = []
        for (index, request) in requests.enumerated() {
            if let earlier = keys[request.key.key] {
                let same = requests[earlier].key.fingerprint == request.key.fingerprint
                verdicts.append(same ? .repeats(earlier) : .keyReused)
                continue
            }
            let events: [QueueEvent]
            do {
                events = try state.queue.decide(request.command, at: time, in: configuration, by: policy)
            } catch {
                verdicts.append(.refused(error))
                continue
            }
            guard !events.isEmpty else {
                verdicts.append(.nothing)
                continue
            }
            let first = state.position + 1
            for event in events {
                let payload: String
                do {
                    payload = try event.encodeData()
                } catch {
                    throw .brokenLog(stream: stream, position: state.position + 1, reason: "\(error)")
                }
                entries.append(state.extend(with: event, payload: payload, at: time))
            }
            keys[request.key.key] = index
            verdicts.append(.effect(first...state.position))
            decided.append((index, events, first...state.position))
        }
        let reading = HallReading(queue: state.queue, configuration: configuration, policy: policy, time: time)
        for (index, events, positions) in decided {
            answers[index] = requests[index].answer(
                HallDecision(events: events, positions: positions, reading: reading))
        }
    }
}
