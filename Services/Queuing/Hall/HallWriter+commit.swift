import Domain
import Logging
import Messaging
import Postgres

extension HallWriter {
    /// How an attempt to commit a batch ended.
    private enum Attempt {
        case committed(BatchPlan)
        /// Another process was first.
        case raced
        /// A key of the batch has had its effect already.
        case keysTaken
    }

    /// Ends a transaction without a trace.
    private enum Abandoned: Error {
        case raced
        case keysTaken
    }

    /// Carries a batch to its end: every command of it is answered.
    func settle(_ batch: [Waiting]) async {
        var open = batch
        var attempt = 0
        let giveUp = ContinuousClock.now + environment.limits.patience
        /// An effect of the batch may be in the log although nobody said so.
        var isUncertain = false
        while !open.isEmpty {
            attempt += 1
            do {
                guard let configuration = configuration() else {
                    return fail(open, with: .unknownHall(hall))
                }
                if !isLoaded {
                    try await load()
                } else if attempt > 1 {
                    try await readTail()
                }
                if isUncertain {
                    open = try await answerKnown(open)
                    isUncertain = false
                    if open.isEmpty { return }
                }
                let requests = open.map(\.request)
                let plan = try BatchPlan(
                    requests, on: state, at: environment.clock(), in: configuration, by: environment.policy,
                    stream: stream)
                if plan.entries.isEmpty {
                    // Only a state that is not behind may refuse.
                    if try await environment.log.head(of: stream) == plan.base.position {
                        return try await answer(open, by: plan)
                    }
                    guard attempt < environment.limits.attempts else { return fail(open, with: overloaded) }
                    continue
                }
                // From here on an error leaves open whether the batch was committed.
                isUncertain = true
                let locking = attempt >= environment.limits.lockingAttempt
                let traceparent = open.lazy.compactMap(\.traceparent).first
                switch try await commit(
                    requests, plan: plan, locking: locking, traceparent: traceparent, in: configuration)
                {
                case .committed(let plan):
                    adopt(plan.state)
                    environment.committed(stream)
                    return try await answer(open, by: plan)
                case .raced:
                    isUncertain = false
                case .keysTaken:
                    break
                }
                guard attempt < environment.limits.attempts else { return fail(open, with: overloaded) }
            } catch let error as QueuingError {
                return fail(open, with: isUncertain ? .outcomeUnknown : error)
            } catch let error as PostgresError
                where error.isTransient && attempt < environment.limits.attempts && ContinuousClock.now < giveUp
            {
                environment.logger.warning(
                    "a batch is tried again",
                    metadata: [
                        "stream": "\(stream)", "attempt": "\(attempt)", "error": "\(error)",
                    ])
                if error.isConnectionFailure { await pause(afterAttempt: attempt) }
            } catch {
                if open.count > 1, !isTransient(error) {
                    // One command of the batch does not go into the database: the others must not suffer for it.
                    for one in open { await settle([one]) }
                    return
                }
                environment.logger.error(
                    "a batch failed",
                    metadata: [
                        "stream": "\(stream)", "commands": "\(open.count)", "error": "\(error)",
                    ])
                return fail(open, with: isUncertain && isTransient(error) ? .outcomeUnknown : .unavailable("\(error)"))
            }
        }
    }

    private var overloaded: QueuingError { .overloaded(retryAfterSeconds: 1) }

    private func isTransient(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isTransient ?? false
    }

    /// Appends the plan and its effects in one transaction. With `locking` the plan is made again under the stream's lock, from
    /// the log's end, so that no other process can be first.
    private func commit(
        _ requests: [HallRequest], plan: BatchPlan, locking: Bool, traceparent: String?,
        in configuration: HallConfiguration
    ) async throws -> Attempt {
        let environment = environment
        let stream = stream
        do {
            let committed = try await environment.pool.withTransaction { connection in
                var plan = plan
                if locking {
                    try await environment.store.lock(stream, on: connection)
                    var state = plan.base
                    while true {
                        let events = try await environment.log.read(stream, after: state.position, limit: 1000)
                        for event in events { try state.apply(event) }
                        if events.count < 1000 { break }
                    }
                    plan = try BatchPlan(
                        requests, on: state, at: environment.clock(), in: configuration, by: environment.policy,
                        stream: stream)
                    if plan.entries.isEmpty { return plan }
                }
                guard
                    try await environment.log.append(
                        plan.entries, to: stream, after: plan.base.position, traceparent: traceparent,
                        on: connection)
                else { throw Abandoned.raced }
                let effects = requests.indices.compactMap { index -> HallStore.Effect? in
                    guard case .effect(let positions) = plan.verdicts[index] else { return nil }
                    return HallStore.Effect(
                        key: requests[index].key, positions: positions, answer: plan.answers[index] ?? "")
                }
                guard
                    try await environment.store.record(effects, in: stream, at: plan.state.time, on: connection)
                else { throw Abandoned.keysTaken }
                return plan
            }
            return .committed(committed)
        } catch Abandoned.raced {
            return .raced
        } catch Abandoned.keysTaken {
            return .keysTaken
        }
    }

    /// Answers the commands that have had their effect before; returns the others.
    private func answerKnown(_ open: [Waiting]) async throws -> [Waiting] {
        let known = try await environment.store.effects(of: open.map(\.request.key.key), in: stream)
        guard !known.isEmpty else { return open }
        return open.filter { command in
            guard let effect = known[command.request.key.key] else { return true }
            answer(command, with: effect)
            return false
        }
    }

    private func answer(_ command: Waiting, with effect: HallStore.Effect) {
        guard effect.key.fingerprint == command.request.key.fingerprint else {
            return command.answer.resume(returning: .failure(.keyReused))
        }
        command.answer.resume(
            returning: .success(
                HallOutcome(positions: effect.positions, answer: effect.answer, isRepetition: true)))
    }

    /// Answers every command of a plan that is committed, or that has nothing to commit.
    ///
    /// What is refused or has nothing to do may be the repetition of a command that was carried out: its key tells.
    private func answer(_ open: [Waiting], by plan: BatchPlan) async throws {
        let doubtful = plan.verdicts.indices.filter { index in
            switch plan.verdicts[index] {
            case .refused, .nothing: true
            case .effect, .repeats, .keyReused: false
            }
        }
        var known: [String: HallStore.Effect] = [:]
        var lookUpFailure: QueuingError?
        if !doubtful.isEmpty {
            do {
                known = try await environment.store.effects(
                    of: doubtful.map { open[$0].request.key.key }, in: stream)
            } catch {
                lookUpFailure = .unavailable("\(error)")
            }
        }
        for (index, command) in open.enumerated() {
            switch plan.verdicts[index] {
            case .effect(let positions):
                command.answer.resume(
                    returning: .success(
                        HallOutcome(positions: positions, answer: plan.answers[index] ?? "", isRepetition: false)))
            case .repeats(let earlier):
                guard case .effect(let positions) = plan.verdicts[earlier] else { preconditionFailure() }
                command.answer.resume(
                    returning: .success(
                        HallOutcome(positions: positions, answer: plan.answers[earlier] ?? "", isRepetition: true)))
            case .keyReused:
                command.answer.resume(returning: .failure(.keyReused))
            case .refused(let refusal):
                if let lookUpFailure {
                    command.answer.resume(returning: .failure(lookUpFailure))
                } else if let effect = known[command.request.key.key] {
                    answer(command, with: effect)
                } else {
                    command.answer.resume(returning: .failure(.refused(refusal)))
                }
            case .nothing:
                if let lookUpFailure {
                    command.answer.resume(returning: .failure(lookUpFailure))
                } else if let effect = known[command.request.key.key] {
                    answer(command, with: effect)
                } else {
                    command.answer.resume(
                        returning: .success(HallOutcome(positions: nil, answer: "", isRepetition: false)))
                }
            }
        }
    }

    private func fail(_ open: [Waiting], with error: QueuingError) {
        for command in open { command.answer.resume(returning: .failure(error)) }
    }

    /// Gives a database that went away a moment to come back: 50 ms after the first attempt, doubling to 1.6 s.
    private func pause(afterAttempt attempt: Int) async {
        try? await Task.sleep(for: .milliseconds(50 << min(attempt - 1, 5)))
    }
}

extension PostgresError {
    /// Whether the same statement may go well a moment later.
    var isTransient: Bool { isConnectionFailure || isSerializationFailure || code == .timeout }
}
