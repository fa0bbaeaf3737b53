import BookingService
import Domain
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct PlacesPlanTests {
    /// Every slot of passports in the north gets so many places, on all days.
    private func plan(_ places: Int, offered: Int = 10) -> PlacesPlan {
        let day = PlacesPlan.Day(
            offer: Offer(slotMinutes: 60, places: offered),
            places: Dictionary(uniqueKeysWithValues: (0..<24).map { ($0 * 60, places) }))
        return PlacesPlan(
            days: [
                BookingCity.passport: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, day) })
            ])
    }

    private func apply(_ plan: PlacesPlan, _ rig: BookingRig) async throws -> PlacesPlanning.Outcome {
        try await rig.pool.withTransaction { connection in
            try await PlacesPlanning.apply(
                plan, to: BookingCity.north, by: "operator:test", on: connection, now: rig.clock.now)
        }
    }

    private func capacities(_ rig: BookingRig, _ hall: HallID = BookingCity.north) async throws -> Set<Int> {
        let rows = try await rig.pool.execute(
            """
            SELECT DISTINCT capacity FROM slot
            WHERE hall = \(hall.rawValue) AND service = 'passport' AND starts_at > \(rig.clock.now)
            """)
        return Set(try rows.map { try $0.decode(at: 0, as: Int.self) })
    }

    private func audits(_ rig: BookingRig) async throws -> Int {
        try await rig.scalar("SELECT count(*) FROM audit WHERE action LIKE 'slot-plan-%' AND subject = 'north'")
    }

    @Test func plan_givesSlotsToComeTheirPlaces_onceAndAudited() async throws {
        try await withBooking { rig in
            let first = try await apply(plan(3), rig)
            #expect(first.isNew && first.version == 1 && first.changedSlots > 24)
            #expect(try await capacities(rig) == [3])
            #expect(try await capacities(rig, BookingCity.south) == [10])
            let again = try await apply(plan(3), rig)
            #expect(!again.isNew && again.version == 1 && again.changedSlots == 0)
            #expect(try await audits(rig) == 1)
            let other = try await apply(plan(4), rig)
            #expect(other.version == 2)
            #expect(try await capacities(rig) == [4])
            #expect(try await audits(rig) == 2)
            #expect(try await rig.scalar("SELECT count(*) FROM slot_plan WHERE made_by = 'operator:test'") == 1)
        }
    }

    @Test func horizonAndImport_keepThePlan_untilTheOfferChanges() async throws {
        try await withBooking { rig in
            _ = try await apply(plan(3), rig)
            // A process that was running before makes the slots of the next days.
            rig.clock.advance(seconds: 86_400)
            let horizon = SlotHorizon(
                pool: rig.pool, catalogue: rig.parts.catalogue, clock: { rig.clock.now },
                logger: Logger(label: "test"))
            #expect(try await horizon.advance() > 0)
            #expect(try await capacities(rig) == [3])
            func importAgain(places: Int) async throws {
                try await rig.pool.withTransaction { connection in
                    try await BookingCatalogueImport.run(
                        BookingCity.catalogue(places: places), on: connection, now: rig.clock.now)
                }
            }
            try await importAgain(places: 10)
            #expect(try await capacities(rig) == [3])
            // This process has not looked yet, and must not bring back what the old city said.
            try await importAgain(places: 7)
            #expect(try await horizon.advance() == 0)
            #expect(try await capacities(rig) == [7])
            try await importAgain(places: 10)
            #expect(try await capacities(rig) == [3])
        }
    }

    @Test func reset_goesBackToTheCityFile() async throws {
        try await withBooking { rig in
            func reset() async throws -> PlacesPlanning.Outcome {
                try await rig.pool.withTransaction { connection in
                    try await PlacesPlanning.reset(
                        BookingCity.north, by: "operator:test", on: connection, now: rig.clock.now)
                }
            }
            #expect(try await !reset().isNew)
            _ = try await apply(plan(0), rig)
            // The service hears of what another process has done.
            _ = try await eventually("no slot is shown") { try await rig.slots().isEmpty ? true : nil }
            let outcome = try await reset()
            #expect(outcome.isNew && outcome.version == 2)
            #expect(try await capacities(rig) == [10])
            _ = try await eventually("the slots are back") { try await rig.slots().count > 24 ? true : nil }
        }
    }

    @Test func bookedAndHeldPlaces_stay() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            for number in 0..<4 {
                #expect(try await rig.book(slot, phone: BookingRig.phone(number)).status == 201)
            }
            #expect(try await rig.hold(slot).status == 201)
            _ = try await apply(plan(2), rig)
            #expect(try await rig.scalar("SELECT capacity FROM slot WHERE id = \(Int64(slot) ?? 0)") == 5)
            #expect(try await rig.book(slot, phone: BookingRig.phone(9)).status == 409)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == 4)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func bookingsWhileAPlanIsApplied_loseNothing_andNeverPassPlanOrWhatWasBooked() async throws {
        try await withBooking(catalogue: BookingCity.catalogue(places: 12), connections: 200) { rig in
            let slots = Array(try await rig.slots().prefix(6))
            let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<150 {
                    group.addTask {
                        let answer = try await rig.book(slots[number % 6], phone: BookingRig.phone(number))
                        #expect([201, 409].contains(answer.status), "\(answer.text)")
                        return answer.status == 201 ? 1 : 0
                    }
                }
                // Two plans by turns, and the horizon, all at once with the bookings.
                for round in 0..<8 {
                    group.addTask {
                        _ = try await apply(plan(round % 2 == 0 ? 3 : 5, offered: 12), rig)
                        _ = try await SlotHorizon(
                            pool: rig.pool, catalogue: rig.parts.catalogue, clock: { rig.clock.now },
                            logger: Logger(label: "test")
                        ).advance()
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            _ = try await apply(plan(3, offered: 12), rig)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE state = 'booked'") == granted)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == granted)
            #expect(try await rig.miscounted() == 0)
            #expect(try await rig.scalar("SELECT count(*) FROM slot WHERE taken > capacity OR capacity > 12") == 0)
            // What is not booked beyond the plan is the plan.
            #expect(
                try await rig.scalar(
                    """
                    SELECT count(*) FROM slot WHERE hall = 'north' AND service = 'passport'
                        AND starts_at > \(rig.clock.now) AND capacity <> greatest(3, taken)
                    """) == 0)
            let full = try await rig.scalar("SELECT count(*) FROM slot WHERE taken >= 3")
            #expect(full == 6)
        }
    }
}
