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

    @Test func check_knowsThePluralFormsOfEachLanguage() throws {
        func check(_ chinese: String, _ english: String) throws -> [String] {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            for (name, text) in [("zh-Hans", chinese), ("en", english)] {
                try text.write(
                    to: folder.appendingPathComponent("messages.\(name).json"), atomically: true, encoding: .utf8)
            }
            return Localisation.check(folder)
        }
        #expect(try check(#"{"a.other":"{count} 人"}"#, #"{"a.one":"one person","a.other":"{count} people"}"#) == [])
        #expect(try check(#"{"a.other":"{count} 人"}"#, #"{"a.other":"{count} people"}"#) == ["a.one: missing in en"])
        #expect(
            try check(
                #"{"a.one":"1 人","a.other":"{count} 人"}"#, #"{"a.one":"{x}","a.other":"{count} people"}"#) == [
                    "a.one: the placeholders differ", "a.one: Chinese has no such form",
                ])
        #expect(
            try check(#"{"b":"乙"}"#, #"{"a.one":"{count} person","b":"B"}"#) == ["a.other: missing in zh-Hans"])
    }

    @Test(
        arguments: [
            (0, Language.en, "Please wait 0 seconds and try again."), (1, .en, "Please wait 1 second and try again."),
            (2, .en, "Please wait 2 seconds and try again."), (21, .en, "Please wait 21 seconds and try again."),
            (1, .zhHans, "请等待 1 秒后再试。"), (2, .zhHans, "请等待 2 秒后再试。"),
        ] as [(Int, Language, String)])
    func count_choosesThePluralForm(count: Int, language: Language, expected: String) throws {
        let texts = try Localisation()
        let key = "problem.too-many-requests.detail"
        #expect(texts.has(key))
        #expect(texts.text(key, language, count: count) == expected)
        // As the arguments of a problem.
        #expect(texts.text(key, language, ["count": String(count)]) == expected)
        #expect(texts.text(key, language) == key)
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
