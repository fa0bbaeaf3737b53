package import Domain

extension DemoMessage {
    /// Such as `138****5678`.
    package var maskedPhone: String { PhoneNumber(phone)?.masked ?? "****" }
}

/// A message of the demo's telephone as viewers of its page get it: the number is masked.
package struct DemoMessageDocument: Hashable, Codable, Sendable {
    package var id: Int64
    package var phone: String
    package var template: String
    package var language: Language
    package var text: String
    package var at: Timestamp

    package init(_ message: DemoMessage) {
        id = message.id
        phone = message.maskedPhone
        template = message.template
        language = message.language
        text = message.text
        at = message.at
    }
}
