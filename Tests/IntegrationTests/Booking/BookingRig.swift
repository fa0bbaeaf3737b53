import BookingService
import Domain
import Foundation
import Logging
import Messaging
import Postgres
import RedisStreams
import ServiceBootstrap
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Web

/// Time as a test wants it.
final class SettableClock: Sendable {
    private let moment: Mutex<Timestamp>

    init(_ start: Timestamp) {
        moment = Mutex(start)
    }

    var now: Timestamp { moment.withLock { $0 } }

    func advance(seconds: Int64) {
        moment.withLock { $0 = $0.advanced(seconds: seconds) }
    }

    func advance(milliseconds: Int64) {
        moment.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + milliseconds) }
    }
}

/// A running booking service on real servers, with a city of its own.
struct BookingRig: Sendable {
    let client: JSONClient
    let runtime: ServiceRuntime
    let parts: BookingParts
    let clock: SettableClock
    let socket: String

    var pool: PostgresPool { runtime.postgres }

    /// 10:00 in Shanghai on 1 June 2027.
    static let start = Timestamp(seconds: 1_811_815_200)

    // MARK: What tests ask of the database

    func scalar(_ query: PostgresQuery) async throws -> Int {
        try await pool.execute(query).first?.decode(at: 0, as: Int.self) ?? 0
    }

    func taken(_ slot: String) async throws -> Int {
        try await scalar("SELECT taken FROM slot WHERE id = \(Int64(slot) ?? 0)")
    }

    /// Places that are taken by nothing, or things that have taken no place; 0 when all is well.
    func miscounted() async throws -> Int {
        try await scalar(
            """
            SELECT count(*) FROM slot s WHERE s.taken <>
                (SELECT count(*) FROM appointment a WHERE a.slot_id = s.id AND a.state <> 'cancelled')
                + (SELECT count(*) FROM hold h WHERE h.slot_id = s.id AND h.state = 'held')
            """)
    }

    // MARK: What clients do

    /// What the notification service is told of whom a message goes to; members of the answer start with its name.
    func contact(of subject: String) async throws -> JSONClient.Answer {
        try await client.post(
            "/internal/v1/contacts", #"{"subjects":["\#(subject)"]}"#,
            headers: ["Authorization": "Bearer \(runtime.secrets.serviceToken)"])
    }

    /// Free slots by the API, in order.
    func slots(hall: HallID = BookingCity.north, service: ServiceID = BookingCity.passport) async throws -> [String] {
        let answer = try await client.get("/api/v1/slots?hall=\(hall)&service=\(service)")
        let items = (answer["items"] as? [[String: Any]]) ?? []
        return items.compactMap { $0["id"] as? String }
    }

    /// A phone number of its own for each number from 0.
    static func phone(_ number: Int) -> String {
        let digits = String(number)
        return "139" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    func contactToken(_ phone: String) throws -> String {
        let number = try #require(PhoneNumber(phone))
        return try ContactToken(secrets: runtime.secrets).make(for: number, expires: clock.now.advanced(minutes: 30))
    }

    func book(
        _ slot: String, phone: String, key: String = UUID().uuidString, version: Int = 1, name: String = "王小明",
        place: String = "slot"
    ) async throws -> JSONClient.Answer {
        try await client.post(
            "/api/v1/appointments", #"{"name":"\#(name)","\#(place)":"\#(slot)","checklist":{"version":\#(version)}}"#,
            headers: ["Authorization": "Bearer \(try contactToken(phone))", "Idempotency-Key": key])
    }

    func hold(_ slot: String, key: String = UUID().uuidString) async throws -> JSONClient.Answer {
        try await client.post("/api/v1/holds", #"{"slot":"\#(slot)"}"#, headers: ["Idempotency-Key": key])
    }
}

/// Gives the body a booking service that runs, and ends it afterwards.
func withBooking<R: Sendable>(
    catalogue: Catalogue = BookingCity.catalogue(), poolSize: Int = 8, connections: Int = 128,
    _ body: @escaping @Sendable (BookingRig) async throws -> R
) async throws -> R {
    try await withDatabase { uri in
        try await withRedis { address, prefix in
            let socket = try await TestServers.shared.folder() + "/booking.sock"
            let clock = SettableClock(BookingRig.start)
            var logger = Logger(label: "test.booking")
            logger.logLevel = .error
            let runtime = try ServiceRuntime(
                service: "booking", schema: BookingSchema.name,
                configuration: ServiceConfiguration(
                    postgres: uri, postgresPool: poolSize, redis: address, listen: .unix(path: socket),
                    secret: String(repeating: "5a", count: 32), isDemo: true, streamPrefix: prefix),
                logger: logger, metrics: OpenMetrics(), clock: { clock.now })
            let parts = try buildBookingParts(runtime)
            let group = ServiceProcess.group(parts.assembly, runtime)
            let running = Task { try await group.run() }
            let escaped = socket.replacing("/", with: "%2F")
            let client = JSONClient(base: "http+unix://\(escaped)", connections: connections)
            let rig = BookingRig(client: client, runtime: runtime, parts: parts, clock: clock, socket: socket)
            do {
                try await Migrator(
                    schema: BookingSchema.name, migrations: MessagingSchema.migrations() + BookingSchema.migrations()
                ).run(on: runtime.postgres)
                try await runtime.postgres.withTransaction { connection in
                    try await BookingCatalogueImport.run(catalogue, on: connection, now: clock.now)
                }
                try await parts.catalogue.refresh()
                _ = try await eventually("the server answers") { () -> Bool? in
                    (try? await client.get("/livez"))?.status == 200 ? true : nil
                }
                let result = try await withDeadline(.seconds(120), "the test") { try await body(rig) }
                await group.triggerGracefulShutdown()
                try await running.value
                return result
            } catch {
                await group.triggerGracefulShutdown()
                try? await running.value
                throw error
            }
        }
    }
}
