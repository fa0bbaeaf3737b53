private import CEventfd
private import DequeModule
private import Glibc
private import Synchronization

/// One thread that serves one connection of a C library, and the executor of the actor around that connection.
///
/// The thread runs queued work, lets its ``ConnectionReactor`` send, and waits in `poll(2)` for the socket, for more work
/// or for a deadline. The library is only ever entered from this thread, so it needs no locks.
///
/// An actor returns ``asUnownedSerialExecutor()`` of a thread that it holds, and calls ``stop()`` in its `deinit`.
package final class ConnectionThread: SerialExecutor {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: Deque<Work> = []
        /// The thread is in `poll` or about to enter it, so it must be woken by the descriptor.
        var isSleeping = false
        var wakeRequested = false
        var isStopped = false
    }

    /// The reactor, only touched by work that runs on the thread.
    ///
    /// `@unchecked Sendable`: read by the loop and written by ``register(_:)``, which checks that it is on the thread.
    private final class Confined: @unchecked Sendable {
        var reactor: (any ConnectionReactor)?
    }

    private let inbox = Mutex(Inbox())
    private let confined = Confined()
    private let wakeDescriptor: Int32
    private let threadID = Atomic<UInt>(0)

    /// Starts the thread.
    ///
    /// - Parameter name: shown by `ps -T` and debuggers; the kernel keeps 15 bytes.
    package init(name: String) {
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(wakeDescriptor >= 0, "no file descriptor left for a connection: raise the limit (ulimit -n)")
        DetachedThread.start(name: name) { self.loop() }
    }

    deinit {
        close(wakeDescriptor)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs a closure on the thread, after the work queued before it.
    package func perform(_ closure: @escaping @Sendable () -> Void) {
        add(.closure(closure))
    }

    /// Makes the thread ask its reactor again.
    package func wake() {
        let mustSignal = inbox.withLock { inbox in
            inbox.wakeRequested = true
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        if mustSignal { signal() }
    }

    /// Names the reactor that the thread serves, or none. Only from work on this thread.
    package func register(_ reactor: (any ConnectionReactor)?) {
        preconditionOnThread()
        confined.reactor = reactor
    }

    /// Ends the thread once the queued work has run, and lets go of the reactor. Work queued later never runs.
    package func stop() {
        let mustSignal = inbox.withLock { inbox in
            inbox.isStopped = true
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        if mustSignal { signal() }
    }

    /// Whether the caller is on this thread.
    package var isCurrent: Bool {
        threadID.load(ordering: .relaxed) == UInt(pthread_self())
    }

    package func checkIsolated() {
        preconditionOnThread()
    }

    private func preconditionOnThread() {
        precondition(isCurrent, "this must run on the thread of the connection")
    }

    private func add(_ work: Work) {
        let mustSignal = inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        if mustSignal { signal() }
    }

    private func signal() {
        var one: UInt64 = 1
        // Only fails when the counter is full, and then the thread is awake anyway.
        _ = write(wakeDescriptor, &one, 8)
    }

    // MARK: The thread

    private func loop() {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        let executor = asUnownedSerialExecutor()
        while true {
            let batch = inbox.withLock { inbox in
                inbox.wakeRequested = false
                return exchange(&inbox.work, with: [])
            }
            for work in batch {
                switch work {
                case .job(let job): job.runSynchronously(on: executor)
                case .closure(let closure): closure()
                }
            }
            let interest = confined.reactor?.prepareToWait()
            let (hasWork, isStopped) = inbox.withLock { inbox in
                let hasWork = !inbox.work.isEmpty || inbox.wakeRequested
                inbox.isSleeping = !hasWork && !inbox.isStopped
                return (hasWork, inbox.isStopped)
            }
            if isStopped && !hasWork { break }
            // With work at hand the socket is still looked at, so that a stream of work cannot starve it.
            wait(for: interest, blocking: !hasWork)
        }
        confined.reactor = nil
    }

    private func wait(for interest: ConnectionInterest?, blocking: Bool) {
        var descriptors = (pollfd(), pollfd())
        descriptors.0 = pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)
        var events: Int32 = 0
        if interest?.wantsRead == true { events |= POLLIN }
        if interest?.wantsWrite == true { events |= POLLOUT }
        // A negative descriptor is ignored by poll.
        descriptors.1 = pollfd(fd: interest?.fileDescriptor ?? -1, events: Int16(events), revents: 0)
        let timeout = blocking ? milliseconds(until: interest?.deadline) : 0
        let count = withUnsafeMutablePointer(to: &descriptors) { pointer in
            pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, timeout) }
        }
        inbox.withLock { $0.isSleeping = false }
        if descriptors.0.revents != 0 {
            var value: UInt64 = 0
            _ = read(wakeDescriptor, &value, 8)
        }
        let revents = Int32(descriptors.1.revents)
        if count > 0, revents != 0 {
            let broken = revents & (POLLERR | POLLHUP | POLLNVAL) != 0
            confined.reactor?.ready(
                readable: revents & POLLIN != 0 || broken, writable: revents & POLLOUT != 0 || broken)
        }
        if let deadline = interest?.deadline, deadline <= .now {
            confined.reactor?.deadlinePassed()
        }
    }

    /// Rounded up, so that a deadline is never met early; -1 waits for ever.
    private func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
