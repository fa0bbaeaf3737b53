package import Domain
import Messaging
package import Postgres

/// Closes halls for a time, and opens them again. Each in one transaction: nobody sees half of it, and from its commit on
/// nothing can be booked or held there.
package enum HallClosing {
    package struct Order: Sendable {
        package var hall: HallID
        package var from: Timestamp
        package var to: Timestamp
        package var reason: LocalizedText
        package var actor: String

        package init(hall: HallID, from: Timestamp, to: Timestamp, reason: LocalizedText, actor: String) {
            self.hall = hall
            self.from = from
            self.to = to
            self.reason = reason
            self.actor = actor
        }
    }

    package enum Refusal: Error, Hashable, Sendable {
        case hallUnknown
        /// The end is not after the beginning.
        case noTime
        /// It is over already.
        case past
        /// The hall is closed at just that time.
        case closedBefore
        /// Nothing is closed.
        case notClosed
    }

    package struct Outcome: Sendable, Hashable {
        package let closure: HallClosure
        /// Who had booked and will be moved.
        package let people: Int
    }

    /// - Parameter connection: of a transaction; names are qualified, so its search path does not matter.
    package static func close(
        _ order: Order, on connection: PostgresConnection, now: Timestamp
    ) async throws -> Outcome {
        guard order.from < order.to else { throw Refusal.noTime }
        guard order.to > now else { throw Refusal.past }
        try await SlotPlan.lock(on: connection)
        guard let catalogue = try await CatalogueStore.catalogue(on: connection), catalogue.halls[order.hall] != nil
        else { throw Refusal.hallUnknown }
        let store = ClosureStore()
        let present = try await store.inForce(at: now, on: connection)
        guard !present.contains(where: { $0.hall == order.hall && $0.from == order.from && $0.to == order.to }) else {
            throw Refusal.closedBefore
        }
        let id = try await store.insert(order, at: now, on: connection)
        let people = try await materialise(catalogue, on: connection, now: now)
        try await store.note(
            "hall-closed", id, of: order.hall, people: people, by: order.actor, at: now, on: connection)
        return Outcome(
            closure: HallClosure(id: id, hall: order.hall, from: order.from, to: order.to, reason: order.reason),
            people: people)
    }

    /// Opens a hall again. Who has been moved stays where they are; who was still to be moved keeps the old time.
    package static func reopen(
        _ closure: Int64, by actor: String, on connection: PostgresConnection, now: Timestamp
    ) async throws -> HallClosure {
        try await SlotPlan.lock(on: connection)
        let store = ClosureStore()
        guard let found = try await store.inForce(at: now, on: connection).first(where: { $0.id == closure }),
            let catalogue = try await CatalogueStore.catalogue(on: connection)
        else { throw Refusal.notClosed }
        try await store.end(closure, by: actor, at: now, on: connection)
        _ = try await materialise(catalogue, on: connection, now: now)
        try await store.note("hall-reopened", closure, of: found.hall, people: 0, by: actor, at: now, on: connection)
        return found
    }

    private static func materialise(
        _ catalogue: Catalogue, on connection: PostgresConnection, now: Timestamp
    ) async throws -> Int {
        let outcome = try await SlotPlan.inForce(catalogue, on: connection, now: now).materialise(on: connection)
        try await ClosureStore().announce(on: connection)
        return outcome.people
    }
}
