package import Domain
import Messaging
package import Postgres
package import Web

/// Keeps the answer to each key in the transaction of the effect. Only effects are kept: a refusal changed nothing,
/// so the same key may be tried again.
package struct IdempotencyStore: Sendable {
    /// Hours for which an answer is kept at least.
    package static let keptHours = 48

    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    /// An answer that was given, and to what.
    struct Given: Sendable {
        var fingerprint: String
        var answer: StoredAnswer

        /// - Throws: `BookingError.keyReused` when the key came with another body.
        func answer(to request: IdempotentRequest) throws(BookingError) -> StoredAnswer {
            guard fingerprint == request.fingerprint else { throw .keyReused }
            return answer
        }
    }

    /// The answer already given to this request; `nil` when it has not been carried out.
    ///
    /// - Throws: `BookingError.keyReused` when the key came with another body.
    package func answer(to request: IdempotentRequest, on pool: PostgresPool) async throws -> StoredAnswer? {
        let given = try decode(try await pool.read(Self.lookup([request])))
        return try given[request.name]?.answer(to: request)
    }

    /// Makes the key the transaction's own, waiting for another that is at it. When it inserts no row, the other was
    /// first, and its answer is there to be read.
    package func claim(_ request: IdempotentRequest, at now: Timestamp) -> PostgresQuery {
        """
        INSERT INTO idempotency (scope, key, fingerprint, answer, created_at)
        VALUES (\(request.scope), \(request.key), \(request.fingerprint), '', \(now))
        ON CONFLICT DO NOTHING
        """
    }

    /// The answer that another transaction gave, as this one sees it after a claim in vain.
    package func answer(to request: IdempotentRequest, on connection: PostgresConnection) async throws -> StoredAnswer {
        let given = try decode(try await connection.query(Self.lookup([request])))
        guard let answer = try given[request.name]?.answer(to: request) else {
            // It was removed between the two statements, which takes two days.
            throw BookingError.busy(retryAfterSeconds: 1)
        }
        return answer
    }

    /// Keeps the answer to a request whose key the transaction has claimed.
    package func record(_ answer: StoredAnswer, to request: IdempotentRequest) throws -> PostgresQuery {
        """
        UPDATE idempotency SET answer = \(try sealed(answer))
        WHERE scope = \(request.scope) AND key = \(request.key)
        """
    }

    /// The answers given to any of these, one probe of the key's index for each: `OFFSET 0` keeps the planner from
    /// walking through the table instead, which it took for small.
    static func lookup(_ requests: [IdempotentRequest]) -> PostgresQuery {
        """
        SELECT w.scope, w.key, i.fingerprint, i.answer
        FROM unnest(\(column: requests.map(\.scope))::text[], \(column: requests.map(\.key))::text[]) AS w (scope, key)
        CROSS JOIN LATERAL (
            SELECT fingerprint, answer FROM idempotency WHERE scope = w.scope AND key = w.key OFFSET 0
        ) AS i
        """
    }

    func decode(_ rows: PostgresRows) throws -> [IdempotentRequest.Name: Given] {
        var given: [IdempotentRequest.Name: Given] = [:]
        for row in rows {
            let (scope, key, fingerprint, sealed) = try row.decode(
                String.self, String.self, String.self, [UInt8].self)
            guard let answer = StoredAnswer(text: try secrets.open(sealed, for: "idempotent-answer")) else {
                throw BookingError.unreadable("answer to an idempotency key")
            }
            given[IdempotentRequest.Name(scope: scope, key: key)] = Given(fingerprint: fingerprint, answer: answer)
        }
        return given
    }

    func sealed(_ answer: StoredAnswer) throws -> [UInt8] { try secrets.seal(answer.text, for: "idempotent-answer") }

    /// Keeps answers. Fails as a whole when another transaction has kept one to any of the keys.
    static func insertion(_ entries: [(request: IdempotentRequest, sealed: [UInt8], time: Timestamp)]) -> PostgresQuery
    {
        """
        INSERT INTO idempotency (scope, key, fingerprint, answer, created_at)
        SELECT * FROM unnest(\(column: entries.map(\.request.scope))::text[], \(column: entries.map(\.request.key))::text[],
            \(column: entries.map(\.request.fingerprint))::text[], \(column: entries.map(\.sealed))::bytea[],
            \(column: entries.map(\.time))::timestamptz[])
        """
    }

    package func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM idempotency WHERE created_at < \(moment)").affected
    }
}

extension IdempotentRequest {
    /// What makes a request the same as another.
    struct Name: Hashable, Sendable {
        var scope: String
        var key: String
    }

    var name: Name { Name(scope: scope, key: key) }
}
