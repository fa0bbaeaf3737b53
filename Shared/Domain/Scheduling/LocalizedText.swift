/// A text of the catalogue in both languages.
package struct LocalizedText: Hashable, Codable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    package func text(_ language: Language) -> String {
        switch language {
        case .zhHans: zh
        case .en: en
        }
    }
}
