package import Domain

/// Where a person can be reached, as the booking service tells it. Lives in memory only, while one message is sent.
package struct Contact: Sendable, Hashable, Decodable {
    /// E.164 or national digits.
    package var phone: String
    package var language: Language
    /// What only the booking service knows and the text needs, such as `code` and `reference`.
    package var parameters: [String: String]

    package init(phone: String, language: Language, parameters: [String: String]) {
        self.phone = phone
        self.language = language
        self.parameters = parameters
    }

    private enum CodingKeys: String, CodingKey {
        case phone, language, parameters
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        phone = try container.decode(String.self, forKey: .phone)
        language = try container.decodeIfPresent(Language.self, forKey: .language) ?? .zhHans
        parameters = try container.decodeIfPresent([String: String].self, forKey: .parameters) ?? [:]
    }
}

/// Asks for contacts. Errors are transient: the messages are tried again.
package protocol ContactSource: Sendable {
    /// Those that are known. Who left none, as a walk-in, or whose contact has been deleted, is not among them.
    func contacts(of subjects: [String]) async throws -> [String: Contact]
}
