internal import Domain
package import EventContracts
internal import RedisStreams

/// An event as it came from a stream.
package struct ReceivedEvent: Hashable, Sendable {
    package var stream: String
    /// 1, 2, 3, … without a gap on each stream.
    package var position: Int64
    package var event: CloudEvent

    package init(stream: String, position: Int64, event: CloudEvent) {
        self.stream = stream
        self.position = position
        self.event = event
    }

    /// - Throws: ``MessagingError`` with code `malformedEntry`.
    init(_ entry: StreamEntry, of stream: String) throws(MessagingError) {
        guard let text = entry[Self.field] else {
            throw MessagingError(.malformedEntry, "entry \(entry.position) of \(stream) has no field \(Self.field)")
        }
        do throws(ContractError) {
            self.init(stream: stream, position: entry.position, event: try CloudEvent(json: text))
        } catch {
            throw MessagingError(.malformedEntry, "entry \(entry.position) of \(stream) is not a CloudEvent: \(error)")
        }
    }

    /// The one field of every entry: the event as JSON.
    static let field = "event"
}

extension LoggedEvent {
    /// The event as everybody outside the service sees it.
    ///
    /// - Parameter source: names the writer (CloudEvents 1.0, `source`).
    package func cloudEvent(source: String) -> CloudEvent {
        CloudEvent(
            id: "\(stream)/\(position)", source: source, type: type, subject: subject, time: time,
            traceparent: traceparent, data: payload)
    }

    func entry(source: String) -> StreamEntry {
        StreamEntry(position: position, ReceivedEvent.field, cloudEvent(source: source).json())
    }
}
