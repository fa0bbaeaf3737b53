import Testing
import Web

@Suite struct SecretsTests {
    private let secrets = TestService.secrets

    @Test func sealed_opensForItsPurposeOnly() throws {
        let sealed = try secrets.seal("13812345678 张三", for: "phone")
        #expect(try secrets.open(sealed, for: "phone") == "13812345678 张三")
        #expect(try secrets.seal("13812345678 张三", for: "phone") != sealed)
        #expect(throws: WebError.self) { try secrets.open(sealed, for: "name") }
        let other = try Secrets(masterKeyHex: String(repeating: "ab", count: 32))
        #expect(throws: WebError.self) { try other.open(sealed, for: "phone") }
    }

    @Test func tampered_doesNotOpen() throws {
        let sealed = try secrets.seal("x", for: "phone")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: WebError.self) { try secrets.open(changed, for: "phone") }
        }
        #expect(throws: WebError.self) { try secrets.open(Array(sealed.dropLast()), for: "phone") }
        #expect(throws: WebError.self) { try secrets.open([], for: "phone") }
    }

    @Test(arguments: ["", "abc", String(repeating: "g", count: 64), String(repeating: "a", count: 63)])
    func masterKey_mustBe64Digits(key: String) {
        #expect(throws: WebError.self) { try Secrets(masterKeyHex: key) }
    }

    @Test func hashesAndTokens_dependOnPurpose() throws {
        #expect(secrets.lookupHash("a", for: "x") == secrets.lookupHash("a", for: "x"))
        #expect(secrets.lookupHash("a", for: "x") != secrets.lookupHash("a", for: "y"))
        #expect(secrets.lookupHash("a", for: "x").count == 64)
        #expect(secrets.isServiceToken(secrets.serviceToken))
        #expect(!secrets.isServiceToken(secrets.csrfToken("service")))
        #expect(Secrets.sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func randomTokens_areUnlikeAndValid() {
        let tokens = Set((0..<1000).map { _ in Secrets.randomToken() })
        #expect(tokens.count == 1000)
        #expect(tokens.allSatisfy(Secrets.isToken))
    }
}
