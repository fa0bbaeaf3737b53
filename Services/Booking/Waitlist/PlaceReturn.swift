import Domain
package import EventContracts
import Messaging
package import Postgres
package import Web

/// Gives places that came free to whoever is next: the head of the waitlist, or the open.
///
/// A place that somebody waits for never stands open: whatever frees it leaves it taken, as a hold of kind `returning`, in the same
/// transaction. What happens here afterwards is repeatable: a process may be killed at any moment, and another one finds the
/// place. Under the lock of the slot one process decides at a time, and entries are locked in their order and waited for, so nobody is
/// overtaken, and nobody is offered two places.
///
/// Growth: a transaction for each slot with places to give, and in it the heads of the list that get them.
package struct PlaceReturn: Sendable {
    let pool: PostgresPool
    let streams: StreamNames
    let secrets: Secrets
    let city: @Sendable () -> City
    /// Told the stream's name after a commit that appended to it.
    let wake: @Sendable (String) -> Void
    /// Told of the slots whose places have changed, after the commit.
    let changed: @Sendable ([SlotChange]) -> Void
    /// Slots with open places that one look takes on.
    private static let lookLimit = 100
    private static let attempts = 5

    package init(
        pool: PostgresPool, streams: StreamNames, secrets: Secrets, city: @escaping @Sendable () -> City,
        wake: @escaping @Sendable (String) -> Void, changed: @escaping @Sendable ([SlotChange]) -> Void
    ) {
        self.pool = pool
        self.streams = streams
        self.secrets = secrets
        self.city = city
        self.wake = wake
        self.changed = changed
    }

    /// Ends the offers of a slot that ran out, and gives its free places away.
    ///
    /// - Returns: how many places it found. 0 when another process is at them.
    func settle(_ slot: SlotID, at now: Timestamp) async throws -> Int {
        let offers = try await repeatedly { try await endOffers(of: slot, at: now) }
        let places = try await repeatedly { try await giveAway(slot, at: now) }
        return max(offers, places)
    }

    /// Looks for open places that somebody waits for. There are none but those that came free while the person joined.
    func settleOpen(at now: Timestamp) async throws {
        let city = city()
        guard !city.freedPlaces.waitlisted.isEmpty else { return }
        let halls = city.catalogue.halls.values.map { hall in
            (id: hall.id, zone: hall.timeZone, earliest: city.earliestStart(in: hall.id, at: now.advanced(minutes: 5)))
        }
        let slots = try await WaitlistStore().openAndWaitedFor(
            services: city.freedPlaces.waitlisted.sorted(), halls: halls, limit: Self.lookLimit, on: pool)
        for slot in slots { _ = try await repeatedly { try await giveAway(slot, at: now) } }
    }

    /// Another transaction may have booked for the same person at the same moment: the next look sees it.
    private func repeatedly<Result>(_ body: () async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let error as PostgresError
                where (error.isSerializationFailure || error.isUniqueViolation) && attempt < Self.attempts
            {
                attempt += 1
            }
        }
    }

    // MARK: Offers that ran out

    /// In a transaction of its own, so that entries are locked in their order there and here. The place stays taken.
    private func endOffers(of slot: SlotID, at now: Timestamp) async throws -> Int {
        try await pool.withTransaction { connection in
            let isClosed = try await SlotStore().lock([slot], on: connection)[slot]?.isClosed ?? false
            let rows = try await connection.query(
                """
                WITH due AS (
                    SELECT id FROM hold
                    WHERE slot_id = \(slot.rawValue) AND state = 'held' AND kind = 'offer' AND expires_at <= \(now)
                    FOR UPDATE SKIP LOCKED
                )
                UPDATE hold h SET state = 'expired' FROM due WHERE h.id = due.id
                RETURNING h.id, h.waitlist_position
                """)
            let ended = try rows.map { try $0.decode(String.self, Int64.self) }
            guard !ended.isEmpty else { return 0 }
            let positions = ended.map(\.1)
            // Nobody is to blame for a hall that closes.
            let missed = isClosed ? 0 : 1
            _ = try await connection.pipeline([
                HoldStore.returning(ended.map { _ in .init(slot: slot, expires: now, now: now) }),
                "SELECT FROM waitlist_entry WHERE position = ANY(\(list: positions)) ORDER BY position FOR NO KEY UPDATE",
                """
                UPDATE waitlist_entry SET offer_hold = NULL, unanswered = unanswered + \(missed),
                    passed = array_append(passed, \(slot.rawValue)::bigint), updated_at = \(now),
                    state = CASE WHEN unanswered + \(missed) < \(WaitlistRule.unansweredOffers) THEN 'waiting' ELSE 'expired' END
                WHERE position = ANY(\(list: positions)) AND state = 'offered'
                    AND offer_hold = ANY(\(list: ended.map(\.0))::uuid[])
                """,
                """
                DELETE FROM waitlist_wish WHERE position IN (
                    SELECT position FROM waitlist_entry WHERE position = ANY(\(list: positions)) AND state = 'expired')
                """,
            ])
            return ended.count
        }
    }

    // MARK: Places that came free

    private func giveAway(_ id: SlotID, at now: Timestamp) async throws -> Int {
        let city = city()
        let given = try await pool.withTransaction { connection -> PlaceGiving? in
            _ = try await connection.query(BatchStore.settings)
            guard let slot = try await SlotStore().lock([id], on: connection)[id] else { return nil }
            let due = try await connection.query(
                """
                WITH due AS (
                    SELECT id FROM hold
                    WHERE slot_id = \(id.rawValue) AND state = 'held' AND kind <> 'offer' AND expires_at <= \(now)
                    FOR UPDATE SKIP LOCKED
                )
                UPDATE hold h SET state = 'expired' FROM due WHERE h.id = due.id RETURNING h.id
                """)
            // Of a slot with more than is planned, what comes free is gone.
            let kept = slot.shrinksTo.map { max(0, $0 - (slot.taken - due.count)) } ?? .max
            var giving = PlaceGiving(
                slot: slot, places: min(kept, due.count + max(0, slot.free)), city: city, streams: streams,
                secrets: secrets,
                now: now)
            try await giving.run(on: connection)
            let change = giving.given - due.count
            let results = try await connection.pipeline(
                giving.ending() + SlotStore.changing(change == 0 ? [:] : [id: change]))
            giving.told = SlotStore.told(by: results)
            return giving
        }
        guard let given else { return 0 }
        if given.hasTold { wake(streams.booking(given.slot.hall)) }
        if !given.told.isEmpty { changed(given.told) }
        return given.places
    }
}
