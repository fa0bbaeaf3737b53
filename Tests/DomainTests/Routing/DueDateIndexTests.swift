import Testing

@testable import Domain

@Suite("The index of booked people")
struct DueDateIndexTests {
    private static let now = 36_000

    private let hall: HallModel

    init() {
        hall = HallModel(
            open: 0, services: [ServiceTime(mean: 600, variation: 0.5), ServiceTime(mean: 1500, variation: 0.5)],
            windows: [HallModel.Window(pace: [1, 1])])
    }

    /// Booked, in the hall since before the slot, and due for so many minutes.
    private func booked(_ person: Int, due minutes: Int, service: Int = 0) -> Waiting {
        let slot = Self.now - minutes * 60
        var waiting = Waiting(
            person: person, service: service, standing: .appointment, joined: slot - 300, arrived: slot - 300, due: slot
        )
        waiting.isBooked = true
        waiting.slot = slot
        waiting.promisedBy = slot
        waiting.weight = hall.weight(standing: .appointment, service: service, hint: nil)
        return waiting
    }

    private func called(of people: [Waiting]) -> Int? {
        var floor = HallFloor(hall: hall, now: Self.now)
        floor.waiting = people
        var rule = DueDateIndexRule()
        return rule.next(on: floor).map { people[$0.place].person }
    }

    @Test func `Who can still be called in time goes before who no longer can`() {
        #expect(called(of: [booked(1, due: 12), booked(2, due: 9)]) == 2)
        #expect(called(of: [booked(1, due: 14), booked(2, due: 11)]) == 1)
        #expect(called(of: [booked(1, due: 9), booked(2, due: 7)]) == 1)
    }

    @Test func `Who has time left does not press`() {
        #expect(called(of: [booked(1, due: 12), booked(2, due: 3)]) == 1)
    }

    @Test func `A short service waits for a long one that is about to be late`() {
        #expect(called(of: [booked(1, due: 3, service: 0), booked(2, due: 8, service: 1)]) == 2)
        #expect(called(of: [booked(1, due: 12, service: 0), booked(2, due: 8, service: 1)]) == 2)
    }

    @Test func `Who came after the slot is in time for as long after the arrival`() {
        var late = booked(2, due: 12)
        late.arrived = Self.now - 5 * 60
        #expect(called(of: [booked(1, due: 15), late]) == 2)
    }

    @Test func `A later leg does not press`() {
        var later = booked(2, due: 9)
        later.leg = 1
        #expect(called(of: [booked(1, due: 12), later]) == 1)
    }

    @Test func `The look-ahead counts each call that comes too late, and reports of waiting do not`() {
        func cost(_ cost: Rollout.Cost, after minutes: Int, cameLate: Int = 0) -> Double {
            var person = booked(1, due: minutes)
            person.arrived = person.slot + cameLate * 60
            let rollout = Rollout(hall: hall, cost: cost)
            var floor = HallFloor(hall: hall, now: Self.now)
            floor.windows[0].doing = .away
            floor.idle = 0
            floor.waiting = [person]
            rollout.load(floor)
            let nobody = Prospect(demand: DemandModel(), announced: [], walkIns: 0, at: Self.now, until: Self.now, hall)
            rollout.draw(CounterRandom(1), nobody, until: Self.now)
            return rollout.roll(until: Self.now)
        }
        func waiting(_ minutes: Double) -> Double { WaitingCost.appointment(minutes: minutes) }
        func ahead(_ minutes: Double) -> Double { waiting(minutes) + hall.dials.minuteCost * minutes }
        #expect(abs(cost(.lookAhead, after: 10) - ahead(10)) < 1e-9)
        #expect(abs(cost(.lookAhead, after: 11) - ahead(11) - hall.dials.punctuality) < 1e-9)
        #expect(abs(cost(.lookAhead, after: 11, cameLate: 3) - ahead(11)) < 1e-9)
        #expect(abs(cost(.waiting, after: 11) - waiting(11)) < 1e-9)
    }
}
