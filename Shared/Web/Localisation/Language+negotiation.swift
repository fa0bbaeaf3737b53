package import Domain
package import Hummingbird

extension Language {
    /// The language of a request: `?lang=`, else the cookie `lang`, else `Accept-Language`, else simplified Chinese.
    package static func negotiated(for request: Request) -> Language {
        if let asked = request.uri.queryParameters.get("lang"), let language = Language(tag: asked) { return language }
        if let chosen = request.cookies["lang"]?.value, let language = Language(tag: chosen) { return language }
        return request.headers[.acceptLanguage].flatMap(Language.init(acceptLanguage:)) ?? .zhHans
    }

    /// The language of a BCP 47 tag, such as `zh-CN` or `en-GB`; `nil` when it is neither Chinese nor English.
    package init?(tag: String) {
        switch tag.lowercased().prefix(while: { $0 != "-" && $0 != "_" }) {
        case "zh": self = .zhHans
        case "en": self = .en
        default: return nil
        }
    }

    /// The best of the ranges of an `Accept-Language` value (RFC 9110 section 12.5.4); `nil` when none of ours is acceptable.
    init?(acceptLanguage: String) {
        let ranges = acceptLanguage.split(separator: ",").prefix(20).compactMap { range -> (Language, Double)? in
            let parts = range.split(separator: ";").map { $0.trimmingSpaces }
            guard let tag = parts.first, let language = tag == "*" ? .zhHans : Language(tag: tag) else { return nil }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return weight > 0 ? (language, weight) : nil
        }
        guard let heaviest = ranges.map(\.1).max(), let best = ranges.first(where: { $0.1 == heaviest }) else {
            return nil
        }
        self = best.0
    }
}

extension StringProtocol {
    /// The text without spaces, tabs and line ends around it.
    var trimmingSpaces: String {
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard let first = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let last = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(String.UnicodeScalarView(unicodeScalars[first...last]))
    }
}
