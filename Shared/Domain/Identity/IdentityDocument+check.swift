extension IdentityDocument {
    /// Checks a number of capital letters and digits.
    static func check(
        _ number: [UInt8], of kind: IdentityDocumentKind, on today: LocalDate
    ) throws(IdentityDocumentError) {
        switch kind {
        case .residentCard: try checkResidentCard(number, on: today)
        case .passport: try checkPassport(number)
        case .hongKongMacaoPermit: try checkHongKongMacaoPermit(number)
        case .taiwanPermit:
            // Eight digits, the same for life, on the card in use since 2015.
            guard number.count == 8 else { throw .wrongLength }
            try checkDigits(number[...])
        case .permanentResidenceCard: try checkPermanentResidenceCard(number, on: today)
        }
    }

    /// Citizen identification number: six digits of the region, eight of the birth date, three of the sequence (odd for
    /// men, even for women; none is excluded), one check character.
    ///
    /// Source: GB 11643-1999; regions GB/T 2260, of which only the province is checked, since districts come and go while
    /// numbers stay. 810000, 820000 and 830000 are those of the residence permits of people from Hong Kong, Macao and Taiwan. The numbers of
    /// 15 digits ended with 2012.
    private static func checkResidentCard(_ number: [UInt8], on today: LocalDate) throws(IdentityDocumentError) {
        guard number.count == 18 else { throw .wrongLength }
        try checkDigits(number[..<17])
        guard provinces.contains(value(number[..<2])) else { throw .unknownRegion }
        try checkBirthAndCheckCharacter(number, on: today)
    }

    /// The first two digits (GB/T 2260), and 83 for people from Taiwan.
    private static let provinces: Set<Int> = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65, 71, 81, 82, 83,
    ]

    /// Of any state: at most the nine letters and digits that the machine-readable zone holds (ICAO Doc 9303-4, 4.2.2.2),
    /// at least five, with a digit among them.
    private static func checkPassport(_ number: [UInt8]) throws(IdentityDocumentError) {
        guard (5...9).contains(number.count) else { throw .wrongLength }
        guard number.contains(where: isDigit) else { throw .wrongCharacter }
    }

    /// `H` (Hong Kong) or `M` (Macao) and eight digits, the same for life; on the card two more count the issues.
    ///
    /// Source: National Immigration Administration, on the card of 2012 (港澳居民来往内地通行证).
    private static func checkHongKongMacaoPermit(_ number: [UInt8]) throws(IdentityDocumentError) {
        guard number.count == 9 || number.count == 11 else { throw .wrongLength }
        guard number[0] == UInt8(ascii: "H") || number[0] == UInt8(ascii: "M") else { throw .wrongCharacter }
        try checkDigits(number[1...])
    }

    /// Since 1 December 2023 made as a citizen's number that begins with 9; before, three letters of the state
    /// (ISO 3166-1) and twelve digits. Both are valid.
    ///
    /// Source: National Immigration Administration, 新版外国人永久居留身份证机读信息规则 (2023).
    private static func checkPermanentResidenceCard(
        _ number: [UInt8], on today: LocalDate
    ) throws(IdentityDocumentError) {
        switch number.count {
        case 15:
            guard !number[..<3].contains(where: isDigit) else { throw .wrongCharacter }
            try checkDigits(number[3...])
        case 18:
            try checkDigits(number[..<17])
            guard number[0] == UInt8(ascii: "9") else { throw .unknownRegion }
            try checkBirthAndCheckCharacter(number, on: today)
        default: throw .wrongLength
        }
    }

    // MARK: Parts

    /// Digits 7 to 14 are the birth date, the eighteenth character the check.
    private static func checkBirthAndCheckCharacter(
        _ number: [UInt8], on today: LocalDate
    ) throws(IdentityDocumentError) {
        let last = number[17]
        guard isDigit(last) || last == UInt8(ascii: "X") else { throw .wrongCharacter }
        guard
            let birth = LocalDate(
                year: value(number[6..<10]), month: value(number[10..<12]), day: value(number[12..<14])),
            birth.year >= 1850
        else { throw .impossibleBirthDate }
        guard birth <= today else { throw .birthDateInFuture }
        guard last == checkCharacter(of: number[..<17]) else { throw .wrongCheckCharacter }
    }

    /// The check character of the seventeen digits before it: the digit, or X for ten, with which the sum of all, weighted
    /// with 2^(18 - place) mod 11, leaves the remainder 1 when divided by 11.
    ///
    /// It gives away every single wrong character, and every exchange of two different characters unless they stand
    /// exactly ten places apart: 2 generates the non-zero remainders of 11, so only those weights are equal.
    ///
    /// Source: GB 11643-1999, 4; ISO 7064:1983, MOD 11-2.
    package static func checkCharacter(of digits: some Collection<UInt8>) -> UInt8 {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * Int($1.1 &- UInt8(ascii: "0")) }
        return Array("10X98765432".utf8)[sum % 11]
    }

    private static func checkDigits(_ part: ArraySlice<UInt8>) throws(IdentityDocumentError) {
        guard part.allSatisfy(isDigit) else { throw .wrongCharacter }
    }

    private static func value(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
