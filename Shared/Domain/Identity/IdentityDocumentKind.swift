/// A document that says who somebody is.
package enum IdentityDocumentKind: String, Codable, Sendable, CaseIterable {
    /// 居民身份证, and 港澳台居民居住证, whose numbers are made alike.
    case residentCard
    /// Of any state.
    case passport
    /// 港澳居民来往内地通行证.
    case hongKongMacaoPermit
    /// 台湾居民来往大陆通行证.
    case taiwanPermit
    /// 外国人永久居留身份证.
    case permanentResidenceCard

    /// How many characters a number has, as text for a message; hyphens and spaces do not count.
    package var lengths: String {
        switch self {
        case .residentCard: "18"
        case .passport: "5–9"
        case .hongKongMacaoPermit: "9 / 11"
        case .taiwanPermit: "8"
        case .permanentResidenceCard: "15 / 18"
        }
    }
}
