import Domain
import Testing

@Suite struct ContactTests {
    @Test(arguments: [
        "13812345678", "138 1234 5678", "138-1234-5678", "+8613812345678", "+86 138 1234 5678", "008613812345678",
        "8613812345678", "１３８１２３４５６７８", "＋８６ 13812345678", " 13812345678 ",
    ])
    func mobileNumber_inAnyUsualForm_isRead(text: String) throws {
        let number = try #require(PhoneNumber(text))
        #expect(number.national == "13812345678")
        #expect(number.e164 == "+8613812345678")
        #expect(number.masked == "138****5678")
        #expect(number.lastFour == "5678")
        #expect("\(number)" == "138****5678")
    }

    @Test(arguments: [
        "", "1381234567", "138123456789", "12812345678", "23812345678", "+85213812345678", "+1 3812345678",
        "1381234567a",
        "138+12345678", "++8613812345678", "057112345678", "13812345678;drop", String(repeating: "1", count: 5000),
        "١٣٨١٢٣٤٥٦٧٨",
    ])
    func anythingElse_isNoMobileNumber(text: String) {
        #expect(PhoneNumber(text) == nil)
    }

    @Test(arguments: [
        ("张三", "张三", "张*"), ("  李 四\n", "李 四", "李*"), ("Ann O'Neill-Smith", "Ann O'Neill-Smith", "A*"), ("王", "王", "*"),
        ("\u{3000}阿卜杜拉·买买提\u{3000}", "阿卜杜拉·买买提", "阿*"),
    ])
    func name_isTrimmed(text: String, expected: String, masked: String) throws {
        let name = try #require(PersonName(text))
        #expect(name.text == expected)
        #expect(name.masked == masked)
        #expect("\(name)" == masked)
    }

    @Test(arguments: [
        "", "   ", "张\u{0}三", "张\n三", "a\u{202E}b", "a\u{200B}b", String(repeating: "长", count: 61),
        "a" + String(repeating: "\u{301}", count: 10_000),
    ])
    func hiddenOrEndlessText_isNoName(text: String) {
        #expect(PersonName(text) == nil)
    }

    @Test func name_ofSixtyCharacters_isAccepted() {
        #expect(PersonName(String(repeating: "长", count: 60)) != nil)
    }
}
