/// Six digits as people type them: spaces between them and full-width digits are fine.
struct SixDigits: Hashable, Sendable {
    let text: String

    init?(_ entered: String) {
        var digits = ""
        for scalar in entered.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: digits.append(String(scalar.value - 0xFF10))
            case 0x20, 0x3000, 0x2D: continue
            default: return nil
            }
        }
        guard digits.utf8.count == 6 else { return nil }
        text = digits
    }
}
