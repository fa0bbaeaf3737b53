/// The numbers on tickets: a letter and at least three digits, counted per letter and day.
package enum TicketNumber {
    package static func text(letter: String, count: Int) -> String {
        var text = letter
        text.append(padded: Int64(count), to: 3)
        return text
    }

    /// Splits `A012` into `A` and 12; `nil` for anything that is not a number.
    package static func parts(of text: String) -> (letter: String, count: Int)? {
        let letter = text.prefix { $0.isLetter }
        let digits = text.dropFirst(letter.count)
        guard !letter.isEmpty, digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let count = Int(digits), count > 0
        else { return nil }
        return (String(letter), count)
    }

    /// A999 comes before A1000.
    package static func precedes(_ lhs: String, _ rhs: String) -> Bool {
        let left = lhs.utf8.count
        let right = rhs.utf8.count
        return left != right ? left < right : lhs < rhs
    }
}
