import Domain
import Testing

@Suite struct ServiceSearchTests {
    private static let search: ServiceSearch = {
        func service(
            _ id: ServiceID, _ zh: String, _ en: String, _ pinyin: [String], _ keywords: [String] = [],
            events: [String] = [], audience: [Audience] = [.citizen]
        ) -> Service {
            Service(
                id: id, position: positions[id] ?? 0, name: LocalizedText(zh: zh, en: en),
                summary: LocalizedText(zh: "办理相关业务", en: "Business at the window"), letter: "A", meanMinutes: 10,
                audience: audience, keywords: keywords, pinyin: pinyin, lifeEvents: events, checklist: Checklist())
        }
        let services = [
            service(
                "id-card", "居民身份证办理", "Resident identity card", ["ju min shen fen zheng ban li"],
                ["身份证丢失", "lost card"]),
            service("passport", "护照办理", "Passport", ["hu zhao ban li"], ["出国"], events: ["abroad"]),
            service("birth", "出生登记", "Birth registration", ["chu sheng deng ji"], ["新生儿", "孩子上户口"], events: ["child"]),
            service("household", "户口迁移", "Household transfer", ["hu kou qian yi"], ["落户"]),
            service("green", "绿化许可", "Greening permit", ["lv hua xu ke"], audience: [.business, .agency]),
            service(
                "licence", "营业执照办理", "Business licence", ["ying ye zhi zhao ban li"], ["开店"], audience: [.business]),
        ]
        return ServiceSearch(
            Catalogue(
                name: LocalizedText(zh: "市", en: "city"),
                services: Dictionary(uniqueKeysWithValues: services.map { ($0.id, $0) }), halls: [:],
                lifeEvents: [
                    LifeEvent(
                        id: "abroad", name: LocalizedText(zh: "出国出境", en: "Going abroad"), pinyin: ["chu guo chu jing"]),
                    LifeEvent(id: "child", name: LocalizedText(zh: "孩子出生", en: "A child is born"), keywords: ["baby"]),
                ]))
    }()

    private static let positions: [ServiceID: Int] = [
        "id-card": 0, "passport": 1, "birth": 2, "household": 3, "green": 4, "licence": 5,
    ]

    @Test(arguments: [
        // Words of either language, and their beginnings.
        ("护照", "passport"), ("passport", "passport"), ("PASSP", "passport"), ("Ｐａｓｓｐｏｒｔ", "passport"),
        ("身份证", "id-card"), ("办身份证", "id-card"), ("identity card", "id-card"), ("出生 登记", "birth"),
        // Pinyin in full, in part, from the middle, by initials, syllable by syllable, with ü as v or u.
        ("huzhao", "passport"), ("huzh", "passport"), ("shenfenzheng", "id-card"), ("sfz", "id-card"),
        ("hu zhao", "passport"),
        ("HuZhao", "passport"), ("hz", "passport"), ("lvhua", "green"), ("luhua", "green"), ("lühua", "green"),
        // Synonyms, whole questions and life events.
        ("落户", "household"), ("给孩子上户口", "birth"), ("lost card", "id-card"), ("baby", "birth"),
        ("going abroad", "passport"),
        ("我要出国旅游", "passport"), ("chuguo", "passport"),
    ])
    func query_putsTheRightServiceFirst(query: String, expected: ServiceID) {
        #expect(Self.search.find(query).first == expected)
    }

    @Test(arguments: ["", "   ", "！？", "zzzz", "量子", "'; DROP TABLE", "%"])
    func query_thatFitsNothing_findsNothing(query: String) {
        #expect(Self.search.find(query).isEmpty)
    }

    @Test func audience_leavesOthersOut() {
        #expect(Self.search.find("办理", audience: .business) == ["licence"], "in the summary only: left out")
        #expect(Self.search.find("办理", audience: .agency) == ["green"])
        #expect(!Self.search.find("办理", audience: .citizen).contains("licence"))
    }

    @Test func equalFinds_keepTheOrderOfTheCatalogue_andTheLimit() {
        let all = Self.search.find("办理")
        #expect(Array(all.prefix(3)) == ["id-card", "passport", "licence"])
        #expect(Self.search.find("办理", limit: 2) == ["id-card", "passport"])
        #expect(Self.search.find("办理", limit: 0).isEmpty)
        for _ in 0..<20 { #expect(Self.search.find("办理") == all) }
    }

    @Test func veryLongQuery_isCut() {
        #expect(Self.search.find(String(repeating: "护照", count: 20_000)).first == "passport")
    }
}
