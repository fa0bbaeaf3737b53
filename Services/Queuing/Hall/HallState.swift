package import Domain
import EventContracts
package import Messaging

/// The folded log of a hall up to a position, with what the next event is chained to.
package struct HallState: Sendable, Equatable {
    package private(set) var queue: HallQueue
    /// Of the event at the queue's position.
    package private(set) var hash: [UInt8]
    /// Of the last event: the log's time never runs backwards, whatever the clocks of the processes say.
    package private(set) var time: Timestamp

    /// Before the first event.
    package init() {
        queue = HallQueue()
        hash = HashChain.genesis
        time = Timestamp(milliseconds: 0)
    }

    /// As a snapshot kept it.
    package init(queue: HallQueue, hash: [UInt8], time: Timestamp) {
        self.queue = queue
        self.hash = hash
        self.time = time
    }

    package var position: Int64 { queue.position }

    /// Applies the next event of the log. An event that was applied before is passed over.
    ///
    /// - Throws: `QueuingError.brokenLog` when positions are missing or the event cannot be read.
    package mutating func apply(_ logged: LoggedEvent) throws(QueuingError) {
        guard logged.position > position else { return }
        guard logged.position == position + 1 else {
            throw .brokenLog(
                stream: logged.stream, position: position + 1, reason: "the next event has position \(logged.position)")
        }
        guard let hash = logged.hash else {
            throw .brokenLog(stream: logged.stream, position: logged.position, reason: "the event has no hash")
        }
        let event: QueueEvent
        do {
            event = try QueueEvent(typeName: logged.type, data: logged.payload)
        } catch {
            throw .brokenLog(stream: logged.stream, position: logged.position, reason: "\(error)")
        }
        queue.apply(event, at: logged.time, position: logged.position)
        self.hash = hash
        time = max(time, logged.time)
    }

    /// Applies a decided event and gives its entry in the log.
    mutating func extend(with event: QueueEvent, payload: String, at time: Timestamp) -> ChainedEvent {
        let position = position + 1
        hash = HashChain.next(
            after: hash, position: position, time: time, type: event.typeName, payload: payload)
        queue.apply(event, at: time, position: position)
        self.time = max(self.time, time)
        return ChainedEvent(
            position: position, time: time, type: event.typeName, subject: event.subject, payload: payload, hash: hash)
    }
}
