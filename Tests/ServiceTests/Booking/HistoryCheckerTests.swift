import TestSupport
import Testing

/// The checker finds each kind of fault, and finds nothing where an order of the calls explains everything.
@Suite("Checker of histories")
struct HistoryCheckerTests {
    private typealias Kept = HistoryChecker.Kept

    private func faults(
        places: Int = 1, kept: [HistoryChecker.Kept] = [], _ calls: HistoryChecker.Call...
    ) -> [String] {
        HistoryChecker(calls, capacity: [1: places, 2: 1]).faults(kept: kept)
    }

    @Test func `Two grants of one place, one after the other, are a fault`() {
        let found = faults(
            kept: [
                Kept(reference: "a", person: "p", slot: 1, isLive: true),
                Kept(reference: "b", person: "q", slot: 1, isLive: true),
            ],
            .init(.book(person: "p", place: .slot(1)), began: 1, ended: 2, .done("a")),
            .init(.book(person: "q", place: .slot(1)), began: 3, ended: 4, .done("b")))
        #expect(found == ["slot 1 of 1 places was granted 2 times at once"])
    }

    @Test func `A place that was given back while the other asked may go to them`() {
        let found = faults(
            kept: [
                Kept(reference: "a", person: "p", slot: 1, isLive: false),
                Kept(reference: "b", person: "q", slot: 1, isLive: true),
            ],
            .init(.book(person: "p", place: .slot(1)), began: 1, ended: 2, .done("a")),
            .init(.book(person: "q", place: .slot(1)), began: 3, ended: 6, .done("b")),
            .init(.cancel(appointment: 0), began: 4, ended: 5, .done("")))
        #expect(found.isEmpty)
    }

    @Test func `A hold counts until it is used, given back or out of time`() {
        let hold = HistoryChecker.Call(.hold(slot: 1, expires: 100), began: 1, ended: 2, .done("h"))
        let other = HistoryChecker.Call(.hold(slot: 1, expires: 200), began: 7, ended: 8, .done("i"))
        #expect(faults(hold, other).count == 1)
        #expect(faults(hold, .init(.pass(to: 99), began: 3, ended: 4, .done("")), other).count == 1)
        #expect(faults(hold, .init(.pass(to: 100), began: 3, ended: 4, .done("")), other).isEmpty)
        #expect(faults(hold, .init(.release(hold: 0), began: 3, ended: 4, .unknown), other).isEmpty)
        #expect(faults(hold, .init(.release(hold: 0), began: 3, ended: 4, .refused(.other)), other).count == 1)
    }

    @Test func `Who moves is at both places at no time`() {
        let kept = [
            Kept(reference: "a", person: "p", slot: 2, isLive: true),
            Kept(reference: "b", person: "q", slot: 1, isLive: true),
        ]
        let booked = HistoryChecker.Call(.book(person: "p", place: .slot(1)), began: 1, ended: 2, .done("a"))
        let moved = HistoryChecker.Call(.move(appointment: 0, place: .slot(2)), began: 3, ended: 4, .done(""))
        let other = HistoryChecker.Call(.book(person: "q", place: .slot(1)), began: 5, ended: 6, .done("b"))
        #expect(faults(kept: kept, booked, moved, other).isEmpty)
        let third = HistoryChecker.Call(.hold(slot: 2, expires: 9), began: 7, ended: 8, .done("h"))
        #expect(faults(kept: kept, booked, moved, other, third).count == 1)
    }

    @Test func `Two appointments of one person are a fault`() {
        let found = faults(
            kept: [
                Kept(reference: "a", person: "p", slot: 1, isLive: true),
                Kept(reference: "b", person: "p", slot: 2, isLive: true),
            ],
            .init(.book(person: "p", place: .slot(1)), began: 1, ended: 2, .done("a")),
            .init(.book(person: "p", place: .slot(2)), began: 3, ended: 4, .done("b")))
        #expect(found == ["person p had two appointments at once"])
    }

    @Test func `A success of which nothing is kept is a fault, and so is what was cancelled and is still there`() {
        let booked = HistoryChecker.Call(.book(person: "p", place: .slot(1)), began: 1, ended: 2, .done("a"))
        #expect(faults(booked) == ["appointment a of person p is lost"])
        let live = [Kept(reference: "a", person: "p", slot: 1, isLive: true)]
        let cancelled = HistoryChecker.Call(.cancel(appointment: 0), began: 3, ended: 4, .done(""))
        #expect(faults(kept: live, booked, cancelled) == ["appointment a is still there"])
        var perhaps = cancelled
        perhaps.outcome = .unknown
        #expect(faults(kept: live, booked, perhaps).isEmpty)
        #expect(faults(kept: [Kept(reference: "a", person: "p", slot: 2, isLive: true)], booked).count == 1)
        #expect(faults(kept: live) == ["nobody asked for a"])
    }

    @Test func `A refusal that nothing explains is a fault`() {
        let full = HistoryChecker.Call(.hold(slot: 1, expires: 9), began: 3, ended: 5, .refused(.full))
        #expect(faults(full).count == 1)
        // Somebody may have had the place, if only for a moment.
        let perhaps = HistoryChecker.Call(.hold(slot: 1, expires: 9), began: 4, ended: 6, .done("h"))
        #expect(faults(full, perhaps).isEmpty)
        let booked = HistoryChecker.Call(
            .book(person: "p", place: .slot(2)), began: 1, ended: 2, .refused(.alreadyBooked))
        #expect(faults(booked).count == 1)
        let hold = HistoryChecker.Call(.hold(slot: 1, expires: 100), began: 1, ended: 2, .done("h"))
        let ended = HistoryChecker.Call(
            .book(person: "p", place: .hold(0, slot: 1)), began: 3, ended: 4, .refused(.holdEnded))
        #expect(faults(hold, ended).count == 1)
        #expect(faults(hold, .init(.pass(to: 100), began: 3, ended: 4, .done("")), ended).isEmpty)
    }
}
