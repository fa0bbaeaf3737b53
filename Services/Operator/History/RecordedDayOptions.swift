import ArgumentParser
import Domain
import Postgres
import QueuingService
import Simulation

/// A day of a hall named on the command line.
struct RecordedDayOptions: ParsableArguments {
    @Option(help: "The hall whose log has the day.")
    var hall: String?

    @Option(help: "The day (YYYY-MM-DD).", transform: { try Self.date($0) })
    var date: LocalDate?

    @Option(help: "The streams' prefix, as ONETRIP_STREAM_PREFIX of the services.")
    var prefix = "onetrip"

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    var isGiven: Bool { hall != nil }

    /// Either files or a day of a hall.
    func check(config: String?, replay: [String]) throws {
        guard (hall == nil) != (config == nil) else {
            throw ValidationError("give either --config or --hall and --date")
        }
        guard (hall == nil) == (date == nil) else { throw ValidationError("--hall and --date go together") }
        guard hall == nil || replay.isEmpty else { throw ValidationError("--replay goes with --config") }
    }

    /// Reads the day from the log.
    func read() async throws -> (hall: Hall, day: RecordedHallDay) {
        guard let hall, let date else { throw ValidationError("give --hall and --date") }
        let uri = try DatabaseAddress.uri(postgres)
        return try await PostgresPool.withPool(uri: uri, searchPath: QueuingSchema.name, logger: .command) { pool in
            let known = try await KnownHall(hall, prefix: prefix, on: pool)
            let entries = try await known.log.day(date, from: known.zone.moment(of: date, minute: 0))
            guard !entries.isEmpty else { throw ValidationError("The log of \(hall) has no day \(date).") }
            do {
                return (
                    known.hall,
                    try RecordedHallDay(
                        entries, of: date,
                        hours: SlotCalendar.hours(of: known.hall, on: date, catalogue: known.catalogue),
                        configuration: known.configuration)
                )
            } catch let error as SimulationError {
                throw ValidationError("\(hall): \(error)")
            }
        }
    }

    private static func date(_ text: String) throws -> LocalDate {
        guard let date = LocalDate(text) else { throw ValidationError("\(text): give a day such as 2026-11-23") }
        return date
    }
}
