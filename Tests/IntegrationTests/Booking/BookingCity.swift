import Domain

/// A city made in code, of which a test can choose every number.
enum BookingCity {
    static let north: HallID = "north"
    static let south: HallID = "south"
    static let idCard: ServiceID = "id-card"
    static let passport: ServiceID = "passport"

    /// Two halls, open day and night, with slots of an hour.
    static func catalogue(
        places: Int = 10, horizonDays: Int = 3, rules: BookingRules = BookingRules(), timeZone: String = "Asia/Shanghai"
    ) -> Catalogue {
        let hours = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [TimeRange.wholeDay]) })
        func hall(_ id: HallID, _ position: Int) -> Hall {
            Hall(
                id: id, position: position, name: LocalizedText(zh: "\(id)大厅", en: "\(id) hall"),
                address: LocalizedText(zh: "测试路 1 号", en: "1 Test Road"), timeZone: timeZone, hours: hours,
                observesHolidays: false, windows: [HallWindow(id: "1", services: [idCard, passport])],
                offers: [
                    idCard: Offer(slotMinutes: 60, places: places), passport: Offer(slotMinutes: 60, places: places),
                ], horizonDays: horizonDays, bookingRules: rules)
        }
        return Catalogue(
            name: LocalizedText(zh: "测试市", en: "Testville"),
            services: [
                idCard: Service(
                    id: idCard, position: 0, name: LocalizedText(zh: "居民身份证办理", en: "Identity card"),
                    summary: LocalizedText(zh: "首次申领。", en: "First issue."), letter: "A", meanMinutes: 8,
                    pinyin: ["ju min shen fen zheng ban li"],
                    checklist: Checklist(
                        version: 2,
                        questions: [
                            .init(
                                id: "case", text: LocalizedText(zh: "哪一种?", en: "Which?"),
                                options: [
                                    .init(id: "first", text: LocalizedText(zh: "首次", en: "First")),
                                    .init(id: "lost", text: LocalizedText(zh: "丢失", en: "Lost")),
                                ])
                        ],
                        items: [
                            ChecklistItem(
                                id: "register", name: LocalizedText(zh: "户口簿", en: "Household register"),
                                form: .original, when: ["case": ["first"]]),
                            ChecklistItem(
                                id: "photo", name: LocalizedText(zh: "照片回执", en: "Photo receipt"), form: .original),
                        ])),
                passport: Service(
                    id: passport, position: 1, name: LocalizedText(zh: "护照办理", en: "Passport"),
                    summary: LocalizedText(zh: "普通护照。", en: "Ordinary passport."), letter: "B", meanMinutes: 12,
                    checklist: Checklist(version: 1)),
            ], halls: [north: hall(north, 0), south: hall(south, 1)])
    }
}
