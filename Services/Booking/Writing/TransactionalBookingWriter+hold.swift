package import Domain
import Postgres

extension TransactionalBookingWriter {
    package func hold(_ order: HoldOrder) async throws -> StoredAnswer {
        try await transaction { connection in
            let claimed = try await connection.query(idempotency.claim(order.request, at: order.now))
            guard claimed.affected > 0 else { return try await idempotency.answer(to: order.request, on: connection) }
            let locked = try await slots.lock([order.slot], on: connection)
            var slot = try await openSlot(
                order.slot, among: locked, earliest: order.earliestStart, now: order.now, on: connection)
            slot.taken += 1
            let answer = try order.answer(slot)
            try await connection.pipeline([
                slots.changing(slot.id, by: 1),
                holds.insertion(
                    id: order.id, tokenHash: order.tokenHash, slot: slot.id, expires: order.expires, draft: order.draft,
                    at: order.now),
                try idempotency.record(answer, to: order.request),
            ])
            return answer
        }
    }

    package func release(holdTokenHash: String, at now: Timestamp) async throws -> Bool {
        try await transaction { connection in
            guard let hold = try await holds.lock(tokenHash: holdTokenHash, on: connection), hold.state == .held else {
                return false
            }
            _ = try await slots.lock([hold.slot.id], on: connection)
            try await connection.pipeline([
                slots.changing(hold.slot.id, by: -1), holds.ending(hold.id, as: .released),
            ])
            return hold.isGood(at: now)
        }
    }

    /// Ends the holds of some slots that are out of time, and frees their places. The slots are locked first, so
    /// whoever wants a place meanwhile waits and then finds it free.
    ///
    /// - Returns: places freed.
    package func expireHolds(of ids: Set<SlotID>, at now: Timestamp) async throws -> Int {
        try await pool.withTransaction { connection in
            _ = try await slots.lock(ids, on: connection)
            let freed = try await holds.expire(of: ids, at: now, on: connection)
            try await connection.pipeline(freed.map { slots.changing($0.key, by: -$0.value) })
            return freed.values.reduce(0, +)
        }
    }
}
