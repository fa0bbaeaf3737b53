import Domain

/// The forms of a text that depends on a number of things, named as in the Unicode CLDR (language plural rules, cardinals).
enum PluralCategory: String, CaseIterable {
    case one, other

    /// The form for a number: English has one of its own for 1, Chinese has the same for all.
    init(_ number: Int, _ language: Language) {
        self = language == .en && number == 1 ? .one : .other
    }

    /// The key of this form of a text.
    func key(of text: String) -> String {
        "\(text).\(rawValue)"
    }

    /// The text that a key is this form of; `nil` when it is not.
    func text(of key: String) -> String? {
        key.hasSuffix(".\(rawValue)") ? String(key.dropLast(rawValue.count + 1)) : nil
    }
}
