package import Domain
import Foundation
import Messaging
package import Postgres

/// Puts plans of places into force.
package enum PlacesPlanning {
    /// What a change came to.
    package struct Outcome: Sendable, Hashable {
        /// Of the hall's plan.
        package let version: Int64
        /// `false` when the hall had this plan already.
        package let isNew: Bool
        /// Future slots made or changed.
        package let changedSlots: Int
    }

    /// Replaces the weekdays that the plan names, keeps the others, and gives future slots their places at once: in one
    /// transaction, so that nobody sees half of it.
    ///
    /// Nobody is moved: a slot keeps at least as many places as are booked or held, and loses what comes free beyond the plan. Applying the same again changes
    /// nothing. Bookings go on meanwhile; they take the same locks of slots in the same order.
    /// - Parameters:
    ///   - actor: for the audit.
    ///   - connection: of a transaction; names are qualified, so its search path does not matter.
    package static func apply(
        _ plan: PlacesPlan, to hall: HallID, by actor: String, on connection: PostgresConnection, now: Timestamp
    ) async throws -> Outcome {
        try await change(of: hall, action: "slot-plan-applied", by: actor, on: connection, now: now) { present in
            var next = present
            for (service, weekdays) in plan.days {
                next.days[service, default: [:]].merge(weekdays) { _, new in new }
            }
            return next
        }
    }

    /// Gives a hall back to the offers of the city file.
    package static func reset(
        _ hall: HallID, by actor: String, on connection: PostgresConnection, now: Timestamp
    ) async throws -> Outcome {
        try await change(of: hall, action: "slot-plan-reset", by: actor, on: connection, now: now) { _ in PlacesPlan() }
    }

    /// The plan in force; `nil` where the city file counts.
    package static func present(of hall: HallID, on connection: PostgresConnection) async throws -> PlacesPlan? {
        try await PlacesPlanStore().plans(on: connection)[hall]
    }

    private static func change(
        of hall: HallID, action: String, by actor: String, on connection: PostgresConnection, now: Timestamp,
        _ next: (PlacesPlan) -> PlacesPlan
    ) async throws -> Outcome {
        let store = PlacesPlanStore()
        try await SlotPlan.lock(on: connection)
        let present = try await store.plans(on: connection)[hall] ?? PlacesPlan()
        let plan = next(present)
        guard plan != present else {
            return Outcome(version: try await store.version(of: hall, on: connection), isNew: false, changedSlots: 0)
        }
        guard let catalogue = try await CatalogueStore.catalogue(on: connection) else {
            throw BookingError.unreadable("catalogue: import a city first")
        }
        let version = try await store.replace(plan, of: hall, by: actor, at: now, on: connection)
        let changed = try await SlotPlan.inForce(catalogue, on: connection, now: now)
            .materialise(on: connection).changed
        try await store.note(action, of: hall, version: version, slots: changed, by: actor, at: now, on: connection)
        return Outcome(version: version, isNew: true, changedSlots: changed)
    }
}
