import ArgumentParser
import Domain
import Logging
import Messaging
import Postgres

/// `onetrip dead-letters`
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List the events that a service could not consume, and have them tried again.")

    @Option(help: "The service: booking, queuing or notification.")
    var service: String

    @Option(help: "Have this one tried again; its number as listed.")
    var replay: Int64?

    @Flag(help: "Also those that have been put right.")
    var all = false

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    func validate() throws {
        guard Schemas.names.contains(service) else {
            throw ValidationError("--service must be one of: \(Schemas.names.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        let uri = try DatabaseAddress.uri(postgres)
        try await PostgresPool.withPool(uri: uri, searchPath: service, logger: .command) { pool in
            let letters = DeadLetters(pool: pool)
            if let replay {
                try await letters.replay(replay)
                print("dead letter \(replay) is tried again within a few seconds")
                return
            }
            try await list(letters)
        }
    }

    private func list(_ letters: DeadLetters) async throws {
        var last: Int64 = 0
        var count = 0
        while true {
            let page = try await letters.list(after: last, includingReplayed: all)
            guard let final = page.last else { break }
            for letter in page {
                let state = letter.replayed != nil ? "replayed" : letter.isRequested ? "replay asked for" : "waiting"
                print(
                    "\(letter.id)  \(letter.created.rfc3339())  \(letter.stream)/\(letter.position)  \(letter.type)  "
                        + "\(state) after \(letter.attempts) attempts: \(letter.error)")
            }
            count += page.count
            last = final.id
        }
        if count == 0 { print("no dead letters") }
    }
}
