import Domain
import Foundation

/// Pinyin of Chinese texts, for search.
enum Pinyin {
    /// The syllables of the Han characters of a text, parted by spaces, without tone marks, `v` for ü: `hu zhao` for 护照. `nil` when
    /// the text has none.
    ///
    /// The readings are those of ICU's `Han-Latin` transform, which knows one for a character, and common words with another (重庆
    /// is `chong qing`); a catalogue may list further readings.
    static func syllables(of text: String) -> String? {
        let han = text.unicodeScalars.split { scalar in !(scalar.properties.isIdeographic) }
            .map { String(String.UnicodeScalarView($0)) }
        guard !han.isEmpty, let latin = han.joined(separator: " ").applyingTransform(.mandarinToLatin, reverse: false)
        else {
            return nil
        }
        let vowels = latin.precomposedStringWithCanonicalMapping.map { character -> Character in
            "üǖǘǚǜ".contains(character) ? "v" : character
        }
        return String(vowels).applyingTransform(.stripDiacritics, reverse: false)?
            .lowercased().split(separator: " ").joined(separator: " ")
    }
}
