import Domain
import Testing

/// Every number here is invented; check characters are computed.
@Suite struct IdentityDocumentTests {
    private static let today = LocalDate(daysSinceEpoch: 20_000)  // 2024-10-04

    private static func resident(_ digits: String) -> String {
        digits + String(decoding: [IdentityDocument.checkCharacter(of: Array(digits.utf8))], as: UTF8.self)
    }

    /// Of an invented person born on that day.
    private static func born(_ date: String, sequence: String = "001") -> String {
        resident("110105\(date)\(sequence)")
    }

    private func error(_ kind: IdentityDocumentKind, _ text: String) -> IdentityDocumentError? {
        do throws(IdentityDocumentError) {
            _ = try IdentityDocument(kind, text, on: Self.today)
            return nil
        } catch {
            return error
        }
    }

    @Test func `The check character follows the standard's own example`() {
        // GB 11643-1999, annex A.
        #expect(IdentityDocument.checkCharacter(of: Array("11010519491231002".utf8)) == UInt8(ascii: "X"))
        #expect(IdentityDocument.checkCharacter(of: Array("44052418800101001".utf8)) == UInt8(ascii: "4"))
    }

    @Test(arguments: [
        "11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X ", "110105-19491231-002X", "110105\u{3000}19491231－002x",
        "110105\u{2013}19491231\u{A0}002X",
    ])
    func `A resident's number is read in any usual form`(text: String) throws {
        let document = try IdentityDocument(.residentCard, text, on: Self.today)
        #expect(document.number == "11010519491231002X")
    }

    @Test(arguments: [
        ("", IdentityDocumentError.wrongLength), ("1101051949123100", .wrongLength), ("110105491231002", .wrongLength),
        ("11010519491231002X0", .wrongLength), (String(repeating: "1", count: 5000), .wrongLength),
        ("1101051949123100２;", .wrongCharacter), ("11010519491231O02X", .wrongCharacter),
        ("X1010519491231002X", .wrongCharacter), ("11010519491231002Y", .wrongCharacter),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", .wrongCharacter), ("110105194912310021", .wrongCheckCharacter),
    ])
    func `Anything else is refused for its reason`(text: String, expected: IdentityDocumentError) {
        #expect(error(.residentCard, text) == expected)
    }

    @Test func `The birth date must be a day of the calendar that has come`() {
        #expect(error(.residentCard, Self.born("20000229")) == nil)
        #expect(error(.residentCard, Self.born("20241004")) == nil)
        for date in ["19000229", "20010229", "20001301", "20000001", "20000100", "20000431", "18491231", "00000101"] {
            #expect(error(.residentCard, Self.born(date)) == .impossibleBirthDate, "\(date)")
        }
        #expect(error(.residentCard, Self.born("20241005")) == .birthDateInFuture)
    }

    @Test func `The region must be one that there is`() {
        for region in ["000000", "160101", "910101", "990101"] {
            #expect(error(.residentCard, Self.resident(region + "19900101" + "001")) == .unknownRegion, "\(region)")
        }
        for region in ["810000", "820000", "830000", "659001"] {
            #expect(error(.residentCard, Self.resident(region + "19900101" + "001")) == nil, "\(region)")
        }
    }

    @Test func `Every single wrong character of a resident's number is found`() throws {
        for sequence in ["000", "001", "123", "518", "999"] {
            let sound = Array(Self.born("19870615", sequence: sequence).utf8)
            for place in sound.indices {
                for wrong in "0123456789X".utf8 where wrong != sound[place] {
                    var number = sound
                    number[place] = wrong
                    #expect(error(.residentCard, String(decoding: number, as: UTF8.self)) != nil)
                }
            }
        }
    }

    @Test func `Every exchange of neighbours is found, and of any two that are not ten places apart`() throws {
        var unseen = 0
        for sequence in ["003", "124", "517", "986"] {
            let sound = Array(Self.born("19780426", sequence: sequence).utf8)
            for first in 0..<17 {
                for second in first + 1..<18 where sound[first] != sound[second] {
                    // An X among the digits is found by itself.
                    if second == 17, sound[17] == UInt8(ascii: "X") { continue }
                    var number = sound
                    number.swapAt(first, second)
                    let last = number[17]
                    // The remainder alone, so that the birth date and the region find nothing.
                    let fits = last == IdentityDocument.checkCharacter(of: number[..<17])
                    #expect(!fits || second - first == 10, "\(first) and \(second)")
                    if fits { unseen += 1 }
                }
            }
        }
        #expect(unseen > 0, "exchanges over ten places do escape")
    }

    @Test(arguments: [
        (IdentityDocumentKind.passport, "e12345678", "E12345678"), (.passport, "EA1234567", "EA1234567"),
        (.passport, "123456789", "123456789"), (.hongKongMacaoPermit, "h 1234 5678", "H12345678"),
        (.hongKongMacaoPermit, "M1234567801", "M1234567801"), (.taiwanPermit, "０１２３４５６７", "01234567"),
        (.permanentResidenceCard, "abc110001010101", "ABC110001010101"),
    ])
    func `Other documents are read by their form`(
        kind: IdentityDocumentKind, text: String, expected: String
    ) throws {
        #expect(try IdentityDocument(kind, text, on: Self.today).number == expected)
    }

    @Test(arguments: [
        (IdentityDocumentKind.passport, "E123", IdentityDocumentError.wrongLength),
        (.passport, "E123456789", .wrongLength), (.passport, "ABCDEFGH", .wrongCharacter),
        (.passport, "E1234_678", .wrongCharacter), (.hongKongMacaoPermit, "A12345678", .wrongCharacter),
        (.hongKongMacaoPermit, "H1234567", .wrongLength), (.hongKongMacaoPermit, "H1234567A", .wrongCharacter),
        (.taiwanPermit, "1234567", .wrongLength), (.taiwanPermit, "1234567A", .wrongCharacter),
        (.permanentResidenceCard, "AB1110001010101", .wrongCharacter),
        (.permanentResidenceCard, "ABC11000101010", .wrongLength),
    ])
    func `Other documents are refused for their reason`(
        kind: IdentityDocumentKind, text: String, expected: IdentityDocumentError
    ) {
        #expect(error(kind, text) == expected)
    }

    @Test func `The new card of permanent residents begins with 9 and has the same check`() {
        let number = Self.resident("911999" + "19800101" + "001")
        #expect(error(.permanentResidenceCard, number) == nil)
        #expect(error(.residentCard, number) == .unknownRegion)
        #expect(error(.permanentResidenceCard, Self.born("19800101")) == .unknownRegion)
        let wrong = number.prefix(17) + (number.last == "0" ? "1" : "0")
        #expect(error(.permanentResidenceCard, String(wrong)) == .wrongCheckCharacter)
    }

    @Test func `Nothing but the mask is ever printed`() throws {
        let document = try IdentityDocument(.residentCard, "11010519491231002X", on: Self.today)
        #expect(document.masked == "110*************2X")
        var dumped = ""
        dump(document, to: &dumped)
        dump([document: document], to: &dumped)
        let printed = "\(document) \(String(reflecting: document)) \(Optional(document) as Any) " + dumped
        #expect(!printed.contains(document.number))
        #expect(!printed.contains("19491231"))
        #expect(try IdentityDocument(.passport, "E12345678", on: Self.today).masked == "E******78")
        #expect(try IdentityDocument(.taiwanPermit, "12345678", on: Self.today).masked == "1*****78")
    }

    @Test func `What is kept is read again as it was`() throws {
        let document = try IdentityDocument(.hongKongMacaoPermit, "H12345678", on: Self.today)
        #expect(IdentityDocument(storedText: document.storedText) == document)
        for text in ["", "residentCard", "residentCard ", "card 1", " 1"] {
            #expect(IdentityDocument(storedText: text) == nil, "\(text)")
        }
    }

    @Test func `A service takes the documents that it names, and none when it asks for none`() {
        let rule = IdentityRule(.required, documents: [.residentCard, .passport])
        #expect(rule.refusal(of: .passport) == nil)
        #expect(rule.refusal(of: .taiwanPermit) == .kindNotAccepted)
        #expect(rule.refusal(of: nil) == .missing)
        #expect(IdentityRule(.optional).refusal(of: nil) == nil)
        #expect(IdentityRule.notAsked.refusal(of: nil) == nil)
        #expect(IdentityRule.notAsked.refusal(of: .passport) == .notAsked)
    }
}
