/// Keeps telephone numbers out of logs, whoever put them there.
package enum Redaction {
    /// The text with every mainland mobile number (11 digits from 13… to 19…, also after 86) replaced by `[phone]`.
    package static func redacted(_ text: String) -> String {
        var result: [UInt8] = []
        var run: [UInt8] = []
        var previous: UInt8 = 0
        func isWord(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        // The byte before the run tells digits of a longer name, such as a trace, from a number.
        var before: UInt8 = 0
        func endRun(next: UInt8) {
            guard !run.isEmpty else { return }
            if isPhone(run), !isWord(before), !isWord(next) {
                result.append(contentsOf: "[phone]".utf8)
            } else {
                result.append(contentsOf: run)
            }
            run.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            if (48...57).contains(byte) {
                if run.isEmpty { before = previous }
                run.append(byte)
            } else {
                endRun(next: byte)
                result.append(byte)
            }
            previous = byte
        }
        endRun(next: 0)
        return String(decoding: result, as: UTF8.self)
    }

    private static func isPhone(_ digits: [UInt8]) -> Bool {
        var digits = digits[...]
        if digits.count == 13, digits.starts(with: "86".utf8) { digits = digits.dropFirst(2) }
        guard digits.count == 11, let first = digits.first, let second = digits.dropFirst().first else { return false }
        return first == UInt8(ascii: "1") && second >= UInt8(ascii: "3")
    }
}
