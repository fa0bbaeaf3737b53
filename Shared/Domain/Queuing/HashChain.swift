import Crypto

/// Makes a hall's log tamper-evident: each event's hash covers the one before it, so that no event can be changed,
/// taken out or put in without changing every hash after it.
package enum HashChain {
    /// What stands before the first event.
    package static let genesis = [UInt8](repeating: 0, count: 32)

    /// The hash of an event.
    ///
    /// SHA-256 (FIPS 180-4) over: the text `onetrip-log-1`, then the previous hash, position, time, type and payload.
    /// Texts and the previous hash are preceded by their length in bytes; all numbers are 64 bits, big-endian; the
    /// time is in milliseconds since 1970. So no two different events have the same encoding.
    ///
    /// - Parameters:
    ///   - previous: the hash of the event before, `genesis` for the first.
    ///   - payload: exactly as stored.
    package static func next(
        after previous: [UInt8], position: Int64, time: Timestamp, type: String, payload: String
    ) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("onetrip-log-1".utf8))
        hash.update(lengthPrefixed: previous)
        hash.update(number: position)
        hash.update(number: time.milliseconds)
        hash.update(lengthPrefixed: Array(type.utf8))
        hash.update(lengthPrefixed: Array(payload.utf8))
        return Array(hash.finalize())
    }
}

extension SHA256 {
    fileprivate mutating func update(number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { update(bufferPointer: $0) }
    }

    fileprivate mutating func update(lengthPrefixed bytes: [UInt8]) {
        update(number: Int64(bytes.count))
        bytes.withUnsafeBytes { update(bufferPointer: $0) }
    }
}
