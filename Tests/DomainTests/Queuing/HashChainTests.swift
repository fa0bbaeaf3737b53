import Testing

@testable import Domain

@Suite struct HashChainTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func next(
        _ previous: [UInt8] = HashChain.genesis, position: Int64 = 1, milliseconds: Int64 = 1_763_859_600_123,
        type: String = "cn.onetrip.queue.day-opened.v1", payload: String = "{\"date\":\"2026-11-23\"}"
    ) -> [UInt8] {
        HashChain.next(
            after: previous, position: position, time: Timestamp(milliseconds: milliseconds), type: type,
            payload: payload)
    }

    /// Computed independently, with Python's hashlib over the documented encoding.
    @Test func hash_isOfTheDocumentedEncoding() {
        #expect(hex(next()) == "812dd331f6c0e582cca09c1e676a0a58a4be8f63a631a77028e7a900fcd548d3")
    }

    @Test func everyPart_counts() {
        let variants = [
            next(), next(next()), next(position: 2), next(milliseconds: 0), next(type: "x"), next(payload: "{}"),
            // The border between type and payload cannot move.
            next(type: "ab", payload: "c"), next(type: "a", payload: "bc"),
        ]
        #expect(Set(variants.map(hex)).count == variants.count)
        #expect(variants.allSatisfy { $0.count == 32 })
        #expect(next() == next())
    }
}
