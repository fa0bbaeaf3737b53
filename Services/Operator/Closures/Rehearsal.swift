import Postgres

/// Carries something out in a transaction that is kept or taken back, so that a trial is the thing itself.
enum Rehearsal {
    private struct TakenBack<Result: Sendable>: Error {
        let result: Result
    }

    /// - Returns: what the body has found, and whether it is kept.
    static func run<Result: Sendable>(
        on pool: PostgresPool, keep: Bool, _ body: @Sendable (PostgresConnection) async throws -> Result
    ) async throws -> (result: Result, isKept: Bool) {
        do {
            let result = try await pool.withTransaction { connection in
                let result = try await body(connection)
                guard keep else { throw TakenBack(result: result) }
                return result
            }
            return (result, true)
        } catch let back as TakenBack<Result> {
            return (back.result, false)
        }
    }
}
