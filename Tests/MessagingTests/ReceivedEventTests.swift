import Domain
import EventContracts
import Postgres
import RedisStreams
import Testing

@testable import Messaging

@Suite struct ReceivedEventTests {
    @Test func loggedEvent_comesBackFromItsEntry() throws {
        let logged = LoggedEvent(
            stream: "onetrip:{east}:queue", position: 12, time: Timestamp(seconds: 1_790_000_000),
            type: "cn.onetrip.test.v1",
            subject: "t1", payload: #"{"window":"3"}"#,
            traceparent: "00-aaaabbbbccccddddaaaabbbbccccdddd-aaaabbbbccccdddd-01",
            hash: nil)
        let received = try ReceivedEvent(logged.entry(source: "/queuing"), of: logged.stream)
        #expect(received.position == 12)
        #expect(received.event == logged.cloudEvent(source: "/queuing"))
        #expect(received.event.id == "onetrip:{east}:queue/12")
        #expect(received.event.data == logged.payload)
    }

    @Test(arguments: [
        StreamEntry(position: 1, "other", "{}"), StreamEntry(position: 1, "event", "not JSON"),
        StreamEntry(position: 1, "event", "{}"),
    ])
    func entry_thatIsNoEvent_isRefused(entry: StreamEntry) {
        let error = #expect(throws: MessagingError.self) { try ReceivedEvent(entry, of: "s") }
        #expect(error?.code == .malformedEntry)
    }

    @Test(arguments: [
        ("2026-11-23 09:30:00.25+00", Int64(1_795_426_200_250)), ("1969-12-31 23:59:59.9995+00", -1),
        ("1970-01-01 08:00:00+08", 0),
    ])
    func timestamp_isReadToTheMillisecond(text: String, milliseconds: Int64) {
        #expect(Timestamp(postgresText: text)?.milliseconds == milliseconds)
    }

    @Test func timestamp_goesThereAndBack() throws {
        let time = Timestamp(milliseconds: 1_795_426_200_007)
        #expect(Timestamp(postgresText: try #require(time.postgresText)) == time)
        #expect(Timestamp(postgresText: "infinity") == nil)
        #expect(LocalDate(postgresText: "2028-02-29")?.postgresText == "2028-02-29")
        #expect(HallID(postgresText: "east").postgresText == "east")
    }
}
