package import Domain

/// The names that a new appointment gets.
package struct AppointmentIdentity: Hashable, Sendable {
    package var id: AppointmentID
    package var reference: String
    /// 128 bits, base64url: whoever has it may see and change the appointment.
    package var token: String

    package init(id: AppointmentID, reference: String, token: String) {
        self.id = id
        self.reference = reference
        self.token = token
    }
}

/// The reference that a person reads aloud or types at the kiosk.
package enum AppointmentReference {
    /// Letters and digits that are not taken for one another: no 0 O, 1 I L, U.
    package static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Eight characters in two groups: 30⁸ ≈ 6.6·10¹¹ references.
    package static func make(using generator: inout some RandomNumberGenerator) -> String {
        let count = UInt64(alphabet.count)
        // One draw for all eight.
        var number = UInt64.random(in: 0..<(0..<8).reduce(1) { power, _ in power * count }, using: &generator)
        var text = ""
        for index in 0..<8 {
            if index == 4 { text.append("-") }
            text.append(alphabet[Int(number % count)])
            number /= count
        }
        return text
    }

    package static func isValid(_ text: String) -> Bool {
        let characters = Array(text)
        guard characters.count == 9, characters[4] == "-" else { return false }
        return characters.enumerated().allSatisfy { $0.offset == 4 || alphabet.contains($0.element) }
    }
}
