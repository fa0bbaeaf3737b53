import Domain
import NotificationService
import Testing
import Web

@Suite struct DeliveryRuleTests {
    private static let now = Timestamp(rfc3339: "2026-11-24T01:00:00Z")!
    private static let later = now.advanced(minutes: 600)

    @Test(arguments: [(1, 250, 500), (2, 500, 1000), (4, 2000, 4000), (9, 60_000, 120_000), (15, 60_000, 120_000)])
    func retry_backsOff_withJitter(attempts: Int, least: Int64, most: Int64) {
        let rule = RetryRule()
        for jitter in [0, 0.3, 1] {
            guard
                case .retry(let next) = rule.decide(
                    attempts: attempts, expires: Self.later, now: Self.now, jitter: jitter)
            else {
                Issue.record("gave up at attempt \(attempts)")
                continue
            }
            let delay = next.milliseconds - Self.now.milliseconds
            #expect((least...most).contains(delay))
        }
    }

    @Test func retry_givesUp_afterTheLastAttempt_andWhenItWouldComeTooLate() {
        let rule = RetryRule(attemptLimit: 3)
        #expect(rule.decide(attempts: 3, expires: Self.later, now: Self.now, jitter: 0) == .giveUp(.tooManyAttempts))
        let soon = Timestamp(milliseconds: Self.now.milliseconds + 100)
        #expect(rule.decide(attempts: 1, expires: soon, now: Self.now, jitter: 1) == .giveUp(.expired))
    }

    @Test func message_expires_whenItWouldMislead() {
        func expiry(_ template: MessageTemplate, _ parameters: [String: String] = [:]) -> Timestamp {
            let message = PlannedMessage(template: template, subject: .ticket("t"), parameters: parameters)
            return MessageLifetime.expiry(of: message, at: Self.now)
        }
        #expect(expiry(.called) == Self.now.advanced(minutes: 10))
        #expect(
            expiry(.verificationCode, ["expires": Self.now.advanced(minutes: 5).rfc3339()])
                == Self.now.advanced(minutes: 5))
        // Not after the appointment.
        #expect(expiry(.appointmentConfirmed, ["slot": Self.later.rfc3339()]) == Self.later)
        #expect(
            expiry(.missed, ["returnableUntil": Self.now.advanced(minutes: 30).rfc3339()])
                == Self.now.advanced(minutes: 30))
    }

    @Test(arguments: Language.allCases, MessageTemplate.allCases)
    func text_isComplete(language: Language, template: MessageTemplate) throws {
        let text = try write(template, language)
        #expect(!text.contains("{"))
        #expect(!text.contains("message."))
    }

    @Test func text_readsAsItShould() throws {
        #expect(
            try write(.verificationCode, .zhHans) == "【最多跑一次】验证码 123456，5 分钟内有效。请勿告诉他人。")
        #expect(
            try write(.called, .en) == "[OneTrip] A012: please go to window 3, North Hall.")
        #expect(
            try write(.appointmentConfirmed, .en)
                == "[OneTrip] Booked: Passport, North Hall, Tue 24 Nov 2026, 09:30. Reference OT-1. "
                + "Please check in at the hall before then. Papers to bring and changes: http://x/a/1")
        #expect(
            try write(.appointmentConfirmed, .zhHans)
                == "【最多跑一次】预约成功：护照，城北大厅，11月24日（周二）09:30。预约号 OT-1。请提前到场签到。材料清单和改约：http://x/a/1")
    }

    @Test func `Who loses a place is told which, what is kept instead, and where to go on`() throws {
        #expect(
            try write(.appointmentMoved, .zhHans)
                == "【最多跑一次】您原定 11月24日（周二）08:30 在城北大厅的预约，因大厅届时关闭不能办理。已为您改到：11月24日（周二）09:30，"
                + "城北大厅，护照。预约号 OT-1。接受、改约或取消：http://x/a/1")
        let closed = try write(.appointmentClosedWaitlist, .en)
        #expect(closed.contains("North Hall is closed") && closed.contains("http://x/services/1/waitlist"))
        #expect(try write(.appointmentClosed, .en).hasSuffix("Book again: http://x/services/1"))
    }

    private func write(_ template: MessageTemplate, _ language: Language) throws -> String {
        let localisation = try Localisation(bundles: [NotificationResources.bundle])
        let slot = Timestamp(rfc3339: "2026-11-24T01:30:00Z")!
        let parameters: [String: String] =
            switch template {
            case .verificationCode: ["expires": Self.now.advanced(minutes: 5).rfc3339()]
            case .appointmentConfirmed, .appointmentRescheduled:
                [
                    "hall": "north", "service": "passport", "slot": slot.rfc3339(), "slotEnd": slot.rfc3339(),
                    "sequence": "0",
                ]
            case .appointmentMoved:
                [
                    "hall": "north", "service": "passport", "slot": slot.rfc3339(), "slotEnd": slot.rfc3339(),
                    "sequence": "1", "previousHall": "north", "previousSlot": slot.advanced(minutes: -60).rfc3339(),
                ]
            case .appointmentCancelled: ["hall": "north", "cause": "person"]
            case .appointmentClosed, .appointmentClosedWaitlist: ["hall": "north", "cause": "closure"]
            case .ballotLost: ["service": "passport"]
            case .checkedIn: ["hall": "north", "number": "A012"]
            case .called: ["hall": "north", "number": "A012", "window": "3"]
            case .waitlistOffered:
                [
                    "hall": "north", "service": "passport", "slot": slot.rfc3339(),
                    "expires": Self.now.advanced(minutes: 30).rfc3339(), "sequence": "1",
                ]
            case .missed: ["hall": "north", "window": "3", "returnableUntil": slot.rfc3339()]
            }
        let contact = Contact(
            phone: "+8613812345678", language: language,
            parameters: [
                "code": "123456", "minutes": "10", "reference": "OT-1", "link": "http://x/a/1", "service": "old",
                "time": "old", "bookLink": "http://x/services/1", "waitlistLink": "http://x/services/1/waitlist",
            ])
        let directory = CityDirectory(
            halls: [
                .init(
                    id: "north", name: .init(zh: "城北大厅", en: "North Hall"), address: .init(zh: "路", en: "Road"),
                    configuration: LiveHall.configuration)
            ], serviceNames: ["passport": .init(zh: "护照", en: "Passport")], serviceOrder: ["passport"])
        let message = DueMessage(
            id: 1, template: template.rawValue, subject: "s", parameters: parameters, attempts: 0, expires: Self.later)
        return MessageText(localisation: localisation).write(message, to: contact, directory: directory, now: Self.now)
    }
}
