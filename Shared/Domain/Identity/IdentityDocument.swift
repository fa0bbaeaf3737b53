/// A document by its kind and number, checked as far as the number itself can tell.
///
/// The number is shown, described, dumped and mirrored only as its mask. Whoever needs it whole says ``number``.
package struct IdentityDocument: Hashable, Sendable {
    package let kind: IdentityDocumentKind
    /// Capital letters and ASCII digits, nothing between them.
    package let number: String

    /// Reads a number as people write it: full-width letters and digits, small letters, spaces and hyphens are accepted.
    ///
    /// - Parameter today: nobody is born after it.
    package init(
        _ kind: IdentityDocumentKind, _ text: String, on today: LocalDate
    ) throws(IdentityDocumentError) {
        let number = try Self.normalised(text)
        try Self.check(number, of: kind, on: today)
        self.kind = kind
        self.number = String(decoding: number, as: UTF8.self)
    }

    /// Fit to be shown: of 15 characters and more the first three and the last two, of fewer the first and the last
    /// two, and a star for each other: `110*************2X`, `E******78`.
    ///
    /// So somebody can tell the members of a family apart. Of a resident it tells the province and, by the last digit of the
    /// sequence code, the sex, but neither the birth date nor enough to try out the rest.
    package var masked: String {
        let first = number.utf8.count >= 15 ? 3 : 1
        return number.prefix(first) + String(repeating: "*", count: max(0, number.utf8.count - first - 2))
            + number.suffix(2)
    }

    // MARK: Kept

    /// Kind and number in one text, to be sealed or hashed: `residentCard 11010519491231002X`.
    package var storedText: String { "\(kind.rawValue) \(number)" }

    /// Reads ``storedText``, which was checked when it was made.
    package init?(storedText: String) {
        let parts = storedText.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = IdentityDocumentKind(rawValue: String(parts[0])), !parts[1].isEmpty else {
            return nil
        }
        self.kind = kind
        number = String(parts[1])
    }

    // MARK: Reading

    /// Without spaces and hyphens, letters large, everything ASCII.
    private static func normalised(_ text: String) throws(IdentityDocumentError) -> [UInt8] {
        guard text.unicodeScalars.count <= 64 else { throw .wrongLength }
        var number: [UInt8] = []
        for scalar in text.unicodeScalars {
            // Full-width forms lie 0xFEE0 above ASCII (Unicode, block Halfwidth and Fullwidth Forms).
            let value = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            switch value {
            case 0x30...0x39, 0x41...0x5A: number.append(UInt8(value))
            case 0x61...0x7A: number.append(UInt8(value - 0x20))
            case 0x20, 0x09, 0xA0, 0x3000, 0x2D, 0x2010...0x2015, 0x2212: continue
            default: throw .wrongCharacter
            }
        }
        return number
    }
}

extension IdentityDocument: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror {
        Mirror(self, children: ["kind": kind.rawValue, "masked": masked], displayStyle: .struct)
    }
}

extension IdentityDocument: Codable {
    /// As ``storedText``: for drafts that are sealed as a whole.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = IdentityDocument(storedText: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a kind and number of a document"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(storedText)
    }
}
