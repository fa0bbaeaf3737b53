import Testing

@testable import RedisStreams

@Suite struct RedisCommandTests {
    @Test func encode_countsBytesNotCharacters() {
        let bytes = RedisCommand.encode(["SET", "窗口", RedisArgument(42), RedisArgument([0, 255, 13, 10])])
        #expect(bytes == Array("*4\r\n$3\r\nSET\r\n$6\r\n窗口\r\n$2\r\n42\r\n$4\r\n".utf8) + [0, 255, 13, 10, 13, 10])
    }

    @Test func encode_keepsWhatWouldEndALine() {
        let bytes = RedisCommand.encode(["GET", "a\r\nDEL b\r\n"])
        #expect(String(decoding: bytes, as: UTF8.self) == "*2\r\n$3\r\nGET\r\n$10\r\na\r\nDEL b\r\n\r\n")
    }
}

@Suite struct RedisReplyTests {
    @Test func entry_ofXRANGE_isRead() throws {
        let reply = RedisReply.array([.text("17-0"), .array([.text("event"), .text("{}")])])
        #expect(try StreamEntry(reply) == StreamEntry(position: 17, "event", "{}"))
    }

    @Test func entry_withBytesThatAreNotText_keepsThePosition() throws {
        let reply = RedisReply.array([.text("3-0"), .array([.text("event"), .bytes([0xff])])])
        #expect(try StreamEntry(reply)["event"] == "\u{FFFD}")
    }

    @Test func entry_thatWasTrimmedWhilePending_hasNoFields() throws {
        #expect(try StreamEntry(.array([.text("3-0"), .null])).fields.isEmpty)
    }

    @Test(arguments: [
        RedisReply.null, .integer(3), .array([.text("1-0")]), .array([.text("x-0"), .null]),
        .array([.integer(1), .null]),
    ])
    func entry_ofAnotherShape_isRefused(reply: RedisReply) {
        let error = #expect(throws: RedisError.self) { try StreamEntry(reply) }
        #expect(error?.code == .protocolError)
    }

    @Test func groupInfo_withoutLag_isRead() throws {
        let reply = RedisReply.array([
            .text("name"), .text("booking"), .text("consumers"), .integer(2), .text("pending"), .integer(5),
            .text("last-delivered-id"), .text("40-0"), .text("entries-read"), .null, .text("lag"), .null,
        ])
        #expect(
            try ConsumerGroupInfo(reply)
                == ConsumerGroupInfo(name: "booking", consumers: 2, pending: 5, lastDelivered: 40, lag: nil))
    }

    @Test(arguments: [
        ("NOGROUP No such key 'a' or consumer group 'b'", "NOGROUP", true),
        ("UNBLOCKED the stream key no longer exists", "UNBLOCKED", true),
        ("WRONGTYPE Operation against a key", "WRONGTYPE", false), ("ERR", "ERR", false),
    ])
    func errorAnswer_hasItsPrefix(answer: String, prefix: String, isNoGroup: Bool) {
        let error = RedisError(answer: answer)
        #expect(error.code == .server(prefix: prefix))
        #expect(error.isNoGroup == isNoGroup)
    }
}
