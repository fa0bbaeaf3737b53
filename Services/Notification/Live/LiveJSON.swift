import Foundation
package import Web

/// The JSON of events: keys sorted, so that equal states have equal bytes.
package enum LiveJSON {
    /// The values are plain structures of this module, which always can be written.
    package static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            preconditionFailure("\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }

    package static func status(_ live: Bool) -> SSEMessage {
        SSEMessage(event: "status", data: live ? #"{"live":true}"# : #"{"live":false}"#)
    }
}
