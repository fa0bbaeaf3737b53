package import Domain
package import Web

/// Proves who somebody is by name and password.
///
/// The one place that a single sign-on or a second factor changes: it ends with `sessions.begin`, as they would.
package struct PasswordSignIn: Sendable {
    package enum Outcome: Sendable, Hashable {
        case signedIn(token: String, expires: Timestamp)
        /// Unknown name or wrong password: the same to the outside.
        case refused
        case locked(retryAfterSeconds: Int)
    }

    private let staff: StaffStore
    private let sessions: SessionStore
    private let guesses: SignInGuardStore
    private let audit: AuditStore
    private let secrets: Secrets
    private let clock: @Sendable () -> Timestamp

    package init(
        staff: StaffStore, sessions: SessionStore, guesses: SignInGuardStore, audit: AuditStore, secrets: Secrets,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.staff = staff
        self.sessions = sessions
        self.guesses = guesses
        self.audit = audit
        self.secrets = secrets
        self.clock = clock
    }

    /// Signs somebody in with a new session; an older one is not taken over, whatever the browser had before.
    package func signIn(name: String, password: String, address: String) async throws -> Outcome {
        let now = clock()
        let byName = secrets.lookupHash("name|\(name)", for: "sign-in")
        let byAddress = secrets.lookupHash("address|\(address)", for: "sign-in")
        var wait = try await guesses.count(byAddress, limit: SignInGuardStore.wrongByAddress, at: now)
        if wait == nil { wait = try await guesses.count(byName, limit: SignInGuardStore.wrongByName, at: now) }
        if let wait {
            try await audit.note(.signIn, by: name, result: .locked, from: address)
            return .locked(retryAfterSeconds: wait)
        }
        let id = StaffID(Identifier<Never>.isSlug(name) ? name : "-")
        let isRight = try await staff.isPassword(password, of: id)
        guard isRight, password.utf8.count <= StaffStore.longestPassword else {
            try await audit.note(.signIn, by: name, result: .refused, from: address)
            return .refused
        }
        try await guesses.passed(name: byName, address: byAddress)
        let (token, expires) = try await sessions.begin(id, at: clock())
        try await audit.note(.signIn, by: name, result: .done, from: address)
        return .signedIn(token: token, expires: expires)
    }
}
