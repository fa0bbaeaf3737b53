import Foundation
import PrivateServers
import TestSupport

/// Bookings over HTTP, from wrk's request to the 201, through nginx and everything behind it; and where the CPU goes.
enum BookingHTTP {
    private static let connections = 256
    private static let seconds = 6
    /// Each books once.
    private static let persons = 80_000

    static func run() async throws -> [Figure] {
        let city = TestCity.yaml(timeZone: TestCity.daytimeZone, places: 1000)
        return try await withSystem(city: city) { system in
            let client = try CityClient(system)
            var slots: [String] = []
            for hall in ["north", "south"] {
                slots += try await client.slots(hall: hall, service: "passport", days: 10).dropFirst(4).map(\.id)
            }
            try await client.shutDown()
            guard let hot = slots.popLast() else { throw BenchmarkFailure(description: "there is no slot") }
            // As wide as the base needs it.
            _ = try await system.sql("UPDATE booking.slot SET capacity = 1000000")
            let processors = Processors(system)
            let benchmark = Benchmark.bookingHTTP
            var runs: [(name: String, slots: [String], run: Wrk.Run, spent: [(process: String, each: Double)])] = []
            for (turn, (name, wanted)) in [("many slots", slots), ("one slot", [hot])].enumerated() {
                let contacts = try (0..<persons).map {
                    try client.contactToken(phone: 13_600_000_000 + turn * persons + $0)
                }
                let before = processors.seconds
                let run = try await Wrk(base: system.base).book(
                    wanted, contacts: contacts, connections: connections, seconds: seconds)
                // What follows a booking is part of its price.
                try await settle(system)
                let spent = processors.seconds.map { process, seconds in
                    (process, (seconds - (before[process] ?? 0)) / Double(run.answers) * 1e6)
                }
                runs.append((name, wanted, run, spent.sorted { $0.1 > $1.1 }))
            }
            var figures: [Figure] = []
            for (name, slots, run, spent) in runs {
                let base = try await PgBench(uri: system.postgresURI).bookings(
                    slots: slots.compactMap { Int64($0) }, inPipeline: false)
                figures += [
                    benchmark.figure("\(name), \(connections) connections", "1/s", run.rate, base: base.best),
                    benchmark.figure("\(name), p50", "ms", run.median),
                    benchmark.figure("\(name), p99", "ms", run.p99),
                    benchmark.figure("\(name), CPU of all for each", "µs", spent.reduce(0) { $0 + $1.each }),
                ]
                figures += spent.map { benchmark.figure("\(name), CPU of \($0) for each", "µs", $1) }
            }
            return figures
        }
    }

    /// Waits until everybody has taken in the bookings.
    private static func settle(_ system: RunningSystem) async throws {
        _ = try await eventually("the bookings to be taken in", within: .seconds(120)) { () -> Bool? in
            let waiting = try await system.sql(
                """
                SELECT (SELECT count(*) FROM booking.event_stream e WHERE head IS DISTINCT FROM
                    (SELECT position FROM queuing.consumer_offset o WHERE o.stream = e.stream))
                    + (SELECT count(*) FROM notification.message WHERE state <> 'sent')
                """)
            return waiting == "0" ? true : nil
        }
    }
}

/// CPU of the parts of a running system.
private struct Processors {
    private let roots: [String: Int32]

    init(_ system: RunningSystem) {
        var roots: [String: Int32] = [:]
        for name in ["booking", "queuing", "notification"] { roots[name] = system.pid(of: name + "-1") }
        roots["nginx"] = Self.pid(in: system.directory + "/run/nginx-master.pid")
        roots["PostgreSQL"] = Self.pid(in: system.directory + "/postgres/data/postmaster.pid")
        self.roots = roots
    }

    private static func pid(in file: String) -> Int32? {
        (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    var seconds: [String: Double] { roots.mapValues { ProcessorTime(root: $0).seconds } }
}

/// wrk, the load generator.
private struct Wrk {
    struct Run {
        var answers: Int
        var rate: Double
        var median: Double
        var p99: Double
    }

    let base: String

    func book(_ slots: [String], contacts: [String], connections: Int, seconds: Int) async throws -> Run {
        let folder = try await TestServers.shared.folder()
        try contacts.joined(separator: "\n").write(toFile: folder + "/contacts", atomically: true, encoding: .utf8)
        try slots.joined(separator: "\n").write(toFile: folder + "/slots", atomically: true, encoding: .utf8)
        try script(folder).write(toFile: folder + "/book.lua", atomically: true, encoding: .utf8)
        let output: String
        do {
            output = try await ChildProcess.run(
                "wrk",
                ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "-s", folder + "/book.lua", base])
        } catch {
            throw BenchmarkFailure(description: "wrk (Debian package wrk): \(error)")
        }
        let numbers = output.split(separator: "\n").last { $0.hasPrefix("figures ") }?.split(separator: " ").dropFirst()
            .compactMap { Double($0) }
        guard let numbers, numbers.count == 5, numbers[0] > 0, numbers[4] == 0 else {
            throw BenchmarkFailure(description: "wrk saw other answers than 201:\n\(output)")
        }
        return Run(
            answers: Int(numbers[0]), rate: numbers[0] / numbers[1] * 1e6, median: numbers[2] / 1e3,
            p99: numbers[3] / 1e3)
    }

    private func script(_ folder: String) -> String {
        """
        local function lines(name)
            local all = {}
            for line in io.lines("\(folder)/" .. name) do all[#all + 1] = line end
            return all
        end
        local contacts, slots = lines("contacts"), lines("slots")
        local next = 0
        request = function()
            next = next + 1
            local headers = {
                ["Content-Type"] = "application/json", ["Idempotency-Key"] = "wrk-\(getpid())-" .. contacts[next]:sub(-20),
                ["Authorization"] = "Bearer " .. contacts[next]
            }
            local body = '{"name": "王小明", "slot": "' .. slots[next % #slots + 1]
                .. '", "checklist": {"version": 1, "answers": {}}}'
            return wrk.format("POST", "/api/v1/appointments", headers, body)
        end
        wrong = 0
        response = function(status) if status ~= 201 then wrong = wrong + 1 end end
        local threads = {}
        setup = function(thread) threads[#threads + 1] = thread end
        done = function(summary, latency)
            local wrong = 0
            for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
            print(string.format("figures %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
                latency:percentile(99), wrong))
        end
        """
    }
}
