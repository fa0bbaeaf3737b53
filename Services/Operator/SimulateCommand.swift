import ArgumentParser
import Domain
import Foundation
import Simulation
import Web

/// `onetrip simulate`
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run rules of calling on the same people, and say how these fared.",
        discussion: """
            With --replay and --out: exactly the people of that day under one rule. The file has the columns citizen, leg, \
            start_s, end_s and window, and the metrics in minutes; the same day and rule give the same file.

            Without --replay: days drawn from the scenario, the same for every rule, in parallel. The table has means with \
            95 % intervals; --csv has every day, --json and --html the summary.

            With --hall and --date instead of --config: the people of that day as the hall's log has them, with the services \
            as long as they really took. The table begins with what really happened.

            Rules: \(Policy.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @Option(help: "The scenario (JSON).")
    var config: String?

    @Option(parsing: .upToNextOption, help: "Days given person by person (JSON).")
    var replay: [String] = []

    @OptionGroup(title: "A day of a hall")
    var recorded: RecordedDayOptions

    @Option(
        help: ArgumentHelp("The rules, separated by commas.", valueName: "name,…"),
        transform: { try PolicyNames.read($0) })
    var policy: [Policy] = [.bcgov, .zms, .engineLite, .engine]

    @Option(help: "Where the schedule of one day under one rule is written (JSON).")
    var out: String?

    @Option(help: "How many days are drawn.")
    var days = 50

    @Option(help: "The number of the first day drawn: the same number gives the same day.")
    var seed = 0

    @Option(help: "The rule that others are compared with.", transform: { try PolicyNames.one($0) })
    var base: Policy?

    @Option(help: "Where every day's figures are written (CSV).")
    var csv: String?

    @Option(help: "Where the means are written (JSON).")
    var json: String?

    @Option(help: "Where the report is written (HTML).")
    var html: String?

    @Option(help: "The language of the report: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard days >= 1, days <= 100_000 else { throw ValidationError("--days: give 1 to 100000") }
        guard workers >= 1, workers <= 1024 else { throw ValidationError("--workers: give 1 to 1024") }
        try recorded.check(config: config, replay: replay)
        guard out == nil || recorded.isGiven || (replay.count == 1 && policy.count == 1) else {
            throw ValidationError("--out takes one day and one rule: give one --replay file and one --policy name")
        }
    }

    func run() async throws {
        guard let config else { return try await runRecorded() }
        let scenario = try Files.read(config) { try Scenario(json: $0) }
        if let out, let path = replay.first, let rule = policy.first {
            let schedule = try Files.read(path) { json in
                try Schedule(rule, day: Day(json: json, scenario: scenario), scenario: scenario)
            }
            try Files.write(try schedule.json(), to: out)
            let figures = ["mean", "p90", "p99", "J", "punct10", "prio_mean"].compactMap { name in
                schedule.metrics[name].map { "\(name) \($0)" }
            }
            print("\(rule.rawValue) on \(schedule.scenario) \(schedule.seed): \(figures.joined(separator: ", "))")
            return
        }
        let given = try replay.map { path in try Files.read(path) { try Day(json: $0, scenario: scenario) } }
        guard scenario.halls == 1 || !given.isEmpty else {
            throw ValidationError(
                "\(config): give a city's days with --replay, or compare guidance with onetrip balance")
        }
        let generator = DayGenerator(scenario)
        let people = given.isEmpty ? (0..<days).map { generator.day(seed: seed + $0) } : given
        var policies = policy
        let base = base ?? policies[0]
        if !policies.contains(base) { policies.insert(base, at: 0) }
        let bar = ProgressBar(total: people.count)
        let comparison = try await Comparison(
            policies, days: people, scenario: scenario, workers: workers, progress: bar.show)
        bar.end()
        print("\(scenario.name), \(people.count) days; minutes, ± half the 95 % interval")
        print(comparison.table(base: base))
        try write(comparison, base: base)
    }

    /// The comparison for machines and as a page, where that is asked for.
    func write(_ comparison: Comparison, base: Policy) throws {
        if let csv { try Files.write(Data(comparison.csv().utf8), to: csv) }
        if let json { try Files.write(try comparison.json(base: base), to: json) }
        if let html {
            let texts = try Localisation(bundles: [.module])
            let page = comparison.html(base: base, language: language.rawValue) { texts.text($0, language) }
            try Files.write(Data(page.utf8), to: html)
        }
    }
}

/// Names on the command line.
enum PolicyNames {
    static func one(_ name: String) throws -> Policy {
        guard let policy = Policy(rawValue: name) else {
            let known = Policy.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no rule \(name); rules are \(known)")
        }
        return policy
    }

    static func read(_ names: String) throws -> [Policy] {
        var policies: [Policy] = []
        for name in names.split(separator: ",") {
            let policy = try one(String(name))
            if !policies.contains(policy) { policies.append(policy) }
        }
        guard !policies.isEmpty else { throw ValidationError("--policy: give at least one rule") }
        return policies
    }

    static func language(_ tag: String) throws -> Language {
        guard let language = Language(rawValue: tag) else { throw ValidationError("--language: give zh-Hans or en") }
        return language
    }
}

/// Files named on the command line.
enum Files {
    static func read<Value>(_ path: String, _ read: (Data) throws -> Value) throws -> Value {
        guard let json = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path): no such file, or not readable")
        }
        do {
            return try read(json)
        } catch let error as SimulationError {
            throw ValidationError("\(path): \(error)")
        } catch let error as DecodingError {
            throw ValidationError("\(path): \(error.place)")
        }
    }

    static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ValidationError("\(path): cannot be written; give a path in a directory that exists")
        }
    }
}

/// How far a long work is, on a terminal.
struct ProgressBar {
    let total: Int
    private let isShown = isatty(STDERR_FILENO) == 1

    init(total: Int) { self.total = total }

    func show(_ done: Int) {
        guard isShown, total > 0 else { return }
        let width = 40
        let filled = width * done / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        FileHandle.standardError.write(Data("\r\(bar) \(done)/\(total)".utf8))
    }

    func end() {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

extension DecodingError {
    /// Where in the file, and what.
    fileprivate var place: String {
        let context: Context
        var missing = ""
        switch self {
        case .keyNotFound(let key, let found):
            context = found
            missing = ": \(key.stringValue) is missing"
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return "cannot be read"
        }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return (path.isEmpty ? "the file" : path) + (missing.isEmpty ? ": \(context.debugDescription)" : missing)
    }
}
