package import Domain
import Foundation
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

    /// The answer already given to this request; `nil` when it has not been carried out.
    ///
    /// - Throws: `BookingError.keyReused` when the key came with another body.
    package func answer(to request: IdempotentRequest, on pool: PostgresPool) async throws -> StoredAnswer? {
        try decode(try await pool.read(Self.lookup(request)), for: request)
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
        guard let answer = try decode(try await connection.query(Self.lookup(request)), for: request) else {
            // It was removed between the two statements, which takes two days.
            throw BookingError.busy(retryAfterSeconds: 1)
        }
        return answer
    }

    /// Keeps the answer to a request whose key the transaction has claimed.
    package func record(_ answer: StoredAnswer, to request: IdempotentRequest) throws -> PostgresQuery {
        let text = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
        return """
            UPDATE idempotency SET answer = \(try secrets.seal(text, for: "idempotent-answer"))
            WHERE scope = \(request.scope) AND key = \(request.key)
            """
    }

    package func purge(before moment: Timestamp, on pool: PostgresPool) async throws -> Int {
        try await pool.execute("DELETE FROM idempotency WHERE created_at < \(moment)").affected
    }

    private static func lookup(_ request: IdempotentRequest) -> PostgresQuery {
        """
        SELECT fingerprint, answer FROM idempotency
        WHERE scope = \(request.scope) AND key = \(request.key)
        """
    }

    private func decode(_ rows: PostgresRows, for request: IdempotentRequest) throws -> StoredAnswer? {
        guard let row = rows.first else { return nil }
        guard try row.decode("fingerprint", as: String.self) == request.fingerprint else {
            throw BookingError.keyReused
        }
        let text = try secrets.open(try row.decode("answer", as: [UInt8].self), for: "idempotent-answer")
        return try JSONDecoder().decode(StoredAnswer.self, from: Data(text.utf8))
    }
}
