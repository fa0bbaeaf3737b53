import Domain
import Foundation
import Testing

@testable import EventContracts

@Suite struct EventDataTests {
    @Test func samples_areOfEveryKind() {
        #expect(EventSamples.queue.map(\.0.kind) == QueueEvent.Kind.allCases)
        // Some kinds have members that only some events have, and so several samples.
        #expect(Set(EventSamples.booking.map(\.0.kind)) == Set(BookingEvent.Kind.allCases))
    }

    @Test(arguments: EventSamples.queue.indices)
    func queueEvent_isWrittenAsAlways_andReadsBack(index: Int) throws {
        let (event, type, data) = EventSamples.queue[index]
        #expect(event.typeName == "cn.onetrip.queue.\(type).v1")
        #expect(try event.encodeData() == data)
        #expect(try QueueEvent(typeName: event.typeName, data: data) == event)
        try expectSortedJSON(data)
    }

    @Test(arguments: EventSamples.queueWithMore.indices)
    func `Members that only some events have are written as always, and read back`(index: Int) throws {
        let (event, data) = EventSamples.queueWithMore[index]
        #expect(try event.encodeData() == data)
        #expect(try QueueEvent(typeName: event.typeName, data: data) == event)
        try expectSortedJSON(data)
    }

    @Test(arguments: [
        (#""goesOn":1"#, "goesOn"), (#""outcome":"fine""#, "outcome"), (#""outcome":null"#, "outcome"),
    ])
    func `A wrong value of a member that may be missing is named`(member: String, name: String) {
        let data =
            #"{"due":"2026-11-23T01:20:00Z","service":"permit","staff":"s","ticket":"t","window":"3",\#(member)}"#
        #expect {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-transferred.v1", data: data)
        } throws: { error in
            guard case .invalid(name, _)? = error as? ContractError else { return false }
            return true
        }
    }

    @Test(arguments: [
        (#"{}"#, "itinerary"), (#"[7]"#, "itinerary"), (#"[{"after":["x"],"service":7}]"#, "itinerary[0].service"),
        (#"[{"after":"x","service":"y"}]"#, "itinerary[0].after"),
    ])
    func `A wrong itinerary is named by path`(itinerary: String, name: String) {
        let data =
            #"{"channel":"kiosk","due":"2026-11-23T01:30:00Z","follow":"ef","itinerary":\#(itinerary),"#
            + #""kind":"walkIn","number":"A012","service":"passport","ticket":"t-1"}"#
        #expect {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-issued.v1", data: data)
        } throws: { error in
            guard case .invalid(name, _)? = error as? ContractError else { return false }
            return true
        }
    }

    @Test(arguments: EventSamples.booking.indices)
    func bookingEvent_isWrittenAsAlways_andReadsBack(index: Int) throws {
        let (event, type, data) = EventSamples.booking[index]
        #expect(event.typeName == "cn.onetrip.booking.\(type).v1")
        #expect(try event.encodeData() == data)
        #expect(try BookingEvent(typeName: event.typeName, data: data) == event)
        try expectSortedJSON(data)
    }

    /// Foundation's own writer with sorted keys makes the same text.
    private func expectSortedJSON(_ data: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(data.utf8))
        let sorted = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        #expect(String(decoding: sorted, as: UTF8.self) == data)
    }

    @Test(arguments: EventSamples.queue.indices)
    func missingMember_isNamed(index: Int) throws {
        let (event, _, data) = EventSamples.queue[index]
        let members = try #require(try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any])
        for name in members.keys {
            var fewer = members
            fewer[name] = nil
            let text = String(decoding: try JSONSerialization.data(withJSONObject: fewer), as: UTF8.self)
            #expect(throws: ContractError.missing(name)) { try QueueEvent(typeName: event.typeName, data: text) }
            fewer[name] = NSNull()
            let null = String(decoding: try JSONSerialization.data(withJSONObject: fewer), as: UTF8.self)
            #expect {
                try QueueEvent(typeName: event.typeName, data: null)
            } throws: { error in
                guard case .invalid(name, _)? = error as? ContractError else { return false }
                return true
            }
        }
    }

    @Test(arguments: EventSamples.queue.indices)
    func truncatedData_isMalformed(index: Int) {
        let (event, _, data) = EventSamples.queue[index]
        for length in 0..<data.count {
            #expect {
                try QueueEvent(typeName: event.typeName, data: String(data.prefix(length)))
            } throws: { error in
                guard case .malformed? = error as? ContractError else { return false }
                return true
            }
        }
    }

    @Test(arguments: [
        "cn.onetrip.queue.ticket-called.v2", "cn.onetrip.queue.", "", "cn.onetrip.booking.appointment-booked.v1",
        "ticket-called",
    ])
    func otherType_isUnknown(type: String) {
        #expect(throws: ContractError.unknownType(type)) { try QueueEvent(typeName: type, data: "not even JSON") }
    }

    @Test func queueType_isUnknownToBooking() {
        #expect(throws: ContractError.unknownType("cn.onetrip.queue.ticket-called.v1")) {
            try BookingEvent(typeName: "cn.onetrip.queue.ticket-called.v1", data: "{}")
        }
    }

    @Test func memberOfNewerWriter_isSkipped() throws {
        let event = try QueueEvent(
            typeName: "cn.onetrip.queue.ticket-left.v1",
            data: #"{ "ticket": "t", "extra": [1.5, {"a": null}], "cause": "person" }"#)
        #expect(event == .ticketLeft(TicketLeft(ticket: "t", cause: .person)))
    }

    @Test(arguments: [
        (#"{"cause":"boredom","ticket":"t"}"#, "cause"), (#"{"cause":"person","ticket":""}"#, "ticket"),
        (#"{"cause":"person","ticket":7}"#, "ticket"), (#"{"cause":["person"],"ticket":"t"}"#, "cause"), ("[]", "data"),
        (#""text""#, "data"),
    ])
    func wrongValue_isNamed(data: String, name: String) {
        #expect {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-left.v1", data: data)
        } throws: { error in
            guard case .invalid(name, _)? = error as? ContractError else { return false }
            return true
        }
    }

    @Test func wrongNestedValue_isNamedByPath() {
        let data =
            #"{"number":"A1","overtook":[],"reason":{"candidates":-1,"due":"2026-11-23T01:20:00Z","rule":"due","#
            + #""waitedSeconds":0},"staff":"s","ticket":"t","window":"1"}"#
        #expect(throws: ContractError.invalid("reason.candidates", expected: "a whole number of at least 0")) {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-called.v1", data: data)
        }
    }

    @Test func oversizedData_isNotWritten() {
        let passed = (0..<8000).map { TicketID("00000000-0000-4000-8000-\($0 + 100_000_000_000)") }
        let event = QueueEvent.ticketCalled(
            TicketCalled(
                ticket: "t", number: "A1", window: "1", staff: "s",
                reason: RoutingReason(rule: .due, due: EventSamples.due, waitedSeconds: 0, candidates: 0),
                overtook: passed))
        #expect {
            try event.encodeData()
        } throws: { error in
            guard case .tooLarge? = error as? ContractError else { return false }
            return true
        }
    }
}

/// What people were told is not in older events.
@Suite struct QuotedWaitTests {
    private let data =
        #"{"channel":"kiosk","due":"2026-11-23T01:30:00.250Z","follow":"ef","kind":"walkIn","number":"A012","#
        + #""promisedBy":"2026-11-23T01:20:00Z","quoted":{"expected":600,"high":900,"low":300,"#
        + #""ninety":{"high":1200,"low":120}},"#
        + #""service":"passport","ticket":"t-1"}"#

    @Test func `A number with the wait that was told is written as always, and reads back`() throws {
        let event = QueueEvent.ticketIssued(
            TicketIssued(
                ticket: "t-1", number: "A012", service: "passport", kind: .walkIn, channel: .kiosk, follow: "ef",
                due: EventSamples.time, promisedBy: EventSamples.due,
                quoted: QuotedWait(low: 300, expected: 600, high: 900, ninety: 120...1200)))
        #expect(try event.encodeData() == data)
        #expect(try QueueEvent(typeName: event.typeName, data: data) == event)
        let checkIn = QueueEvent.ticketCheckedIn(
            TicketCheckedIn(
                ticket: "t-1", number: "A012", channel: .kiosk, kind: .appointment, due: EventSamples.due,
                quoted: QuotedWait(low: 0, expected: 60, high: 90)))
        #expect(try QueueEvent(typeName: checkIn.typeName, data: checkIn.encodeData()) == checkIn)
    }

    @Test func `A wrong wait is named by its path`() {
        let wrong = data.replacing("300", with: "-1")
        #expect(throws: ContractError.invalid("quoted.low", expected: "a whole number of at least 0")) {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-issued.v1", data: wrong)
        }
        let turned = data.replacing("1200", with: "60")
        #expect(throws: ContractError.invalid("quoted.ninety.high", expected: "a whole number of at least 120")) {
            try QueueEvent(typeName: "cn.onetrip.queue.ticket-issued.v1", data: turned)
        }
    }
}

/// What a hall has learned travels with the event that opens a day.
@Suite struct LearnedHistoryTests {
    private func text(_ history: String) -> String { #"{"date":"2026-11-23","history":\#(history)}"# }

    @Test func `A history reads back as it was written, and its text is the same each time`() throws {
        var queue = HallQueue()
        let configuration = HallConfiguration(
            hall: "centre", timeZone: "Asia/Shanghai",
            services: ["passport": QueuedService(letter: "A", meanMinutes: 8)], windows: ["1": ["passport"]])
        let policy = DueTimePolicy()
        var now = EventSamples.time
        func perform(_ command: QueueCommand) throws -> [QueueEvent] {
            let events = try queue.decide(command, at: now, in: configuration, by: policy)
            for event in events { queue.apply(event, at: now, position: queue.position + 1) }
            return events
        }
        _ = try perform(.openWindow("1", "li", skills: nil))
        for number in 0..<20 {
            _ = try perform(.issue(TicketID("t\(number)"), "passport", .walkIn, .kiosk, follow: "f\(number)"))
            _ = try perform(.callNext("1", "li"))
            _ = try perform(.startServing("1", "li"))
            now = now.advanced(seconds: Int64(300 + number * 17))
            _ = try perform(.finish("1", "li", .completed))
        }
        now = now.advanced(minutes: 24 * 60)
        let opened = try #require(try perform(.openDay).last)
        guard case .dayOpened(let day) = opened, let history = day.history else {
            Issue.record("nothing was learned")
            return
        }
        #expect(history.days == 1)
        let data = try opened.encodeData()
        #expect(try opened.encodeData() == data)
        #expect(try QueueEvent(typeName: opened.typeName, data: data) == opened)
    }

    @Test(arguments: ["7", "null", #""""#, #""{""#, #""{}""#, #""[]""#, #""{\"days\":-1}""#])
    func `A history that is none is named`(history: String) {
        #expect {
            try QueueEvent(typeName: "cn.onetrip.queue.day-opened.v1", data: text(history))
        } throws: { error in
            guard case .invalid("history", _)? = error as? ContractError else { return false }
            return true
        }
    }
}
