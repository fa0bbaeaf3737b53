import Domain
import Testing

@testable import EventContracts

@Suite struct StreamNamesTests {
    @Test func names_keepAHallTogether_andReadBack() {
        let names = StreamNames()
        #expect(names.queue("centre") == "onetrip:{centre}:queue")
        #expect(names.booking("centre") == "onetrip:{centre}:booking")
        #expect(names.verification == "onetrip:{contact}:verification")
        #expect(names.hall(of: names.queue("centre")) == "centre")
        #expect(names.hall(of: names.booking("centre")) == "centre")
    }

    @Test(arguments: ["", "onetrip:{centre}:other", "other:{centre}:queue", "}{", "onetrip:{contact}:verification"])
    func otherNames_haveNoHall(name: String) {
        #expect(StreamNames().hall(of: name) == nil)
    }
}
