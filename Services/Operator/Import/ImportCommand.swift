package import ArgumentParser
import Domain
import Foundation
import Postgres

/// `onetrip import FILE`
package struct ImportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring a city (services, halls, staff, kiosks) from a YAML file into the services.",
        discussion: """
            The file is checked first; every problem is printed with its line, and nothing is imported when there is one.
            Importing again updates: services, halls, staff and kiosks that are no longer in the file go out of use.
            The passwords of people who are known already are left alone.

            Where the new file takes places away that people have booked (a day without hours, fewer places), nothing is imported, and it says how \
            many they are and where they would go; --move imports all the same, and the booking service moves and tells them.

            Exit codes: 0 done, 1 people would have to be moved, 64 wrong use, 65 the file has problems, 66 the file cannot be read, 69 the database fails.
            """)

    @Argument(help: "The city's YAML file.")
    package var file: String

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    package var postgres: String?

    @Flag(help: "Only check the file.")
    package var check = false

    @Flag(help: "Only find out what the import would change, and whom it would move.")
    package var dryRun = false

    @Flag(help: "Import also when people lose places that they have booked; they are moved and told.")
    package var move = false

    @Option(help: "The language: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    package init() {}

    package func run() async throws {
        let input = try read()
        let catalogue = input.catalogue
        let windows = catalogue.halls.values.reduce(0) { $0 + $1.windows.count }
        let summary =
            "\(file): \(catalogue.name.zh) \(catalogue.name.en), \(catalogue.services.count) services, "
            + "\(catalogue.halls.count) halls, \(windows) windows, \(input.staff.count) staff, \(input.kiosks.count) kiosks"
        guard !check else {
            print("\(summary): no problem found")
            return
        }
        let uri = try DatabaseAddress.uri(postgres)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        do {
            let outcome = try await CatalogueImporter(postgres: uri).run(
                input, now: now, isTrial: dryRun, moves: move)
            print("\(summary)\n\(outcome.changes)")
            try tell(outcome, catalogue)
        } catch let error as PostgresError {
            complain("cannot import \(file), nothing was changed: \(error)")
            throw ExitCode(69)
        }
    }

    /// Whom the import moves, or would.
    private func tell(_ outcome: CatalogueImporter.Outcome, _ catalogue: Catalogue) throws {
        let texts = try ClosureText(language: language)
        if let forecast = outcome.forecast {
            print(texts.importText("people", ["count": String(outcome.people)]))
            for line in texts.places(forecast, catalogue) { print(line) }
        }
        if dryRun {
            print(texts.importText("dryRun"))
        } else if !outcome.isDone {
            complain(texts.importText("needsMove"))
            throw ExitCode(1)
        } else if outcome.people > 0 {
            print(texts.importText("moves"))
        }
    }

    private func read() throws -> CatalogueInput {
        guard let data = FileManager.default.contents(atPath: file) else {
            complain("\(file): cannot be read; give the path of a YAML file")
            throw ExitCode(66)
        }
        guard let yaml = String(data: data, encoding: .utf8) else {
            complain("\(file):1:1: is not UTF-8 text; save it as UTF-8")
            throw ExitCode(65)
        }
        do {
            return try CatalogueReader.read(yaml: yaml, file: file)
        } catch {
            complain("\(error)")
            throw ExitCode(65)
        }
    }

    private func complain(_ message: String) {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
    }
}
