import Domain
import Testing

@testable import OperatorTool

@Suite struct CatalogueChangesTests {
    private func service(_ id: ServiceID, minutes: Double = 10) -> Service {
        let text = LocalizedText(zh: id.rawValue, en: id.rawValue)
        return Service(id: id, name: text, summary: text, letter: "A", meanMinutes: minutes, checklist: Checklist())
    }

    private func city(_ services: Service...) -> Catalogue {
        Catalogue(
            name: LocalizedText(zh: "市", en: "city"),
            services: Dictionary(uniqueKeysWithValues: services.map { ($0.id, $0) }),
            halls: [:])
    }

    @Test func changes_nameWhatIsNewOtherAndGone() {
        let old = city(service("a"), service("b"), service("c"))
        let new = city(service("b", minutes: 11), service("c"), service("d"), service("e"))
        let changes = CatalogueChanges(from: old, to: new)
        #expect(changes.services == .init(added: ["d", "e"], changed: ["b"], removed: ["a"]))
        #expect(changes.description == "services added: 2 (d, e)\nservices changed: 1 (b)\nservices removed: 1 (a)")
    }

    @Test func sameCatalogue_changesNothing() {
        #expect(CatalogueChanges(from: city(service("a")), to: city(service("a"))).isEmpty)
        #expect(CatalogueChanges(from: city(), to: city()).description == "catalogue: nothing changed")
    }

    @Test(arguments: [
        ("护照", "hu zhao"), ("居民身份证", "ju min shen fen zheng"),
        ("企业设立登记（营业执照）", "qi ye she li deng ji ying ye zhi zhao"),
        ("绿色", "lv se"), ("旅游", "lv you"), ("重庆", "chong qing"), ("24 小时ATM", "xiao shi"),
    ])
    func pinyin_isPlain(text: String, expected: String) {
        #expect(Pinyin.syllables(of: text) == expected)
    }

    @Test func pinyin_ofOtherScripts_isNone() {
        #expect(Pinyin.syllables(of: "passport 护") == "hu")
        #expect(Pinyin.syllables(of: "passport") == nil)
        #expect(Pinyin.syllables(of: "") == nil)
    }
}
