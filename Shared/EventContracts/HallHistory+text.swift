import Domain
import Foundation

/// What a hall has learned travels as a text that holds JSON: statistics, which no reader but the engine looks into.
extension HallHistory {
    /// The same text for the same history.
    var text: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `nil` when the event has none.
    init?(in object: JSONObject) throws(ContractError) {
        guard let text = try object.optionalString("history") else { return nil }
        do {
            self = try JSONDecoder().decode(HallHistory.self, from: Data(text.utf8))
        } catch {
            throw .invalid("history", expected: "what a hall has learned, as JSON")
        }
    }
}
