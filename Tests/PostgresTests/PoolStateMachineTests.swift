import Testing

@testable import Postgres

/// Dialogues: an event comes in, actions come out.
@Suite struct PoolStateMachineTests {
    typealias Machine = PoolStateMachine
    typealias Action = PoolStateMachine.Action

    let start = ContinuousClock.now

    func id(_ number: Int) -> Machine.ConnectionID { .init(number: number) }
    func request(_ number: UInt64) -> Machine.RequestID { .init(number: number) }
    func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    func machine(size: Int = 2, minimum: Int = 1, sharing: Int = 1, maximumWaiting: Int = 3) -> Machine {
        Machine(.init(size: size, minimum: minimum, sharing: sharing, maximumWaiting: maximumWaiting))
    }

    /// A running machine with one idle connection.
    func running(size: Int = 2, sharing: Int = 1) -> Machine {
        var pool = machine(size: size, sharing: sharing)
        #expect(pool.start() == [.connect(id(1), attempt: 0)])
        #expect(pool.connected(id(1)) == [])
        return pool
    }

    @Test func lease_idleConnection_isGrantedAtOnce() {
        var pool = running()
        let (decision, actions) = pool.lease(request(1), deadline: after(10))
        #expect(decision == .granted(id(1)))
        #expect(actions == [])
        #expect(pool.release(id(1), reusable: true) == [])
        #expect(pool.takeFree() == id(1))
    }

    @Test func lease_beforeStart_waitsAndIsServed() {
        var pool = machine()
        #expect(pool.lease(request(1), deadline: after(10)).0 == .waiting)
        #expect(pool.start() == [.connect(id(1), attempt: 0)])
        #expect(pool.connected(id(1)) == [.grant(request(1), id(1))])
    }

    @Test func lease_allBusy_growsToSizeThenWaitsInOrder() {
        var pool = running()
        #expect(pool.takeFree() == id(1))
        let second = pool.lease(request(2), deadline: after(10))
        #expect(second == (.waiting, [.connect(id(2), attempt: 0), .alarm(after(10))]))
        let third = pool.lease(request(3), deadline: after(11))
        #expect(third == (.waiting, []))
        #expect(pool.connected(id(2)) == [.grant(request(2), id(2))])
        #expect(pool.release(id(1), reusable: true) == [.grant(request(3), id(1))])
    }

    @Test func lease_fullQueue_isRefused() {
        var pool = machine(maximumWaiting: 1)
        #expect(pool.lease(request(1), deadline: after(10)).0 == .waiting)
        #expect(pool.lease(request(2), deadline: after(10)).0 == .refused(.tooManyWaiting))
    }

    @Test func deadline_passes_onlyTheLateAreRefusedAndTheAlarmIsSetAgain() {
        var pool = machine()
        #expect(pool.lease(request(1), deadline: after(5)).1 == [.alarm(after(5))])
        #expect(pool.lease(request(2), deadline: after(9)).1 == [])
        #expect(pool.clockReached(after(5)) == [.refuse(request(1), .deadline), .alarm(after(9))])
        #expect(pool.start() == [.connect(id(1), attempt: 0)])
        #expect(pool.connected(id(1)) == [.grant(request(2), id(1))])
        #expect(pool.clockReached(after(9)) == [])
    }

    @Test func earlierDeadline_setsAnEarlierAlarm() {
        var pool = machine()
        #expect(pool.lease(request(1), deadline: after(9)).1 == [.alarm(after(9))])
        #expect(pool.lease(request(2), deadline: after(5)).1 == [.alarm(after(5))])
    }

    @Test func abandonedRequest_isSkipped() {
        var pool = running(size: 1)
        #expect(pool.takeFree() == id(1))
        #expect(pool.lease(request(1), deadline: after(10)).0 == .waiting)
        #expect(pool.lease(request(2), deadline: after(10)).0 == .waiting)
        #expect(pool.abandon(request(1)) == [.refuse(request(1), .cancelled)])
        #expect(pool.abandon(request(1)) == [])
        #expect(pool.release(id(1), reusable: true) == [.grant(request(2), id(1))])
        #expect(pool.abandon(request(2)) == [], "granted meanwhile")
    }

    @Test func connectFailure_backsOffAndTriesAgain() {
        var pool = machine()
        _ = pool.start()
        #expect(pool.connectFailed(id(1), jitter: 1) == [.pause(id(1), .milliseconds(50))])
        #expect(pool.retryDue(id(1)) == [.connect(id(1), attempt: 1)])
        #expect(pool.connectFailed(id(1), jitter: 0) == [.pause(id(1), .milliseconds(50))])
        #expect(pool.retryDue(id(1)) == [.connect(id(1), attempt: 2)])
        #expect(pool.connected(id(1)) == [])
        #expect(pool.retryDue(id(1)) == [], "a timer of the past")
    }

    @Test(arguments: [
        (0, 1.0, 50), (1, 1.0, 100), (3, 1.0, 400), (3, 0.0, 200), (3, 0.5, 300), (40, 1.0, 5000), (40, 0.0, 2500),
        (2, 7.0, 200), (2, -7.0, 100),
    ])
    func backOff(attempt: Int, jitter: Double, milliseconds: Int) {
        #expect(machine().backOff(attempt: attempt, jitter: jitter) == .milliseconds(milliseconds))
    }

    @Test func idleConnectionEnds_isReplacedUpToTheMinimum() {
        var pool = running()
        #expect(pool.disconnected(id(1)) == [.connect(id(2), attempt: 0)])
        #expect(pool.takeFree() == nil)
        #expect(pool.disconnected(id(1)) == [], "reported twice")
        #expect(pool.connected(id(2)) == [])
        #expect(pool.takeFree() == id(2))
    }

    @Test func leasedConnectionEnds_releaseDoesNotReviveIt() {
        var pool = running()
        #expect(pool.takeFree() == id(1))
        #expect(pool.disconnected(id(1)) == [.connect(id(2), attempt: 0)])
        #expect(pool.release(id(1), reusable: true) == [])
        #expect(pool.takeFree() == nil)
        #expect(pool.connected(id(2)) == [])
    }

    @Test func unusableConnection_isClosedAndReplaced() {
        var pool = running(size: 1)
        #expect(pool.takeFree() == id(1))
        #expect(pool.lease(request(1), deadline: after(10)).1 == [.alarm(after(10))])
        #expect(pool.release(id(1), reusable: false) == [.close(id(1)), .connect(id(2), attempt: 0)])
        #expect(pool.connected(id(2)) == [.grant(request(1), id(2))])
    }

    @Test func backingOffConnection_noLongerWanted_isGivenUp() {
        var pool = running()
        #expect(pool.takeFree() == id(1))
        #expect(pool.lease(request(1), deadline: after(1)).0 == .waiting)
        _ = pool.connectFailed(id(2), jitter: 1)
        #expect(pool.release(id(1), reusable: true) == [.grant(request(1), id(1))])
        #expect(pool.release(id(1), reusable: true) == [])
        #expect(pool.retryDue(id(2)) == [])
        #expect(pool.connectionCount == 1)
    }

    @Test func sharing_fewestLeasesFirst() {
        var pool = machine(size: 2, minimum: 2, sharing: .max)
        #expect(pool.start() == [.connect(id(1), attempt: 0), .connect(id(2), attempt: 0)])
        _ = pool.connected(id(1))
        _ = pool.connected(id(2))
        #expect(pool.takeFree() == id(1))
        #expect(pool.takeFree() == id(2))
        #expect(pool.takeFree() == id(1))
        #expect(pool.release(id(2), reusable: true) == [])
        #expect(pool.takeFree() == id(2))
    }

    @Test func shutDown_idle_endsAtOnce() {
        var pool = running()
        #expect(pool.shutDown() == [.close(id(1)), .finished])
        #expect(pool.lease(request(1), deadline: after(1)).0 == .refused(.closed))
        #expect(pool.shutDown() == [])
        #expect(pool.abort() == [])
    }

    @Test func shutDown_servesThoseWaitingAndEndsWithTheLastLease() {
        var pool = running(size: 1)
        #expect(pool.takeFree() == id(1))
        #expect(pool.lease(request(1), deadline: after(10)).0 == .waiting)
        #expect(pool.shutDown() == [])
        #expect(pool.lease(request(2), deadline: after(10)).0 == .refused(.closed))
        #expect(pool.takeFree() == nil)
        #expect(pool.release(id(1), reusable: true) == [.grant(request(1), id(1))])
        #expect(pool.release(id(1), reusable: true) == [.close(id(1)), .finished])
    }

    @Test func shutDown_withoutConnection_refusesThoseWaiting() {
        var pool = machine()
        _ = pool.start()
        _ = pool.lease(request(1), deadline: after(10))
        #expect(pool.shutDown() == [.refuse(request(1), .closed), .finished])
        #expect(pool.connected(id(1)) == [.close(id(1))], "connected too late")
    }

    @Test func shutDown_lastConnectionBreaks_ends() {
        var pool = running(size: 1)
        #expect(pool.takeFree() == id(1))
        #expect(pool.shutDown() == [])
        #expect(pool.disconnected(id(1)) == [.finished])
        #expect(pool.release(id(1), reusable: true) == [])
    }

    @Test func abort_closesEverything() {
        var pool = running(size: 1)
        #expect(pool.takeFree() == id(1))
        _ = pool.lease(request(1), deadline: after(10))
        #expect(pool.abort() == [.refuse(request(1), .closed), .close(id(1)), .finished])
    }
}
