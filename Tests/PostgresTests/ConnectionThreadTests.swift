import ConnectionThread
import Synchronization
import Testing

@Suite struct ConnectionThreadTests {
    actor Counter {
        let thread: ConnectionThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        var count = 0
        var strays = 0

        init(_ thread: ConnectionThread) {
            self.thread = thread
        }

        deinit {
            thread.stop()
        }

        func add() {
            count += 1
            if !thread.isCurrent { strays += 1 }
        }

        func register(_ reactor: sending any ConnectionReactor) {
            thread.register(reactor)
        }
    }

    /// Wants nothing but a deadline, and reports when it has passed.
    final class Clock: ConnectionReactor {
        var deadline: ContinuousClock.Instant?
        let passed: AsyncStream<ContinuousClock.Instant>.Continuation

        init(deadline: ContinuousClock.Instant, passed: AsyncStream<ContinuousClock.Instant>.Continuation) {
            self.deadline = deadline
            self.passed = passed
        }

        func prepareToWait() -> ConnectionInterest? {
            (-1, false, false, deadline)
        }

        func ready(readable: Bool, writable: Bool) {}

        func deadlinePassed() {
            deadline = nil
            passed.yield(.now)
        }
    }

    @Test func actor_runsOnItsThreadOnly() async {
        let counter = Counter(ConnectionThread(name: "test"))
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask { for _ in 0..<100 { await counter.add() } }
            }
        }
        #expect(await counter.count == 10_000)
        #expect(await counter.strays == 0)
    }

    @Test func deadline_isNotMetEarly() async throws {
        let counter = Counter(ConnectionThread(name: "test"))
        let (stream, continuation) = AsyncStream<ContinuousClock.Instant>.makeStream()
        let deadline = ContinuousClock.now + .milliseconds(20)
        await counter.register(Clock(deadline: deadline, passed: continuation))
        let passed = try #require(await stream.first { _ in true })
        #expect(passed >= deadline)
        #expect(passed < deadline + .seconds(10))
    }

    @Test func stop_endsTheThreadAndFreesTheReactor() async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        final class Watched: ConnectionReactor {
            let gone: AsyncStream<Void>.Continuation
            init(_ gone: AsyncStream<Void>.Continuation) { self.gone = gone }
            deinit { gone.finish() }
            func prepareToWait() -> ConnectionInterest? { nil }
            func ready(readable: Bool, writable: Bool) {}
            func deadlinePassed() {}
        }
        do {
            let counter = Counter(ConnectionThread(name: "test"))
            await counter.register(Watched(continuation))
        }
        for await _ in stream {}
    }
}
