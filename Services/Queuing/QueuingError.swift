package import Domain

/// What can go wrong in the queuing service, said so that the reader knows what to do next.
package enum QueuingError: Error, Sendable {
    /// The rules of the queue say no; nothing has changed.
    case refused(QueueRefusal)
    /// The catalogue has no such hall: import it, or correct the address.
    case unknownHall(HallID)
    /// The idempotency key was used before for another request: take a new key.
    case keyReused
    /// Too many commands wait for this hall: try again after the given seconds.
    case overloaded(retryAfterSeconds: Int)
    /// The database does not answer. Nothing was changed; try again.
    case unavailable(String)
    /// The database was lost while it was committing, so the outcome is not known: repeat with the same idempotency key.
    case outcomeUnknown
    /// The log of a hall cannot be read: run `onetrip verify-log` on the stream.
    case brokenLog(stream: String, position: Int64, reason: String)
    /// No catalogue has been imported: run `onetrip import`.
    case noCatalogue
}

extension QueuingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let refusal): "refused: \(refusal.code)"
        case .unknownHall(let hall): "no hall '\(hall)' in the catalogue: import it, or correct the address"
        case .keyReused: "the idempotency key was used for another request: take a new key"
        case .overloaded(let seconds): "too many commands wait for the hall: try again in \(seconds) s"
        case .unavailable(let reason): "the database does not answer, nothing was changed, try again: \(reason)"
        case .outcomeUnknown: "the database was lost while committing: repeat with the same idempotency key"
        case .brokenLog(let stream, let position, let reason):
            "log \(stream) is broken at position \(position), run onetrip verify-log: \(reason)"
        case .noCatalogue: "no catalogue has been imported: run onetrip import"
        }
    }
}
