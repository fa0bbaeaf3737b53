import ArgumentParser
import BookingService
import Foundation
import Logging
import Postgres
import Web

/// `onetrip reseal`
struct ResealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Encrypt stored personal data with the newest key.",
        discussion: """
            To change the key: put a new one before the others in ONETRIP_SEALING_KEYS of all services and restart them; run this with the same \
            ONETRIP_SECRET and ONETRIP_SEALING_KEYS; two days later take the old key away. It works beside the running services, and goes on \
            where it was stopped. ONETRIP_SECRET itself stays: what is found by keyed hashes would not be found again, and links would be dead.
            """)

    @Option(help: "Rows in one transaction.")
    var batch = 200

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    func validate() throws {
        guard (1...10_000).contains(batch) else { throw ValidationError("--batch must be from 1 to 10000.") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let master = environment["ONETRIP_SECRET"], !master.isEmpty else {
            throw ValidationError("Set ONETRIP_SECRET, and ONETRIP_SEALING_KEYS, as the services have them.")
        }
        let keys = (environment["ONETRIP_SEALING_KEYS"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        let secrets = try Secrets(masterKeyHex: master, sealingKeysHex: keys)
        let count = try await PostgresPool.withPool(
            uri: try DatabaseAddress.uri(postgres), searchPath: BookingSchema.name, logger: .command
        ) { pool in
            try await Resealing(pool: pool, secrets: secrets).run(batch: batch) { count in
                if count % 10_000 < batch { print("\(count) appointments so far") }
            }
        }
        print(count == 0 ? "everything is sealed with the newest key" : "\(count) appointments were sealed anew")
    }
}
