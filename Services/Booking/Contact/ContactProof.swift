package import Domain
package import EventContracts
package import Messaging
package import Postgres
package import Web

/// Proves that a phone is the person's: sends a code, checks it.
package struct ContactProof: Sendable {
    /// Wrong codes after which a verification ends.
    package static let attempts = 5
    package static let minutesValid = 5
    /// Seconds between two codes to one phone.
    package static let secondsBetween: Int64 = 30
    /// Codes to one phone in an hour.
    package static let perHour = 6

    let pool: PostgresPool
    let events: EventLog
    let streams: StreamNames
    let secrets: Secrets
    let gate: AdmissionGate
    let clock: @Sendable () -> Timestamp
    let wake: @Sendable (String) -> Void
    private let store = VerificationStore()

    package init(
        pool: PostgresPool, events: EventLog, streams: StreamNames, secrets: Secrets, gate: AdmissionGate,
        clock: @escaping @Sendable () -> Timestamp, wake: @escaping @Sendable (String) -> Void
    ) {
        self.pool = pool
        self.events = events
        self.streams = streams
        self.secrets = secrets
        self.gate = gate
        self.clock = clock
        self.wake = wake
    }

    /// Makes a code and asks for it to be sent.
    ///
    /// - Throws: ``BookingError/tooManyVerifications(retryAfterSeconds:)``; alike for phones that have booked and
    ///   those that never did.
    package func request(
        _ phone: PhoneNumber, language: Language, once request: IdempotentRequest? = nil,
        answer: @Sendable (Verification) throws -> StoredAnswer
    ) async throws -> StoredAnswer {
        let now = clock()
        let idempotency = IdempotencyStore(secrets: secrets)
        var generator = SystemRandomNumberGenerator()
        let digits = String(Int.random(in: 0..<1_000_000, using: &generator))
        let code = String(repeating: "0", count: 6 - digits.count) + digits
        let verification = Verification(
            id: UUIDText.make(using: &generator), phoneSealed: try secrets.seal(phone.e164, for: "phone"),
            codeSealed: try secrets.seal(code, for: "verification-code"), attempts: 0, language: language,
            confirmed: nil,
            expires: now.advanced(minutes: Self.minutesValid))
        let phoneKey = secrets.lookupHash(phone.e164, for: "verification-phone")
        let result = try await gate.pass {
            try await pool.withTransaction { connection in
                if let request {
                    let claimed = try await connection.query(idempotency.claim(request, at: now))
                    guard claimed.affected > 0 else {
                        return try await idempotency.answer(to: request, on: connection)
                    }
                }
                try await limit(phoneKey, at: now, on: connection)
                try await store.insert(verification, phoneKey: phoneKey, at: now, on: connection)
                let result = try answer(verification)
                if let request { _ = try await connection.query(idempotency.record(result, to: request)) }
                let event = BookingEvent.verificationRequested(
                    VerificationRequested(verification: verification.id, expires: verification.expires))
                _ = try await events.append([try NewEvent(event)], to: streams.verification, at: now, on: connection)
                return result
            }
        }
        wake(streams.verification)
        return result
    }

    private func limit(_ phoneKey: String, at now: Timestamp, on connection: PostgresConnection) async throws {
        let recent = try await store.recent(
            phoneKey: phoneKey, since: now.advanced(seconds: -3600), on: connection)
        if let last = recent.last {
            let wait = Self.secondsBetween * 1000 - (now.milliseconds - last.milliseconds)
            if wait > 0 { throw BookingError.tooManyVerifications(retryAfterSeconds: Int((wait + 999) / 1000)) }
        }
        if recent.count >= Self.perHour, let first = recent.first {
            let wait = 3600 - Int64(now.seconds(since: first))
            throw BookingError.tooManyVerifications(retryAfterSeconds: Int(max(1, wait)))
        }
    }

    /// Checks a code. A wrong one is counted, whatever becomes of the request.
    ///
    /// - Returns: the phone that is proven.
    package func confirm(_ id: String, code: String) async throws -> PhoneNumber {
        let now = clock()
        let outcome: Result<PhoneNumber, BookingError> = try await gate.pass {
            try await pool.withTransaction { connection in
                guard let verification = try await store.lock(id, on: connection) else {
                    return .failure(.verificationUnknown)
                }
                guard now < verification.expires, verification.attempts < Self.attempts else {
                    return .failure(.verificationEnded)
                }
                let right = try secrets.open(verification.codeSealed, for: "verification-code")
                guard Secrets.equal(right, code) else {
                    try await store.noteWrongCode(id, on: connection)
                    return .failure(.codeWrong(attemptsLeft: Self.attempts - verification.attempts - 1))
                }
                try await store.noteConfirmed(id, at: now, on: connection)
                guard let phone = PhoneNumber(try secrets.open(verification.phoneSealed, for: "phone")) else {
                    return .failure(.unreadable("phone of verification \(id)"))
                }
                return .success(phone)
            }
        }
        return try outcome.get()
    }
}
