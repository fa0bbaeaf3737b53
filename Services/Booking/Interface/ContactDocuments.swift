import Domain

struct VerificationDocument: Encodable, Sendable {
    let id: String
    let expires: Timestamp
}

struct ContactDocument: Encodable, Sendable {
    let contactToken: String
    let expires: Timestamp
}
