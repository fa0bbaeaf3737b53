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

    @Test func olderKeys_openWhatTheySealed_andTheNewestSeals() throws {
        let master = String(repeating: "0123456789abcdef", count: 4)
        let (one, two) = (String(repeating: "1a", count: 32), String(repeating: "2b", count: 32))
        let before = try Secrets(masterKeyHex: master)
        let first = try Secrets(masterKeyHex: master, sealingKeysHex: [one])
        let second = try Secrets(masterKeyHex: master, sealingKeysHex: [two, one])
        let sealed = [try before.seal("张三", for: "name"), try first.seal("张三", for: "name")]
        for value in sealed {
            #expect(try second.open(value, for: "name") == "张三")
            #expect(!value.starts(with: second.sealedPrefix))
            let anew = try #require(try second.resealed(value, for: "name"))
            #expect(anew.starts(with: second.sealedPrefix))
            #expect(try second.open(anew, for: "name") == "张三")
            #expect(try second.resealed(anew, for: "name") == nil)
            // The key is gone.
            #expect(throws: WebError.self) { try first.open(anew, for: "name") }
        }
        #expect(throws: WebError.self) {
            try Secrets(masterKeyHex: master, sealingKeysHex: [two]).open(sealed[1], for: "name")
        }
        // What is found by hashes, and tokens, stay as they are.
        #expect(second.lookupHash("a", for: "x") == before.lookupHash("a", for: "x"))
        #expect(second.serviceToken == before.serviceToken)
        #expect(throws: WebError.self) { try Secrets(masterKeyHex: master, sealingKeysHex: ["abc"]) }
    }

    /// Sealed by another implementation of version 1 (OpenSSL by way of Node), as rows of older installations are.
    @Test func versionOne_stillOpens() throws {
        let old = "01000102030405060708090a0bccd9be945902771f10bc834292634cf3ab1ce8a62d21282f3c0fcb5ea5a4"
        let bytes = stride(from: 0, to: old.utf8.count, by: 2).compactMap { index in
            UInt8(old.dropFirst(index).prefix(2), radix: 16)
        }
        #expect(try secrets.open(bytes, for: "phone") == "+8613900000000")
        #expect(throws: WebError.self) { try secrets.open(bytes, for: "name") }
        let newer = try Secrets(
            masterKeyHex: String(repeating: "0123456789abcdef", count: 4),
            sealingKeysHex: [String(repeating: "1a", count: 32)])
        #expect(try newer.open(bytes, for: "phone") == "+8613900000000")
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
