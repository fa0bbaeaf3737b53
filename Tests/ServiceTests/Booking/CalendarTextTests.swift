import Testing

@testable import BookingService

struct CalendarTextTests {
    @Test func longLine_isFoldedAt75OctetsBetweenCharacters() {
        let line = "SUMMARY:" + String(repeating: "居民身份证", count: 20)
        let folded = AppointmentCalendar.folded(line)
        for part in folded.split(separator: "\r\n", omittingEmptySubsequences: false) {
            #expect(part.utf8.count <= 75)
            #expect(!part.unicodeScalars.contains("\u{FFFD}"))
        }
        #expect(folded.replacing("\r\n ", with: "") == line)
    }

    @Test func specialCharacters_areEscaped() {
        #expect(AppointmentCalendar.escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne")
    }
}
