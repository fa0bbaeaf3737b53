/// Cuts texts and queries into what the search compares.
enum SearchText {
    /// A run of a text: Han characters, or the letters and digits of other scripts.
    enum Run: Hashable {
        case han(String)
        case word(String)
    }

    /// The runs of a text in order: lower case, full-width letters and digits as ASCII, ü as v, apostrophes dropped; everything else
    /// parts runs.
    static func runs(of text: some StringProtocol) -> [Run] {
        var runs: [Run] = []
        var han = ""
        var word = ""
        func flush() {
            if !han.isEmpty { runs.append(.han(han)) }
            if !word.isEmpty { runs.append(.word(word)) }
            han = ""
            word = ""
        }
        for scalar in text.unicodeScalars {
            let scalar = narrow(scalar)
            if isHan(scalar) {
                if !word.isEmpty { flush() }
                han.unicodeScalars.append(scalar)
            } else if scalar == "ü" || scalar == "Ü" {
                if !han.isEmpty { flush() }
                word.append("v")
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if !han.isEmpty { flush() }
                word.append(scalar.properties.lowercaseMapping)
            } else if scalar != "'" && scalar != "\u{2019}" {
                flush()
            }
        }
        flush()
        return runs
    }

    /// Neighbouring pairs of characters; the character itself when there is only one.
    static func pairs(of han: String) -> [String] {
        let characters = Array(han)
        guard characters.count > 1 else { return [han] }
        return zip(characters, characters.dropFirst()).map { String([$0, $1]) }
    }

    static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF, 0x3007: true
        default: false
        }
    }

    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    }
}
