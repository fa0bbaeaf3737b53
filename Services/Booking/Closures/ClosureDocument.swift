import Domain
import Foundation

/// A time in which a hall is closed, as the API says it.
struct ClosureDocument: Encodable, Sendable {
    let from: String
    let to: String
    let reason: LocalizedText

    init(_ closure: HallClosure, in zone: TimeZoneRules) {
        from = zone.rfc3339(closure.from)
        to = zone.rfc3339(closure.to)
        reason = closure.reason
    }

    /// An array as text; empty where there is none.
    static func json(_ closures: [HallClosure], in zone: TimeZoneRules) -> String {
        guard !closures.isEmpty else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try? encoder.encode(closures.map { ClosureDocument($0, in: zone) })
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
