import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Testing
import Web

@Suite struct LocalisationTests {
    @Test func ownCatalogues_areComplete() {
        #expect(Localisation.checkOwn() == [])
    }

    @Test func check_findsWhatDiffers() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try #"{"a":"{x}个","b":"乙","d":" "}"#.write(
            to: folder.appendingPathComponent("messages.zh-Hans.json"), atomically: true, encoding: .utf8)
        #expect(Localisation.check(folder).count == 1)
        try #"{"a":"{y}","c":"C","d":"d"}"#.write(
            to: folder.appendingPathComponent("messages.en.json"), atomically: true, encoding: .utf8)
        #expect(
            Localisation.check(folder) == [
                "b: missing in en", "a: the placeholders differ", "c: missing in zh-Hans", "d: empty",
            ])
    }

    @Test func placeholders_areFilled() throws {
        let texts = try Localisation()
        #expect(texts.text("field.range", .en, ["min": "1", "max": "{min}"]) == "Must be from 1 to {min}")
        #expect(texts.text("field.range", .en) == "Must be from {min} to {max}")
        #expect(texts.text("no.such.key", .zhHans) == "no.such.key")
    }

    @Test(
        arguments: [
            ("/", nil, nil, "zh-Hans"), ("/", "en-GB,en;q=0.9", nil, "en"), ("/", "fr, en;q=0.5, zh;q=0.4", nil, "en"),
            ("/", "zh-TW;q=0.9, en;q=0.8", nil, "zh-Hans"), ("/", "en;q=0", nil, "zh-Hans"),
            ("/", "fr", nil, "zh-Hans"),
            ("/", "zh", "lang=en", "en"), ("/?lang=zh-CN", "en", "lang=en", "zh-Hans"), ("/?lang=xx", "en", nil, "en"),
            ("/", ";;,=", nil, "zh-Hans"), ("/", "*", nil, "zh-Hans"),
        ] as [(String, String?, String?, String)])
    func language_isNegotiated(target: String, accept: String?, cookie: String?, expected: String) {
        var headers = HTTPFields()
        headers[.acceptLanguage] = accept
        headers[.cookie] = cookie
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: target, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        #expect(Language.negotiated(for: request).rawValue == expected)
    }
}
