import Domain
import Foundation
import Postgres
import QueuingService
import RedisStreams
import ServiceBootstrap
import Synchronization
import TestSupport
import Testing

@Suite struct WindowLoadTests {
    /// The numbers that were served.
    private final class Tally: Sendable {
        private let served = Mutex<[String]>([])

        var numbers: [String] { served.withLock { $0 } }

        func add(_ number: String) {
            served.withLock { $0.append(number) }
        }
    }

    /// 300 numbers and 200 calls over HTTP, to two processes at once.
    @Test func callsAndNumbers_atOnceOnTwoProcesses_doubleNothing() async throws {
        try await withQueuing(
            processes: 2, staff: ["clerk-1", "clerk-3", "clerk-5", "clerk-7", "clerk-9", "clerk-11"]
        ) { rig in
            let kiosk = try await rig.kiosk()
            let clerks = [1, 3, 5, 7, 9, 11]
            var tokens: [String] = []
            for clerk in clerks { tokens.append(try await rig.signIn(clerk: clerk)) }
            for (index, token) in tokens.enumerated() {
                let opened = try await rig.command(#"{"command":"open"}"#, window: "\(index + 1)", token: token)
                #expect(opened.status == 200, "\(opened.text)")
            }
            let tally = Tally()
            let services = ["id-card", "passport", "residence", "licence"]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let answer = try await rig.issue(services[number % 4], token: kiosk, on: number % 2)
                        #expect(answer.status == 201, "\(answer.text)")
                    }
                }
                for (index, token) in tokens.enumerated() {
                    group.addTask {
                        let window = "\(index + 1)"
                        while tally.numbers.count < 200 {
                            // The two processes by turns, and each call sent to both at once with its own key.
                            async let one = rig.command(#"{"command":"callNext"}"#, window: window, token: token, on: 0)
                            async let other = rig.command(
                                #"{"command":"callNext"}"#, window: window, token: token, on: 1)
                            let answers = try await [one, other]
                            let called = answers.filter { $0.status == 200 }
                            #expect(called.count <= 1)
                            #expect(answers.allSatisfy { $0.status == 200 || $0.status == 409 })
                            guard let number = called.first?.string("ticket", "number") else { continue }
                            tally.add(number)
                            let start = try await rig.command(
                                #"{"command":"start"}"#, window: window, token: token, on: index % 2)
                            #expect(start.status == 200, "\(start.text)")
                            let finish = try await rig.command(
                                #"{"command":"finish","outcome":"completed"}"#, window: window, token: token)
                            #expect(finish.status == 200, "\(finish.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let numbers = tally.numbers
            #expect(numbers.count >= 200)
            #expect(Set(numbers).count == numbers.count)
            let report = try await rig.verify()
            #expect(report.broken == nil)
            #expect(
                try await rig.scalar("SELECT count(*) FROM event_log WHERE stream = \(rig.stream)")
                    == Int(report.events))
            let queue = try await rig.reading().queue
            #expect(queue.tickets.count == 300)
            #expect(Set(queue.tickets.values.compactMap(\.number)).count == 300)
            // On the stream: every event once and in order.
            let redis = rig.processes[0].runtime.redis
            _ = try await eventually("the relay has copied the log") { () -> Bool? in
                try await redis.lastPosition(of: rig.stream) == report.events ? true : nil
            }
            let entries = try await redis.range(rig.stream, from: 1, count: 100_000)
            #expect(entries.map(\.position) == Array(1...report.events))
        }
    }
}
