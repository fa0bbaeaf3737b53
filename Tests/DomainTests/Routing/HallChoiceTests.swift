import Domain
import Testing

@Suite("Which hall costs a person least time")
struct HallChoiceTests {
    /// Now is 36 000. Called `wait` seconds after coming, in every future.
    private func candidate(_ hall: Int, travel: Int, wait: Int, toOthers: Double = 0) -> HallCandidate {
        let arrival = 36_000 + travel
        return HallCandidate(
            hall: hall, arrival: arrival, travel: travel,
            call: WaitDistribution(calls: (0..<20).map { _ in Int32(arrival + wait) }), delayToOthers: toOthers)
    }

    @Test func `A far hall is recommended only when it saves the margin`() {
        let choice = HallChoice(margin: 300, others: 0)
        let near = candidate(0, travel: 300, wait: 1800)
        #expect(choice.recommended([near, candidate(1, travel: 1200, wait: 700)], own: 0)?.hall == 0)
        #expect(choice.recommended([near, candidate(1, travel: 1200, wait: 500)], own: 0)?.hall == 1)
        let option = choice.rank([near, candidate(1, travel: 1200, wait: 500)], own: 0)[0]
        #expect(option.saving == 400)
        #expect(option.total == 1700)
    }

    @Test func `What others would lose counts, but nobody is sent for others' sake alone`() {
        let choice = HallChoice(margin: 300, others: 0.5)
        let near = candidate(0, travel: 300, wait: 1800, toOthers: 100)
        let crowded = candidate(1, travel: 600, wait: 900, toOthers: 2000)
        let free = candidate(2, travel: 900, wait: 700)
        #expect(choice.rank([near, crowded, free], own: 0).map(\.candidate) == [2, 0, 1])
        let worse = candidate(3, travel: 1500, wait: 650, toOthers: -9000)
        #expect(choice.recommended([near, worse], own: 0)?.hall == 0)
    }

    @Test func `A slot later in the day costs the way and the wait there, not the time until then`() {
        let now = candidate(0, travel: 300, wait: 2400)
        var slot = candidate(0, travel: 300, wait: 120)
        slot.arrival += 14_400
        slot.call = WaitDistribution(calls: [Int32(slot.arrival + 120)])
        let ranked = HallChoice().rank([now, slot], own: 0)
        #expect(ranked[0].candidate == 1)
        #expect(ranked[0].total == 420)
    }

    @Test func `The range told holds eight of ten futures`() {
        let calls = (0..<99).map { Int32(36_300 + ($0 + 1) * 10) }
        let candidate = HallCandidate(hall: 0, arrival: 36_300, travel: 300, call: WaitDistribution(calls: calls))
        let option = HallChoice().rank([candidate], own: 0)[0]
        #expect(abs(option.low - 400) < 1)
        #expect(abs(option.high - 1200) < 1)
        #expect(abs(option.total - 800) < 1)
    }

    @Test func `A busy hall passes a service on to all who are called until the line is empty`() {
        let period = BusyPeriod(ends: [37_000, 39_000])
        #expect(period.left(after: 36_000) == 2000)
        #expect(period.left(after: 38_000) == 500)
        #expect(period.delayToOthers(call: 36_000, service: 1200, mean: 600) == 4000)
        #expect(period.delayToOthers(call: 40_000, service: 1200, mean: 600) == 0)
    }

    @Test func `Leave when the early call is no further than the way and the time to spare`() {
        let ahead = CallAhead(odds: 0.2, spare: 120, notice: 1200)
        // The 20 % quantile of 9 samples is the second.
        let call = WaitDistribution(calls: (0..<9).map { Int32(38_000 + $0 * 100) })
        #expect(ahead.advice(call: call, travel: 600, now: 37_380) == .leaveNow)
        #expect(ahead.advice(call: call, travel: 600, now: 37_379) == .leave(at: 37_380))
        #expect(ahead.advice(call: call, travel: 600, now: 36_000) == .notYet)
        #expect(ahead.promise(call: call, arrival: 37_980) == 38_100)
        #expect(ahead.promise(call: call, arrival: 38_200) == 38_200)
    }
}
