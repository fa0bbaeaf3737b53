import ArgumentParser
import Foundation

/// Measures the running system and prints a table; the figures also go to one JSON file for each benchmark.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onetrip-bench",
        abstract: "Measures OneTrip with its real binaries on servers of its own.",
        discussion: "Benchmarks: \(Benchmark.allCases.map(\.rawValue).joined(separator: ", ")).")

    @Argument(help: "Which to run; all but growth when none is named.")
    var names: [Benchmark] = []

    @Option(help: "The folder of the JSON files.")
    var output = ".build/bench"

    func run() async throws {
        #if DEBUG
            print("This is a debug build: its figures say little. `make bench` measures the release build.")
        #endif
        var all: [Figure] = []
        for benchmark in names.isEmpty ? Benchmark.usual : names {
            print("==> \(benchmark.rawValue)")
            let figures = try await benchmark.run()
            try Figure.write(figures, to: "\(output)/\(benchmark.rawValue).json")
            all += figures
        }
        print(Figure.table(all))
    }
}
