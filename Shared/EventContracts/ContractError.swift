/// Why an event could not be written or read.
package enum ContractError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not JSON: broken off, or wrong at this byte.
    case malformed(offset: Int, reason: String)
    /// Larger than `CloudEvent.sizeLimit` bytes.
    case tooLarge(bytes: Int)
    /// A CloudEvent of another version of the specification.
    case specVersion(String)
    /// An attribute or a member of the data is not there.
    case missing(String)
    /// An attribute or a member of the data has a value that its type does not allow.
    case invalid(String, expected: String)
    /// A type that this version of the program does not know. Consumers skip such events.
    case unknownType(String)

    package var description: String {
        switch self {
        case .malformed(let offset, let reason): "the event is not valid JSON at byte \(offset): \(reason)"
        case .tooLarge(let bytes): "the event has \(bytes) bytes, and at most \(CloudEvent.sizeLimit) are allowed"
        case .specVersion(let version): "the event says specversion \(version), and only 1.0 is understood"
        case .missing(let name): "the event lacks `\(name)`"
        case .invalid(let name, let expected): "`\(name)` of the event must be \(expected)"
        case .unknownType(let type): "the event type \(type) is not known here; skip the event or update the program"
        }
    }
}
