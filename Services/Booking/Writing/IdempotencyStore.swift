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

    /// Makes the key this transaction's own, waiting for another that is at it.
    ///
    /// - Returns: the answer that the other gave; `nil` when the key is this transaction's, which must then `record`
    ///   its answer.
    package func claim(
        _ request: IdempotentRequest, at now: Timestamp, on connection: PostgresConnection
    ) async throws -> StoredAnswer? {
        let inserted = try await connection.query(
            """
            INSERT INTO idempotency (scope, key, fingerprint, answer, created_at)
            VALUES (\(request.scope), \(request.key), \(request.fingerprint), '', \(now))
            ON CONFLICT DO NOTHING
            """)
        guard inserted.affected == 0 else { return nil }
        return try decode(try await connection.query(Self.lookup(request)), for: request)
    }

    package func record(
        _ answer: StoredAnswer, to request: IdempotentRequest, on connection: PostgresConnection
    ) async throws {
        let text = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
        _ = try await connection.query(
            """
            UPDATE idempotency SET answer = \(try secrets.seal(text, for: "idempotent-answer"))
            WHERE scope = \(request.scope) AND key = \(request.key)
            """)
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
