import Domain
import Testing

@testable import BookingService

struct BookingNamesTests {
    /// A generator that repeats the same numbers, so that a test always sees the same names.
    struct Counting: RandomNumberGenerator {
        var state: UInt64 = 7
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test func reference_hasTwoGroupsOfUnambiguousCharacters() {
        var generator = Counting()
        for _ in 0..<1000 {
            let reference = AppointmentReference.make(using: &generator)
            #expect(AppointmentReference.isValid(reference))
            #expect(!reference.contains { "01ILOU".contains($0) })
        }
        #expect(AppointmentReference.alphabet.count == 30)
    }

    @Test(arguments: ["K7M3-9QXT"]) func reference_wellFormed_isValid(text: String) {
        #expect(AppointmentReference.isValid(text))
    }

    @Test(arguments: ["", "K7M39QXT", "K7M3-9QX", "K7M3-9QXO", "k7m3-9qxt", "K7M3-9QXT "])
    func reference_malformed_isRefused(text: String) {
        #expect(!AppointmentReference.isValid(text))
    }

    @Test func uuid_ofAMoment_comesAfterThoseOfEarlierMoments() {
        var generator = Counting()
        var last = ""
        for number in 0..<1000 {
            let time = Timestamp(milliseconds: 1_811_815_200_000 + Int64(number))
            let text = UUIDText.make(at: time, using: &generator)
            let characters = Array(text)
            #expect(UUIDText.isValid(text))
            #expect(characters[14] == "7" && "89ab".contains(characters[19]))
            #expect(last < text)
            last = text
        }
        // RFC 9562, 5.7: the first 48 bits are the milliseconds.
        #expect(UInt64(last.replacing("-", with: "").prefix(12), radix: 16) == 1_811_815_200_999)
    }

    @Test func uuid_hasVersionAndVariant() {
        var generator = Counting()
        for _ in 0..<1000 {
            let text = UUIDText.make(using: &generator)
            let characters = Array(text)
            #expect(UUIDText.isValid(text))
            #expect(characters[14] == "4")
            #expect("89ab".contains(characters[19]))
        }
    }

    @Test(arguments: [("1", 1), ("1041", 1041), ("999999999999999999", 999_999_999_999_999_999)] as [(String, Int64)])
    func slotID_wellFormed_isRead(text: String, value: Int64) {
        #expect(SlotID(text)?.rawValue == value)
    }

    @Test(arguments: ["", "0", "01", "-1", "+1", "1.0", "1e3", "١", "1000000000000000000", " 1"])
    func slotID_malformed_isRefused(text: String) {
        #expect(SlotID(text) == nil)
    }

    @Test(arguments: [("123456", "123456"), ("123 456", "123456"), ("123456", "123456"), ("000-000", "000000")])
    func sixDigits_asPeopleType_areRead(entered: String, expected: String) {
        #expect(SixDigits(entered)?.text == expected)
    }

    @Test(arguments: ["", "12345", "1234567", "12345a", "一二三四五六"])
    func sixDigits_otherText_isRefused(entered: String) {
        #expect(SixDigits(entered) == nil)
    }

    @Test(arguments: AppointmentState.allCases)
    func liveStates_areThoseOfTheUniqueIndex(state: AppointmentState) {
        #expect(state.isLive == ["booked", "checkedIn", "serving", "missed"].contains(state.rawValue))
    }
}
