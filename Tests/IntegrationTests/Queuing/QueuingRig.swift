import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import NIOHTTP1
import OperatorTool
import Postgres
import QueuingService
import RedisStreams
import ServiceBootstrap
import ServiceLifecycle
import TestSupport
import Web

/// One process of the queuing service as tests see it.
struct QueuingProcess: Sendable {
    let client: JSONClient
    let runtime: ServiceRuntime
    let parts: QueuingParts
}

/// Running queuing services on one database and one Redis, with the test city.
struct QueuingRig: Sendable {
    let processes: [QueuingProcess]
    let clock: SettableClock
    let uri: String

    static let north: HallID = "north"
    /// Who can sign in unless a test says otherwise.
    static let staff: Set<StaffID> = ["clerk-1", "clerk-2", "clerk-3", "reception-north", "operator-north"]
    static let api = "/api/v1/queue/halls/north"

    var client: JSONClient { processes[0].client }
    var pool: PostgresPool { processes[0].runtime.postgres }
    var secrets: Secrets { processes[0].runtime.secrets }
    var streams: StreamNames { processes[0].runtime.streams }
    var log: EventLog { EventLog(pool: pool) }
    var stream: String { streams.queue(Self.north) }

    func scalar(_ query: PostgresQuery) async throws -> Int {
        try await pool.execute(query).first?.decode(at: 0, as: Int.self) ?? 0
    }

    // MARK: Signing in

    /// A bearer token.
    func signIn(_ staff: String, password: String, on process: Int = 0) async throws -> String {
        let answer = try await processes[process].client.post(
            "/api/v1/queue/sessions", #"{"staff":"\#(staff)","password":"\#(password)"}"#)
        guard let token = answer.string("token") else {
            throw DeadlinePassed(description: "\(staff) cannot sign in: \(answer.status) \(answer.text)")
        }
        return token
    }

    func signIn(clerk number: Int) async throws -> String {
        try await signIn("clerk-\(number)", password: TestCity.password(ofClerk: number))
    }

    func signIn(_ staff: String) async throws -> String {
        try await signIn(staff, password: TestCity.otherPassword)
    }

    /// The device token of the kiosk of a hall, as its cookie has it.
    func kiosk(_ hall: String = "north") async throws -> String {
        let answer = try await client.get("/kiosk/\(hall)/enrol?key=\(TestCity.kioskKeys[hall] ?? "")")
        guard let token = answer.cookie("kiosk") else {
            throw DeadlinePassed(description: "the kiosk is not enrolled: \(answer.status) \(answer.text)")
        }
        return token
    }

    // MARK: What clients do

    func issue(
        _ service: String = "id-card", token: String, key: String = UUID().uuidString, on process: Int = 0
    ) async throws -> JSONClient.Answer {
        try await processes[process].client.post(
            Self.api + "/tickets", #"{"service":"\#(service)"}"#,
            headers: ["Authorization": "Bearer \(token)", "Idempotency-Key": key])
    }

    func command(
        _ json: String, window: String, token: String, key: String = UUID().uuidString, on process: Int = 0
    ) async throws -> JSONClient.Answer {
        try await processes[process].client.post(
            Self.api + "/windows/\(window)/commands", json,
            headers: ["Authorization": "Bearer \(token)", "Idempotency-Key": key])
    }

    func reading(on process: Int = 0) async throws -> HallReading {
        try await processes[process].parts.halls.writer(Self.north).reading()
    }

    func verify() async throws -> QueueLogVerifier.Report {
        try await QueueLogVerifier.verify(stream, in: log)
    }

    /// The state by reading the whole log.
    func replay() async throws -> HallState {
        var state = HallState()
        while true {
            let page = try await log.read(stream, after: state.position, limit: 500)
            for event in page { try state.apply(event) }
            if page.count < 500 { return state }
        }
    }
}

extension JSONClient.Answer {
    /// The value of a cookie that the answer sets.
    func cookie(_ name: String) -> String? {
        for field in headers[canonicalForm: "set-cookie"] where field.hasPrefix("\(name)=") {
            return String(field.dropFirst(name.count + 1).prefix { $0 != ";" })
        }
        return nil
    }

    /// The value of the first hidden input with this name.
    func hidden(_ name: String) -> String? {
        text.components(separatedBy: #"name="\#(name)" value=""#).dropFirst().first?
            .split(separator: "\"", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }
}

/// Gives the body queuing services that run, and ends them afterwards.
func withQueuing<R: Sendable>(
    processes count: Int = 1, limits: QueuingService.HallWriter.Limits = QueuingService.HallWriter.Limits(),
    poolSize: Int = 8,
    start: Timestamp = BookingRig.start, staff: Set<StaffID> = QueuingRig.staff,
    identities: (any IdentitySource)? = nil,
    _ body: @escaping @Sendable (QueuingRig) async throws -> R
) async throws -> R {
    try await withDatabase { uri in
        try await withRedis { address, prefix in
            let clock = SettableClock(start)
            var logger = Logger(label: "test.queuing")
            logger.logLevel = .error
            var processes: [QueuingProcess] = []
            var groups: [ServiceGroup] = []
            for _ in 0..<count {
                let socket = try await TestServers.shared.folder() + "/queuing.sock"
                let runtime = try ServiceRuntime(
                    service: "queuing", schema: QueuingSchema.name,
                    configuration: ServiceConfiguration(
                        postgres: uri, postgresPool: poolSize, redis: address, listen: .unix(path: socket),
                        secret: String(repeating: "5a", count: 32), isDemo: true, streamPrefix: prefix),
                    logger: logger, metrics: OpenMetrics(), clock: { clock.now })
                let parts = try buildQueuingParts(runtime, limits: limits, identities: identities)
                groups.append(ServiceProcess.group(parts.assembly, runtime))
                let escaped = socket.replacing("/", with: "%2F")
                processes.append(
                    QueuingProcess(
                        client: JSONClient(base: "http+unix://\(escaped)", connections: 128), runtime: runtime,
                        parts: parts))
            }
            let running = groups.map { group in Task { try await group.run() } }
            let rig = QueuingRig(processes: processes, clock: clock, uri: uri)
            let result: Result<R, any Error>
            do {
                try await prepare(rig, staff)
                result = .success(try await withDeadline(.seconds(150), "the test") { try await body(rig) })
            } catch {
                result = .failure(error)
            }
            for group in groups { await group.triggerGracefulShutdown() }
            for task in running { try? await task.value }
            for process in processes { try? await process.client.shutDown() }
            return try result.get()
        }
    }
}

/// Hashing passwords is slow on purpose, so only those are imported whom the test signs in.
private func prepare(_ rig: QueuingRig, _ staff: Set<StaffID>) async throws {
    let migrations = try MessagingSchema.migrations() + QueuingSchema.migrations()
    try await Migrator(schema: QueuingSchema.name, migrations: migrations).run(on: rig.pool)
    let input = try CatalogueReader.read(yaml: TestCity.yaml(), file: "city.yaml")
    try await rig.pool.withTransaction { connection in
        try await QueuingCatalogueImport.run(
            input.catalogue, staff: input.staff.filter { staff.contains($0.staff.id) }, kiosks: input.kiosks,
            on: connection)
    }
    for process in rig.processes {
        try await process.parts.catalogue.refresh()
        _ = try await eventually("the server answers") { () -> Bool? in
            (try? await process.client.get("/livez"))?.status == 200 ? true : nil
        }
    }
}
