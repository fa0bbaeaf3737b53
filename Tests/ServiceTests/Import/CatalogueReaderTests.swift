import Domain
import Foundation
import OperatorTool
import Testing

@Suite struct CatalogueReaderTests {
    /// A sound file; its lines are the ones that the cases below change.
    private static let sound = """
        name: {zh: 市, en: City}
        holidays:
          - {from: 2026-10-01, to: 2026-10-07, name: {zh: 国庆节, en: National Day}}
        services:
          - id: passport
            name: {zh: 护照, en: Passport}
            summary: {zh: 办护照, en: For travel}
            letter: N
            meanMinutes: 12
            checklist:
              questions:
                - id: case
                  text: {zh: 哪种, en: Which}
                  options: [{id: first, text: {zh: 首次, en: First}}, {id: lost, text: {zh: 丢失, en: Lost}}]
              items:
                - {id: card, name: {zh: 身份证, en: Card}, form: originalAndCopy, count: 2, when: {case: first}}
        halls:
          - id: hall
            name: {zh: 厅, en: Hall}
            address: {zh: 路, en: Road}
            timeZone: Asia/Shanghai
            hours:
              weekdays: ["09:00-12:00", "13:00-17:00"]
              sunday: []
            exceptions:
              2026-12-31: {hours: "09:00-12:00", reason: {zh: 早关, en: Early}}
            windows:
              - {id: 1, services: [passport]}
            offers:
              passport: {slotMinutes: 15, places: 2}
            kiosks: [{id: door, key: demo-kiosk-key-1}]
            shifts:
              - {staff: li, days: [weekdays], hours: "09:00-12:00", window: 1}
        staff:
          - {id: li, name: 李, password: twelve-characters, roles: [{hall: hall, role: clerk}]}
        """

    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try CatalogueReader.read(yaml: yaml, file: "c")
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func `A service may come after others`() throws {
        let permit = """
              - {id: permit, name: {zh: 证, en: Permit}, summary: {zh: 证, en: Permit}, letter: P, meanMinutes: 5,
                 after: [passport], checklist: {items: []}}
            halls:
            """
        let yaml = Self.sound.replacing("halls:\n", with: permit + "\n", maxReplacements: 1)
        let catalogue = try CatalogueReader.read(yaml: yaml, file: "c").catalogue
        #expect(catalogue.services["permit"]?.after == ["passport"])
        #expect(catalogue.services["passport"]?.after == [])
        let wrong = problems(yaml.replacing("after: [passport]", with: "after: [pasport]"))
        #expect(wrong.count == 1)
        #expect(
            wrong.first?.hasSuffix("services[1].after[0]: unknown service 'pasport'; did you mean 'passport'?") == true)
    }

    @Test func `A service may have a waitlist, and keep places closed that were given up`() throws {
        func read(_ lines: String) throws -> Service? {
            let yaml = Self.sound.replacing("letter: N", with: "letter: N\n    " + lines)
            return try CatalogueReader.read(yaml: yaml, file: "c").catalogue.services["passport"]
        }
        #expect(try read("keywords: []")?.waitlist == nil)
        #expect(try read("waitlist: {}")?.waitlist == WaitlistRule())
        let service = try read("waitlist: {offerMinutes: 45, maxDays: 7}\n    returnDelayMinutes: 20")
        #expect(service?.waitlist == WaitlistRule(offerMinutes: 45, maxDays: 7) && service?.returnDelayMinutes == 20)
        let wrong = Self.sound.replacing("letter: N", with: "letter: N\n    waitlist: {offerMinute: 45}")
        #expect(problems(wrong).contains { $0.contains("did you mean 'offerMinutes'?") })
    }

    @Test func `A service may ask for the person's document`() throws {
        func read(_ lines: String) throws -> IdentityRule? {
            let yaml = Self.sound.replacing("letter: N", with: "letter: N\n    " + lines)
            return try CatalogueReader.read(yaml: yaml, file: "c").catalogue.services["passport"]?.identity
        }
        func told(_ lines: String) -> [String] {
            problems(Self.sound.replacing("letter: N", with: "letter: N\n    " + lines))
        }
        #expect(try read("keywords: []") == .notAsked)
        #expect(try read("identity: none") == .notAsked)
        #expect(try read("identity: optional") == IdentityRule(.optional))
        #expect(
            try read("identity: required\n    identityDocuments: [residentCard, passport]")
                == IdentityRule(.required, documents: [.residentCard, .passport]))
        #expect(
            told("identity: requird") == [
                "c:9:15: services[0].identity: 'requird' is none of none, optional, required; did you mean 'required'?"
            ])
        #expect(
            told("identity: required\n    identityDocuments: [residentcard]").contains {
                $0.contains("did you mean 'residentCard'?")
            })
        #expect(
            told("identityDocuments: [passport]") == [
                "c:9:24: services[0].identityDocuments: names documents, but none is asked for; "
                    + "set identity to optional or required, or drop them"
            ])
        #expect(
            told("identity: required\n    identityDocuments: [passport, passport]").first?.hasSuffix(
                "services[0].identityDocuments[1]: document 'passport' is there twice; each may be given once") == true)
        #expect(
            told("identity: optional\n    identityDocuments: []").first?.contains("is empty, so nobody could book")
                == true)
    }

    @Test func `A service may limit how often one person books it`() throws {
        func with(_ lines: String) -> String { Self.sound.replacing("letter: N", with: "letter: N\n    " + lines) }
        func read(_ lines: String) throws -> PersonLimits? {
            try CatalogueReader.read(yaml: with(lines), file: "c").catalogue.services["passport"]?.limits
        }
        #expect(try read("keywords: []") == PersonLimits.none)
        #expect(try read("limits: {perMonth: 6}") == PersonLimits(perMonth: 6))
        #expect(
            try read(
                "limits: {perWeek: 2, perMonth: 6, noShows: {count: 2, withinDays: 90, blockDays: 30, forgiven: 0}}")
                == PersonLimits(
                    perWeek: 2, perMonth: 6, noShows: NoShowRule(count: 2, withinDays: 90, blockDays: 30, forgiven: 0)))
        #expect(
            try read("limits: {noShows: {count: 2, withinDays: 90, blockDays: 30}}")?.noShows?.forgiven == 1)
        #expect(problems(with("limits: {perWeak: 2}")).first?.contains("did you mean 'perWeek'?") == true)
        #expect(problems(with("limits: {perWeek: 0}")).first?.contains("services[0].limits.perWeek") == true)
        #expect(
            problems(with("limits: {perWeek: 3, perMonth: 2}")).first?.contains("less than the 3 of a week") == true)
        #expect(problems(with("limits: {noShows: {count: 2}}")).count == 2)
    }

    @Test func `A city may set how often requests are repeated`() throws {
        func read(_ lines: String) throws -> RequestLimits {
            try CatalogueReader.read(yaml: Self.sound + "\n" + lines, file: "c").catalogue.requestLimits
        }
        #expect(try read("") == .usual)
        var limits = RequestLimits.usual
        limits.holds.device = RequestRate(burst: 30, perMinute: 5)
        limits.codes.address = nil
        #expect(
            try read("requestLimits: {holds: {device: {burst: 30, perMinute: 5}}, codes: {address: none}}") == limits)
        #expect(
            problems(Self.sound + "\nrequestLimits: {holds: {device: {burst: 2, perMinute: 5}}}").first?.contains(
                "requestLimits.holds.device.burst") == true)
    }

    @Test func `A service may say when its places open`() throws {
        func yaml(_ release: String) -> String {
            Self.sound.replacing("letter: N", with: "letter: N\n    release: " + release)
                .replacing("timeZone: Asia/Shanghai", with: "timeZone: Asia/Shanghai\n    horizonDays: 90")
        }
        func read(_ release: String) throws -> ReleaseRule? {
            try CatalogueReader.read(yaml: yaml(release), file: "c").catalogue.services["passport"]?.release
        }
        #expect(try read("{at: \"09:00\", daysAhead: 14}") == ReleaseRule(.daily(daysAhead: 14), minute: 540))
        #expect(
            try read("{at: \"20:30\", weekly: monday, jitterMinutes: 20}")
                == ReleaseRule(.weekly(on: .monday), minute: 1230, jitterMinutes: 20))
        #expect(
            try read("{at: 09:00, monthly: 25, ballot: {entryDays: 7, closesHoursBefore: 24, preferences: 3}}")
                == ReleaseRule(
                    .monthly(day: 25), minute: 540,
                    ballot: BallotRule(entryDays: 7, closesHoursBefore: 24, preferences: 3)))
        func told(_ release: String, _ text: String) {
            let problems = problems(yaml(release))
            #expect(problems.contains { $0.contains(text) }, "\(problems)")
        }
        told("{at: noon, daysAhead: 14}", "is no time of the day")
        told("{at: \"09:00\"}", "needs one of daysAhead")
        told("{at: \"09:00\", daysAhead: 14, weekly: monday}", "needs one of daysAhead")
        told("{at: \"09:00\", weekly: moday}", "did you mean 'monday'?")
        told("{at: \"09:00\", daysAhead: 90}", "raise it, or open the places later")
        told("{daysAhead: 14}", "'at' is missing")
    }

    @Test func soundFile_isRead() throws {
        let input = try CatalogueReader.read(yaml: Self.sound, file: "c")
        let catalogue = input.catalogue
        let service = try #require(catalogue.services["passport"])
        #expect(service.letter == "N", "not the truth value that YAML 1.1 sees in it")
        #expect(service.pinyin == ["hu zhao"])
        #expect(service.checklist.items[0].when == ["case": ["first"]])
        let hall = try #require(catalogue.halls["hall"])
        #expect(hall.hours[.friday]?.map(\.description) == ["09:00-12:00", "13:00-17:00"])
        #expect(hall.hours[.sunday] == [])
        #expect(hall.hours[.saturday] == nil)
        #expect(hall.exceptions.keys.map(\.description) == ["2026-12-31"])
        #expect(hall.shifts[0].days.count == 5)
        #expect(catalogue.holidays.count == 7)
        #expect(input.staff.map(\.initialPassword) == ["twelve-characters"])
        #expect(input.kiosks == [KioskInput(hall: "hall", id: "door", key: "demo-kiosk-key-1")])
    }

    @Test(arguments: [
        // What is written, what is written instead, and what is said about it.
        (
            "services: [passport]}", "services: [pasport, passport]}",
            "c:28:28: halls[0].windows[0].services[0]: unknown service 'pasport'; did you mean 'passport'?"
        ),
        ("letter: N", "leter: N", "c:8:5: services[0].leter: unknown key 'leter'; did you mean 'letter'?"),
        ("letter: N", "leter: N", "c:5:5: services[0].letter: 'letter' is missing; it must be given"),
        (
            "meanMinutes: 12", "meanMinutes: soon",
            "c:9:18: services[0].meanMinutes: a number is wanted here, not 'soon'"
        ),
        (
            "form: originalAndCopy", "form: orignal",
            "c:16:55: services[0].checklist.items[0].form: 'orignal' is none of original, copy, originalAndCopy, online; "
                + "did you mean 'original'?"
        ),
        ("count: 2", "count: -1", "c:16:79: services[0].checklist.items[0].count: is -1; give 1 to 99"),
        ("{zh: 护照, en: Passport}", "{zh: 护照}", "c:6:11: services[0].name.en: 'en' is missing; it must be given"),
        ("{zh: 护照, en: Passport}", "护照", "c:6:11: services[0].name: a mapping (key: value) is wanted here, not '护照'"),
        (
            "en: For travel}", "en: For travel, and more}",
            "c:7:40: services[0].summary.and more: unknown key 'and more'; a text with a comma in it must stand in quotes"
        ),
        (
            "\"13:00-17:00\"", "\"11:00-17:00\"",
            "c:23:33: halls[0].hours.weekdays[1]: 11:00-17:00 overlaps 09:00-12:00; hours of a day must lie apart"
        ),
        ("sunday: []", "monday: []", "c:24:7: halls[0].hours.monday: monday has hours already; give them once"),
        ("sunday: []", "sonday: []", "c:24:7: halls[0].hours.sonday: unknown day 'sonday'; did you mean 'monday'?"),
        (
            "\"09:00-12:00\", window", "\"9-12\", window",
            "c:33:46: halls[0].shifts[0].hours: '9-12' is not hours as \"HH:MM-HH:MM\", from 00:00 to 24:00, "
                + "beginning before they end"
        ),
        (
            "2026-12-31:", "2026-02-31:",
            "c:26:7: halls[0].exceptions.2026-02-31: '2026-02-31' is not a date as YYYY-MM-DD"
        ),
        (
            "to: 2026-10-07", "to: 2026-09-07",
            "c:3:28: holidays[0].to: 2026-09-07 is before 2026-10-01, or more than 60 days later; "
                + "give the last day of the holiday"
        ),
        (
            "timeZone: Asia/Shanghai", "timeZone: CST",
            "c:21:15: halls[0].timeZone: unknown time zone 'CST'; give an IANA name such as Asia/Shanghai"
        ),
        ("places: 2", "places: 0", "c:30:43: halls[0].offers.passport.places: is 0; give 1 to 10000 people a slot"),
        ("role: clerk", "role: boss", "c:35:79: staff[0].roles[0].role: 'boss' is none of clerk, reception, operator"),
        (
            "{staff: li,", "{staff: lu,",
            "c:33:17: halls[0].shifts[0].staff: unknown member of staff 'lu'; did you mean 'li'?"
        ),
        (
            "password: twelve-characters", "password: ~",
            "c:35:5: staff[0].password: 'password' is missing; it must be given"
        ),
        (
            "windows:\n", "windows: []\n    unknown:\n",
            "c:27:14: halls[0].windows: the hall has no window; list one or more"
        ),
    ])
    func problem_isReportedWithPlaceAndRemedy(written: String, instead: String, expected: String) throws {
        let place = try #require(Self.sound.range(of: written))
        let found = problems(Self.sound.replacingCharacters(in: place, with: instead))
        #expect(found.contains(expected), "found: \(found)")
    }

    @Test func allProblems_areReportedAtOnce_inTheOrderOfTheFile() {
        let yaml = Self.sound.replacing("letter: N", with: "letter: nn").replacing("Asia/Shanghai", with: "Nowhere")
            .replacing("places: 2", with: "places: x").replacing("hall: hall, role", with: "hall: hal, role")
        let found = problems(yaml)
        #expect(
            found.map { String($0.split(separator: " ")[1]) } == [
                "services[0].letter:", "halls[0].timeZone:", "halls[0].offers.passport.places:",
                "halls[0].shifts[0].staff:",
                "staff[0].roles[0].hall:",
            ])
    }

    @Test func secondServiceOfTheSameName_isRefused() {
        let yaml = Self.sound.replacing(
            "halls:\n",
            with: """
                  - {id: passport, name: {zh: 二, en: Two}, summary: {zh: 二, en: Two}, letter: B, meanMinutes: 1, checklist: {items: []}}
                halls:

                """)
        #expect(
            problems(yaml) == [
                "c:17:10: services[1].id: service 'passport' is there twice, first on line 5; give it another id"
            ])
    }

    @Test(arguments: [
        ("", "c:1:1: the file must hold a mapping with name, services and halls"),
        ("- 1", nil),
        ("name: {", "c:2:1: this is not YAML: did not find expected node content (while parsing a flow node)"),
        ("a: 1\na: 2", "c:1:1: the mapping that begins here has 'a' twice; each key may be given once"),
        ("a: *nowhere", nil), ("a: 1\n--- \nb: 2", nil), ("\u{7}", nil), ("a:\n\t- b", nil),
    ])
    func textThatIsNoCity_isRefused(yaml: String, expected: String?) {
        let found = problems(yaml)
        #expect(!found.isEmpty)
        if let expected { #expect(found == [expected]) }
    }

    @Test func deepOrHugeText_isRefusedWithoutTrouble() {
        #expect(!problems(String(repeating: "[", count: 100_000)).isEmpty)
        #expect(!problems("name: " + String(repeating: "市", count: 1_000_000)).isEmpty)
        let laughs = (1...12).map {
            "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]"
        }
        #expect(!problems("a0: &a0 [x]\n" + laughs.joined(separator: "\n")).isEmpty)
    }
}
