import Testing

@testable import RedisStreams

@Suite struct ConnectionSlotTests {
    let start = ContinuousClock.now
    let refusal = RedisError(.connection, "refused")

    private func text(_ action: ConnectionSlot<String, Int>.Action) -> String {
        switch action {
        case .use(let connection): "use \(connection)"
        case .join(let attempt): "join \(attempt)"
        case .start: "start"
        case .refuse(let error): "refuse \(error.message)"
        }
    }

    @Test func callers_shareOneAttemptAndOneConnection() {
        var slot = ConnectionSlot<String, Int>()
        #expect(text(slot.request(at: start) { _ in true }) == "start")
        slot.began(1)
        #expect(text(slot.request(at: start) { _ in true }) == "join 1")
        #expect(slot.opened("a") == true)
        #expect(text(slot.request(at: start) { _ in true }) == "use a")
    }

    @Test func connection_thatBroke_isReplaced() {
        var slot = ConnectionSlot<String, Int>()
        slot.began(1)
        _ = slot.opened("a")
        #expect(text(slot.request(at: start) { _ in false }) == "start")
    }

    @Test func failure_restsAndAnswersAtOnce() {
        var slot = ConnectionSlot<String, Int>()
        slot.began(1)
        slot.failed(refusal, at: start) { .seconds($0) }
        #expect(text(slot.request(at: start.advanced(by: .milliseconds(999))) { _ in true }) == "refuse refused")
        #expect(text(slot.request(at: start.advanced(by: .seconds(1))) { _ in true }) == "start")
        slot.began(2)
        slot.failed(refusal, at: start) { .seconds($0) }
        #expect(slot.failures == 2)
        #expect(text(slot.request(at: start.advanced(by: .milliseconds(1999))) { _ in true }) == "refuse refused")
    }

    @Test func attempt_thatEndsAfterClose_isNotKept() {
        var slot = ConnectionSlot<String, Int>()
        slot.began(1)
        #expect(slot.close() == nil)
        #expect(slot.opened("late") == false)
        #expect(text(slot.request(at: start) { _ in true }).hasPrefix("refuse the Redis client was shut down"))
    }

    @Test func delay_doublesUpToTheLongest_andJitterTakesUpToHalf() {
        let backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
        #expect(
            (1...6).map { backoff.delay(failures: $0, random: 1) }
                == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(backoff.delay(failures: 2, random: 0) == .milliseconds(100))
        #expect(backoff.delay(failures: 1_000_000, random: 1) == .seconds(1))
    }
}
