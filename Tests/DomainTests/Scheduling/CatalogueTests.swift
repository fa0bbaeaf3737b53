import Domain
import Foundation
import Testing

@Suite struct CatalogueTests {
    private func messages(_ catalogue: Catalogue) -> [String] {
        catalogue.validate().map { "\($0.path): \($0.message)" }
    }

    @Test func soundCatalogue_hasNoIssue() {
        #expect(messages(SmallCity.catalogue()).isEmpty)
    }

    @Test func catalogue_survivesJSON() throws {
        var catalogue = SmallCity.catalogue { hall in
            hall.exceptions[SmallCity.date("2026-12-31")] = HallException(hours: [], reason: SmallCity.text("closed"))
            hall.shifts = [Shift(staff: "li", days: [.monday], hours: [.wholeDay], window: "1")]
            hall.kiosks = [Kiosk(id: "door")]
            hall.zones = [WaitingZone(id: "a", name: SmallCity.text("A"), windows: ["1"])]
        }
        catalogue.holidays = [SmallCity.date("2027-01-01"): SmallCity.text("New Year")]
        catalogue.workdays = [SmallCity.date("2027-01-03"): .friday]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(catalogue)
        #expect(try JSONDecoder().decode(Catalogue.self, from: data) == catalogue)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains(#""holidays":{"2027-01-01":{"en":"New Year","zh":"New Year"}}"#))
        #expect(text.contains(#""monday":["09:00-12:00","13:30-17:00"]"#))
    }

    @Test func `A service comes after others that are there, and never after itself`() {
        func found(_ after: [ServiceID: [ServiceID]]) -> [String] {
            var catalogue = SmallCity.catalogue()
            for (position, name) in ["b", "c"].enumerated() {
                let id = ServiceID(name)
                catalogue.services[id] = SmallCity.service(id, letter: name.uppercased(), position: position + 1)
            }
            for (service, before) in after { catalogue.services[service]?.after = before }
            return messages(catalogue)
        }
        #expect(found(["c": ["passport", "b"], "b": ["passport"]]).isEmpty)
        #expect(found(["b": ["d"]]) == ["services[1].after[0]: unknown service 'd'; known are 'b', 'c', 'passport'"])
        #expect(
            found(["b": ["c", "c"]]) == ["services[1].after[1]: service 'c' is there twice; each may be given once"])
        #expect(
            found(["b": ["b"]]) == [
                "services[1].after[0]: 'b' comes after 'b', and 'b' after 'b'; no order would do"
            ])
        #expect(
            found(["passport": ["c"], "b": ["passport"], "c": ["b"]]) == [
                "services[0].after[0]: 'passport' comes after 'c', and 'c' after 'passport'; no order would do",
                "services[1].after[0]: 'b' comes after 'passport', and 'passport' after 'b'; no order would do",
                "services[2].after[0]: 'c' comes after 'b', and 'b' after 'c'; no order would do",
            ])
    }

    @Test func `A catalogue that was stored before services had an order is still read`() throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(SmallCity.service("passport")))
                as? [String: Any])
        #expect(object.removeValue(forKey: "after") != nil)
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(Service.self, from: data) == SmallCity.service("passport"))
    }

    @Test func hallConfiguration_hasWhatItsWindowsServe() throws {
        var catalogue = SmallCity.catalogue()
        catalogue.services["other"] = SmallCity.service("other", letter: "B")
        let configuration = try #require(catalogue.hallConfiguration("hall"))
        #expect(configuration.services == ["passport": QueuedService(letter: "A", meanMinutes: 10)])
        #expect(configuration.windows == ["1": ["passport"]])
        #expect(configuration.timeZone == "Asia/Shanghai")
        #expect(catalogue.hallConfiguration("other") == nil)
    }

    @Test(arguments: [
        ("CST", false), ("GMT+8", false), ("Asia/Shangai", false), ("", false), ("Asia/Shanghai", true), ("UTC", true),
        ("Europe/Berlin", true),
    ])
    func timeZone_isAnIANAName(name: String, isSound: Bool) {
        let found = messages(SmallCity.catalogue(zone: name)).filter { $0.hasPrefix("halls[0].timeZone: ") }
        #expect(found.isEmpty == isSound)
    }

    @Test func everyRule_isReportedWithPathAndRemedy() {
        var catalogue = SmallCity.catalogue { hall in
            hall.hours[.monday] = [SmallCity.range("09:00-12:00"), SmallCity.range("11:00-13:00")]
            hall.windows = [
                HallWindow(id: "1", services: ["passport", "passport", "pasport"]), HallWindow(id: "1", services: []),
                HallWindow(id: "a long one", services: ["twin"]),
            ]
            hall.offers = [
                "passport": Offer(slotMinutes: 30, places: 0), "unserved": Offer(slotMinutes: 300, places: 1),
                "passprt": Offer(slotMinutes: 30, places: 1),
            ]
            hall.latitude = 91
            hall.horizonDays = 400
            hall.bookingRules.holdMinutes = 0
            hall.queueRules.overtakingBound = 0
            hall.shifts = [Shift(staff: "li", days: [], hours: [], window: "9")]
            hall.zones = [
                WaitingZone(id: "z", name: SmallCity.text("Z"), windows: ["1"]),
                WaitingZone(id: "y", name: SmallCity.text("Y"), windows: ["1"]),
            ]
        }
        catalogue.services["twin"] = SmallCity.service("twin", letter: "A", position: 1)
        catalogue.services["unserved"] = SmallCity.service("unserved", letter: "é", position: 2)
        catalogue.services["unserved"]?.meanMinutes = 0
        catalogue.services["unserved"]?.name.en = " "
        catalogue.services["unserved"]?.lifeEvents = ["moving"]
        catalogue.services["unserved"]?.checklist = Checklist(
            questions: [
                .init(id: "case", text: SmallCity.text("?"), options: [.init(id: "a", text: SmallCity.text("a"))])
            ],
            items: [
                ChecklistItem(
                    id: "x", name: SmallCity.text("x"), form: .copy, count: 0, when: ["case": ["b"], "cas": ["a"]])
            ])
        let found = messages(catalogue)
        for expected in [
            "services[2].letter: 'é' cannot start a ticket number; give one of A to Z",
            "services[2].meanMinutes: is 0.0; give the mean time at the window, more than 0 and at most 480 minutes",
            "services[2].name.en: a text is wanted in zh and en; this one is empty",
            "services[2].lifeEvents[0]: unknown life event 'moving'; there are none",
            "services[2].checklist.questions[0].options: has 1 of them; a question needs two or more",
            "services[2].checklist.items[0].count: is 0; give 1 to 99",
            "services[2].checklist.items[0].when.cas: unknown question 'cas'; did you mean 'case'?",
            "services[2].checklist.items[0].when.case[0]: unknown option 'b'; known are 'a'",
            "halls[0].hours.monday[1]: 11:00-13:00 overlaps 09:00-12:00; hours of a day must lie apart",
            "halls[0].windows[0].services[1]: service 'passport' is there twice; each may be given once",
            "halls[0].windows[0].services[2]: unknown service 'pasport'; did you mean 'passport'?",
            "halls[0].windows[1].id: window '1' is there twice; each may be given once",
            "halls[0].windows[1].services: is empty; name what the window serves",
            "halls[0].windows[2].id: 'a long one' is not a window number; use 1 to 6 letters and digits, such as 12 or A3",
            "halls[0].windows[2].services[0]: 'twin' and 'passport' both have the letter A in this hall; "
                + "give one of them another letter",
            "halls[0].offers.passport.places: is 0; give 1 to 10000 people a slot",
            "halls[0].offers.unserved: no window of this hall serves 'unserved'; add it to one, or drop the offer",
            "halls[0].offers.unserved.slotMinutes: is 300, longer than the hall is ever open without a break (210 minutes)",
            "halls[0].offers.passprt: unknown service 'passprt'; did you mean 'passport'?",
            "halls[0].latitude: is 91.0; give -90 to 90 degrees",
            "halls[0].latitude: stands alone; give latitude and longitude, or neither",
            "halls[0].horizonDays: is 400; give 0 to 365 days",
            "halls[0].bookingRules.holdMinutes: is 0; give 1 to 60 minutes",
            "halls[0].queueRules.overtakingBound: is 0; give 1 to 1000 times",
            "halls[0].shifts[0].days: is empty; name the days of the week",
            "halls[0].shifts[0].window: unknown window '9'; known are '1', 'a long one'",
            "halls[0].zones[1].windows[0]: window '1' has a zone already; people can wait in one only",
        ] {
            #expect(found.contains(expected), "missing: \(expected)")
        }
    }

    @Test func staffAndKiosks_areChecked() {
        let catalogue = SmallCity.catalogue { hall in
            hall.shifts = [
                Shift(staff: "lee", days: [.monday], hours: [.wholeDay]),
                Shift(staff: "wang", days: [.monday], hours: [.wholeDay]),
            ]
            hall.kiosks = [Kiosk(id: "a"), Kiosk(id: "b"), Kiosk(id: "c")]
        }
        let input = CatalogueInput(
            catalogue: catalogue,
            staff: [
                StaffInput(
                    staff: Staff(id: "li", name: "李", roles: [.init(hall: "hal", role: .clerk)], skills: ["pasport"]),
                    initialPassword: "short"),
                StaffInput(staff: Staff(id: "wang", name: "王", roles: []), initialPassword: "long-enough-password"),
            ],
            kiosks: [
                KioskInput(hall: "hall", id: "a", key: "sixteen-characters"),
                KioskInput(hall: "hall", id: "b", key: "sixteen-characters"),
            ])
        let found = input.validate().map { "\($0.path): \($0.message)" }
        #expect(
            found == [
                "staff[0].roles[0].hall: unknown hall 'hal'; did you mean 'hall'?",
                "staff[0].skills[0]: unknown service 'pasport'; did you mean 'passport'?",
                "staff[0].password: is too short or too long; give 12 characters or more, and 72 bytes at most",
                "staff[1].roles: is empty; give a hall and a role, or drop the person",
                "halls[0].shifts[0].staff: unknown member of staff 'lee'; known are 'li', 'wang'",
                "halls[0].shifts[1].staff: 'wang' has no role in the hall 'hall'; give the person one, or drop the shift",
                "halls[0].kiosks[1].key: another kiosk has the same key; each needs its own",
                "halls[0].kiosks[2].key: the kiosk has no key; give 16 visible ASCII characters or more",
            ])
    }

    @Test(arguments: [
        ("09:00-17:00", true), ("00:00-24:00", true), ("9:00-17:00", false), ("17:00-09:00", false),
        ("09:00-09:00", false),
        ("09:00-24:01", false), ("09:60-10:00", false), ("09:00", false), ("09:00-17:00 ", false), ("", false),
    ])
    func timeRange_isReadStrictly(text: String, isSound: Bool) {
        #expect((TimeRange(text) != nil) == isSound)
        if isSound { #expect(TimeRange(text)?.description == text) }
    }

    @Test(arguments: [
        ("pasport", "passport"), ("passprot", "passport"), ("id-crad", "id-card"), ("xyz", nil), ("", nil),
    ])
    func spelling_findsWhatWasMeant(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, among: ["passport", "id-card", "household"]) == expected)
    }
}
