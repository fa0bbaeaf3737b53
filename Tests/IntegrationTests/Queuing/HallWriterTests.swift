import Domain
import Foundation
import Messaging
import Postgres
import QueuingService
import ServiceBootstrap
import TestSupport
import Testing

@Suite struct HallWriterTests {
    /// Sends commands to the writers of all processes in turn, at once.
    private func submitAll(_ rig: QueuingRig, _ requests: [HallRequest]) async -> [Result<HallOutcome, QueuingError>] {
        await withTaskGroup(of: (Int, Result<HallOutcome, QueuingError>).self) { group in
            for (index, request) in requests.enumerated() {
                let process = rig.processes[index % rig.processes.count]
                group.addTask {
                    do throws(QueuingError) {
                        return (index, .success(try await process.parts.halls.writer(QueuingRig.north).submit(request)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results = [Result<HallOutcome, QueuingError>?](repeating: nil, count: requests.count)
            for await (index, result) in group { results[index] = result }
            return results.compactMap { $0 }
        }
    }

    private func issue(_ number: Int, key: String? = nil) -> HallRequest {
        HallRequest(
            .issue(TicketID("t-\(number)"), "id-card", .walkIn, .kiosk, follow: "f-\(number)"),
            key: CommandKey(key: key ?? "issue-\(number)", fingerprint: "\(number)"),
            answer: { $0.reading.queue.tickets[TicketID("t-\(number)")]?.number ?? "" })
    }

    @Test func issues_fromTwoProcessesAtOnce_giveEachNumberOnce() async throws {
        try await withQueuing(processes: 2, staff: []) { rig in
            let results = await submitAll(rig, (0..<500).map { issue($0) })
            let numbers = try results.map { try $0.get().answer }
            #expect(Set(numbers).count == 500)
            #expect(!numbers.contains(""))
            let report = try await rig.verify()
            #expect(report.broken == nil)
            // The day's opening and 500 tickets.
            #expect(report.events == 501)
            let states = try await (rig.reading(on: 0).queue, rig.reading(on: 1).queue)
            #expect(states.0 == states.1)
            #expect(try await rig.replay().queue == states.0)
            // In batches, not in a transaction for each.
            #expect(try await rig.scalar("SELECT count(DISTINCT xmin::text) FROM event_log") < 250)
        }
    }

    @Test func sameKey_atOnceInTwoProcesses_hasOneEffectAndOneAnswer() async throws {
        try await withQueuing(processes: 2, staff: []) { rig in
            let results = await submitAll(rig, (0..<40).map { _ in issue(7) })
            let answers = try results.map { try $0.get() }
            #expect(Set(answers.map(\.answer)).count == 1)
            #expect(Set(answers.compactMap(\.positions)).count == 1)
            #expect(answers.filter { !$0.isRepetition }.count <= 1)
            #expect(try await rig.scalar("SELECT count(*) FROM event_log WHERE type LIKE '%ticket-issued%'") == 1)
        }
    }

    @Test func sameKey_forAnotherCommand_isRefused() async throws {
        try await withQueuing(processes: 2, staff: []) { rig in
            _ = try await submitAll(rig, [issue(1, key: "k")])[0].get()
            for result in await submitAll(rig, [issue(2, key: "k"), issue(3, key: "k")]) {
                guard case .failure(.keyReused) = result else {
                    Issue.record("\(result)")
                    continue
                }
            }
            #expect(try await rig.reading().queue.tickets.count == 1)
        }
    }

    @Test func refusal_isDecidedOnTheStateOfTheLog_notOfTheCache() async throws {
        try await withQueuing(processes: 2, staff: []) { rig in
            let clerk: StaffID = "clerk-1"
            let open = HallRequest(
                .openWindow("1", clerk, skills: nil), key: CommandKey(key: "open", fingerprint: ""))
            _ = try await rig.processes[0].parts.halls.writer(QueuingRig.north).submit(open)
            // Process 1 knows of nothing yet; process 0 does not know of the ticket.
            _ = try await rig.processes[1].parts.halls.writer(QueuingRig.north).submit(issue(1))
            let call = HallRequest(.callNext("1", clerk), key: CommandKey(key: "call", fingerprint: ""))
            let outcome = try await rig.processes[0].parts.halls.writer(QueuingRig.north).submit(call)
            #expect(outcome.positions != nil)
            // Repeated, it would be refused (a number is called); the key knows better.
            let again = try await rig.processes[1].parts.halls.writer(QueuingRig.north).submit(call)
            #expect(again.isRepetition)
            #expect(again.positions == outcome.positions)
        }
    }

    @Test func snapshot_andFullReplay_giveTheSameState() async throws {
        var limits = QueuingService.HallWriter.Limits()
        limits.snapshotEvents = 20
        try await withQueuing(processes: 2, limits: limits, staff: []) { rig in
            for round in 0..<6 {
                _ = await submitAll(rig, (0..<15).map { issue(round * 100 + $0) })
            }
            #expect(try await rig.scalar("SELECT count(*) FROM hall_snapshot WHERE stream = \(rig.stream)") == 1)
            #expect(try await rig.scalar("SELECT position FROM hall_snapshot WHERE stream = \(rig.stream)") > 0)
            let whole = try await rig.replay()
            let store = HallStore(pool: rig.pool)
            var started = try #require(try await store.snapshot(of: rig.stream))
            for event in try await rig.log.read(rig.stream, after: started.position, limit: 1000) {
                try started.apply(event)
            }
            #expect(started == whole)
            // A snapshot of another history is not believed.
            try await rig.pool.execute("UPDATE hall_snapshot SET hash = decode(repeat('00', 32), 'hex')")
            #expect(try await store.snapshot(of: rig.stream) == nil)
        }
    }

    @Test func connectionsCutDuringCommits_leaveEachCommandDoneOnce() async throws {
        try await withQueuing(processes: 2, staff: []) { rig in
            _ = try await submitAll(rig, [issue(9_999)])[0].get()
            let killer = Task {
                while !Task.isCancelled {
                    _ = try? await rig.pool.read(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
                            AND query NOT LIKE '%pg_terminate_backend%'
                        """)
                    // A pause between two faults, so that most batches are hit once and not all of them always.
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }
            var done: Set<Int> = []
            for round in 0..<12 {
                let requests = (0..<20).map { issue(round * 20 + $0) }
                for (index, result) in await submitAll(rig, requests).enumerated() {
                    switch result {
                    case .success(let outcome):
                        #expect(outcome.positions != nil)
                        done.insert(round * 20 + index)
                    case .failure(.outcomeUnknown), .failure(.unavailable), .failure(.overloaded): break
                    case .failure(let error): Issue.record("\(error)")
                    }
                }
            }
            killer.cancel()
            await killer.value
            // Whatever was not answered is sent again with its key, as a client would.
            let rest = (0..<240).filter { !done.contains($0) }
            for result in await submitAll(rig, rest.map { issue($0) }) { _ = try result.get() }
            let tickets = try await rig.reading().queue.tickets
            #expect(tickets.count == 241)
            #expect(Set(tickets.values.compactMap(\.number)).count == 241)
            #expect(try await rig.verify().broken == nil)
            #expect(try await rig.scalar("SELECT count(*) FROM idempotency WHERE key LIKE 'issue-%'") == 241)
        }
    }

    @Test func databaseAway_isSaidSo_andNothingIsDoneTwice() async throws {
        try await withQueuing(staff: []) { rig in
            var limits = QueuingService.HallWriter.Limits()
            limits.attempts = 2
            let pool = PostgresPool(
                configuration: PostgresConfiguration(
                    uri: "postgresql:///none?host=/nonexistent", leaseTimeout: .milliseconds(200)),
                logger: rig.processes[0].runtime.logger)
            let running = Task { try await pool.run() }
            defer { running.cancel() }
            let environment = QueuingService.HallWriter.Environment(
                pool: pool, policy: DueTimePolicy(), limits: limits, clock: { rig.clock.now }, committed: { _ in },
                logger: rig.processes[0].runtime.logger)
            let configuration = try await rig.reading().configuration
            let writer = QueuingService.HallWriter(
                hall: QueuingRig.north, stream: rig.stream, environment: environment, configuration: { configuration })
            await #expect(throws: QueuingError.self) { try await writer.submit(issue(1)) }
        }
    }

    @Test func waitingCommands_areBounded() async throws {
        var limits = QueuingService.HallWriter.Limits()
        limits.waiting = 10
        limits.batch = 2
        try await withQueuing(limits: limits, staff: []) { rig in
            let results = await submitAll(rig, (0..<200).map { issue($0) })
            let refused = results.filter { if case .failure(.overloaded) = $0 { true } else { false } }
            let done = results.filter { if case .success = $0 { true } else { false } }
            #expect(!refused.isEmpty)
            #expect(refused.count + done.count == 200)
            let tickets = try await rig.reading().queue.tickets.count
            #expect(tickets == done.count)
        }
    }
}
