import Domain
import Testing
import Web

@testable import QueuingService

@Suite struct ArrivalTests {
    @Test(arguments: [
        ("ABCD-2345", "ABCD-2345"), ("abcd2345", "ABCD-2345"), ("OT1:ABCD-2345", "ABCD-2345"),
        ("ot1:abcd-2345", "ABCD-2345"),
        ("ＡＢＣＤ－２３４５", "ABCD-2345"), (" ABCD 2345 ", "ABCD-2345"), ("ABCD-234", nil), ("ABCD-23456", nil), ("", nil),
    ])
    func reference_isReadHoweverItIsTyped(text: String, reference: String?) {
        #expect(Arrival.reference(in: text) == reference)
    }

    @Test func pageToken_isReadFromTheAddressOfATicket() {
        let token = "AAAAAAAAAAAAAAAAAAAAAA"
        #expect(Arrival.pageToken(in: "http://localhost:8080/t/\(token)") == token)
        #expect(Arrival.pageToken(in: "https://onetrip.example/a/\(token)?lang=en") == token)
        #expect(Arrival.pageToken(in: "https://onetrip.example/t/short") == nil)
        #expect(Arrival.pageToken(in: token) == nil)
    }

    @Test func ticketNames_followFromTheKey_andTokensAreTokens() throws {
        let names = TicketNames(secrets: try Secrets(masterKeyHex: String(repeating: "ab", count: 32)))
        let one = names.ticket(for: CommandKey(key: "kiosk:north:1", fingerprint: "a"), in: "north")
        #expect(one == names.ticket(for: CommandKey(key: "kiosk:north:1", fingerprint: "b"), in: "north"))
        #expect(one != names.ticket(for: CommandKey(key: "kiosk:north:2", fingerprint: "a"), in: "north"))
        #expect(one != names.ticket(for: CommandKey(key: "kiosk:north:1", fingerprint: "a"), in: "south"))
        #expect(QueuingInterface.isTicketID(one.rawValue))
        #expect(Secrets.isToken(names.token(of: one)))
        #expect(names.follow(of: one) == Secrets.sha256Hex(names.token(of: one)))
    }

    @Test(arguments: [0, 1, 35, 36, 1_000_000])
    func logCursor_isReadBack(position: Int64) {
        #expect(LogCursor.position(in: LogCursor.text(after: position)) == position)
    }

    @Test(arguments: ["", "p", "p-1", "p01", "P1", "pZ", "x1", "p99999999999999999999"])
    func logCursor_refusesOtherTexts(text: String) {
        #expect(LogCursor.position(in: text) == nil)
    }
}
