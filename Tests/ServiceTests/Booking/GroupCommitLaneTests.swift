import Synchronization
import Testing

@testable import BookingService

@Suite("A lane that commits in groups")
struct GroupCommitLaneTests {
    /// Batches as they were carried out; each waits until it is let go.
    private final class Recorder: Sendable {
        private let state = Mutex((batches: [[Int]](), isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

        var batches: [[Int]] { state.withLock { $0.batches } }

        func carryOut(_ batch: [Int]) async -> [Result<Int, any Error>] {
            state.withLock { $0.batches.append(batch) }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            return batch.map { $0 < 0 ? .failure(BookingError.slotUnknown) : .success($0 * 10) }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func lane(_ recorder: Recorder, batchLimit: Int = 100, waitingLimit: Int = 100) -> GroupCommitLane<Int, Int>
    {
        GroupCommitLane(batchLimit: batchLimit, waitingLimit: waitingLimit) { await recorder.carryOut($0) }
    }

    private func eventually(_ isTrue: () -> Bool) async throws {
        while !isTrue() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `What comes while a batch is under way is the next batch, in its order, and each gets its own outcome`()
        async throws
    {
        let recorder = Recorder()
        let lane = lane(recorder)
        let first = Task { try await lane.submit(1) }
        try await eventually { recorder.batches == [[1]] }
        var others: [Task<Int, any Error>] = []
        for number in 2...5 {
            others.append(Task { try await lane.submit(number == 3 ? -3 : number) })
            try await eventually { lane.waiting == number - 1 }
        }
        recorder.open()
        #expect(try await first.value == 10)
        #expect(try await others[0].value == 20)
        await #expect(throws: BookingError.slotUnknown) { try await others[1].value }
        #expect(try await others[2].value == 40)
        #expect(try await others[3].value == 50)
        #expect(recorder.batches == [[1], [2, -3, 4, 5]])
        // Idle again, it starts at once.
        #expect(try await lane.submit(6) == 60)
        #expect(recorder.batches.last == [6])
    }

    @Test(.timeLimit(.minutes(1))) func `A batch is no larger than its limit`() async throws {
        let recorder = Recorder()
        let lane = lane(recorder, batchLimit: 2)
        let first = Task { try await lane.submit(1) }
        try await eventually { recorder.batches.count == 1 }
        let others = (2...6).map { number in Task { try await lane.submit(number) } }
        try await eventually { lane.waiting == 5 }
        recorder.open()
        for task in [first] + others { _ = try await task.value }
        #expect(recorder.batches.map(\.count) == [1, 2, 2, 1])
    }

    @Test(.timeLimit(.minutes(1))) func `Beyond the limit a caller is told at once to come again`() async throws {
        let recorder = Recorder()
        let lane = lane(recorder, waitingLimit: 1)
        let first = Task { try await lane.submit(1) }
        try await eventually { recorder.batches.count == 1 }
        let second = Task { try await lane.submit(2) }
        try await eventually { lane.waiting == 1 }
        await #expect(throws: BookingError.busy(retryAfterSeconds: 2)) { try await lane.submit(3) }
        recorder.open()
        #expect(try await first.value == 10)
        #expect(try await second.value == 20)
    }

    @Test(.timeLimit(.minutes(1))) func `Who goes away while waiting is not carried out, who goes later is`()
        async throws
    {
        let recorder = Recorder()
        let lane = lane(recorder)
        let first = Task { try await lane.submit(1) }
        try await eventually { recorder.batches.count == 1 }
        let gone = Task { try await lane.submit(2) }
        try await eventually { lane.waiting == 1 }
        let stays = Task { try await lane.submit(3) }
        try await eventually { lane.waiting == 2 }
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        // Its batch is under way: what it did is told all the same.
        first.cancel()
        recorder.open()
        #expect(try await first.value == 10)
        #expect(try await stays.value == 30)
        #expect(recorder.batches == [[1], [3]])
    }
}
