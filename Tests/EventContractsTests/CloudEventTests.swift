import Domain
import Foundation
import Testing

@testable import EventContracts

@Suite struct CloudEventTests {
    static let event = CloudEvent(
        id: "onetrip:{centre}:queue/42", source: "/queuing", type: "cn.onetrip.queue.ticket-left.v1", subject: "t-1",
        time: EventSamples.time, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data: #"{"cause":"person","ticket":"t-1"}"#)

    static let golden =
        #"{"data":{"cause":"person","ticket":"t-1"},"datacontenttype":"application/json","#
        + #""id":"onetrip:{centre}:queue/42","source":"/queuing","specversion":"1.0","subject":"t-1","#
        + #""time":"2026-11-23T01:30:00.250Z","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","#
        + #""type":"cn.onetrip.queue.ticket-left.v1"}"#

    @Test func json_isAsAlways_andReadsBack() throws {
        #expect(Self.event.json() == Self.golden)
        #expect(try CloudEvent(json: Self.golden) == Self.event)
        #expect(Self.event.stream == "onetrip:{centre}:queue")
        #expect(Self.event.position == 42)
    }

    @Test func optionalAttributes_areLeftOut() throws {
        var event = Self.event
        event.subject = nil
        event.traceparent = nil
        #expect(!event.json().contains("subject") && !event.json().contains("traceparent"))
        #expect(try CloudEvent(json: event.json()) == event)
    }

    @Test func data_isKeptToTheByte() throws {
        let data = "{ \"ticket\" : \"\\u0074\", \"n\":1.50 , \"x\":[ true,null ] }"
        let text = Self.golden.replacingOccurrences(of: Self.event.data, with: data)
        #expect(try CloudEvent(json: text).data == data)
    }

    @Test func extensionsAndSpace_areAccepted() throws {
        let text = "\n { \"vendor\": 7 , " + Self.golden.dropFirst() + " \r\n\t"
        #expect(try CloudEvent(json: text) == Self.event)
    }

    @Test(arguments: ["引号\"与\\斜线/", "tab\tline\nreturn\r\u{1}\u{1f}\u{7f}", "👨‍👩‍👧 é e\u{301}\u{2028}", ""])
    func anyText_survives(text: String) throws {
        var event = Self.event
        event.subject = text
        let json = event.json()
        #expect(try CloudEvent(json: json).subject == text)
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(parsed?["subject"] as? String == text)
    }

    @Test func escapes_areRead() throws {
        let text = Self.golden.replacingOccurrences(
            of: #""subject":"t-1""#, with: #""subject":"\u4e2d\ud83d\ude00\b\f\n\r\t\/\\\"""#)
        #expect(try CloudEvent(json: text).subject == "中😀\u{8}\u{c}\n\r\t/\\\"")
    }

    @Test func everyTruncation_isMalformed() {
        for length in 0..<Self.golden.count {
            #expect {
                try CloudEvent(json: String(Self.golden.prefix(length)))
            } throws: { error in
                guard case .malformed? = error as? ContractError else { return false }
                return true
            }
        }
    }

    /// Any single wrong byte either gives an error or another event; it never stops the program.
    @Test func anyChangedByte_isSurvived() {
        var bytes = Array(Self.golden.utf8)
        for index in bytes.indices {
            let original = bytes[index]
            for wrong in [0, 9, 34, 44, 48, 58, 92, 91, 123, 125, 127, 45, 101] as [UInt8] {
                bytes[index] = wrong
                let text = String(decoding: bytes, as: UTF8.self)
                if let event = try? CloudEvent(json: text) { #expect((try? CloudEvent(json: event.json())) == event) }
            }
            bytes[index] = original
        }
    }

    @Test(arguments: ["0.3", "1.1", "2.0", ""])
    func otherSpecVersion_isRefused(version: String) {
        let text = Self.golden.replacingOccurrences(of: #""specversion":"1.0""#, with: #""specversion":"\#(version)""#)
        #expect(throws: ContractError.specVersion(version)) { try CloudEvent(json: text) }
    }

    @Test(arguments: ["id", "source", "type", "time", "specversion", "data"])
    func missingAttribute_isNamed(name: String) {
        let text = Self.golden.replacingOccurrences(of: "\"\(name)\":", with: "\"x\(name)\":")
        #expect(throws: ContractError.missing(name)) { try CloudEvent(json: text) }
    }

    @Test(arguments: [
        (#""id":"onetrip:{centre}:queue/42""#, #""id":"""#),
        (#""time":"2026-11-23T01:30:00.250Z""#, #""time":"yesterday""#),
        (#""time":"2026-11-23T01:30:00.250Z""#, #""time":0"#), (#""subject":"t-1""#, #""subject":null"#),
        (#""subject":"t-1""#, #""source":"again""#), (#""application/json""#, #""text/xml""#),
        (#""subject":"t-1""#, #""data":{}"#),
    ])
    func wrongAttribute_isInvalid(part: String, wrong: String) {
        #expect {
            try CloudEvent(json: Self.golden.replacingOccurrences(of: part, with: wrong))
        } throws: { error in
            guard case .invalid? = error as? ContractError else { return false }
            return true
        }
    }

    @Test(arguments: [
        "", "null", "[]", "42", "\"text\"", "{", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":01}", "{\"a\":-}", "{\"a\":1.}",
        "{\"a\":1e}", "{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\udc00\"}", "{\"a\":\"\n\"}", "{\"a\":[1,]}", "{\"a\":1,}", "{a:1}", "{'a':1}",
        "{\"data\":\"text\"}",
        "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":" + String(repeating: "[", count: 100_000),
        "{\"a\":\"\\u12", "\u{feff}{}",
    ])
    func hostileText_isMalformed(text: String) {
        #expect {
            try CloudEvent(json: text)
        } throws: { error in
            guard case .malformed? = error as? ContractError else { return false }
            return true
        }
    }

    @Test func hugeText_isRefusedUnread() {
        let text = String(repeating: "x", count: CloudEvent.sizeLimit + 1)
        #expect(throws: ContractError.tooLarge(bytes: CloudEvent.sizeLimit + 1)) { try CloudEvent(json: text) }
    }
}
