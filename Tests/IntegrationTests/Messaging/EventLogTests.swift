import Domain
import Messaging
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct EventLogTests {
    @Test func append_givesContiguousPositions_overConcurrentWriters() async throws {
        try await MessagingRig.with { rig in
            try await withThrowingTaskGroup(of: ClosedRange<Int64>.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        var last: ClosedRange<Int64> = 0...0
                        for _ in 0..<20 { last = try await rig.append(1 + writer % 3) }
                        return last
                    }
                }
                try await group.waitForAll()
            }
            let events = try await rig.log.read(rig.stream, after: 0, limit: 1000)
            #expect(events.count == 240)
            #expect(events.map(\.position) == Array(1...240))
            #expect(try await rig.log.head(of: rig.stream) == 240)
        }
    }

    @Test func append_thatIsRolledBack_leavesNoGap() async throws {
        struct Refused: Error {}
        try await MessagingRig.with { rig in
            try await rig.append(2)
            await #expect(throws: Refused.self) {
                try await rig.pool.withTransaction { connection in
                    _ = try await rig.log.append(
                        [NewEvent(type: "t", payload: "{}")], to: rig.stream, at: MessagingRig.time, on: connection)
                    throw Refused()
                }
            }
            #expect(try await rig.append(1) == 3...3)
        }
    }

    @Test func append_toSeveralStreams_keepsTheOrderGiven() async throws {
        try await MessagingRig.with { rig in
            try await rig.append(4)
            let other = rig.stream + ":other"
            let positions = try await EventTrace.$traceparent.withValue("00-a-b-01") {
                try await rig.pool.withTransaction { connection in
                    try await rig.log.append(
                        [
                            (other, NewEvent(type: "a", payload: "{}")),
                            (rig.stream, NewEvent(type: "b", subject: "x", payload: #"{"k":"\"'\\"}"#)),
                            (other, NewEvent(type: "c", payload: "{}")),
                        ], at: MessagingRig.time, on: connection)
                }
            }
            #expect(positions == [1, 5, 2])
            let last = try #require(try await rig.log.read(rig.stream, after: 4, limit: 1).first)
            #expect(last.type == "b" && last.subject == "x" && last.payload == #"{"k":"\"'\\"}"# && last.hash == nil)
            #expect(last.time == MessagingRig.time)
            #expect(last.traceparent == "00-a-b-01")
            #expect(try await rig.log.read(other, after: 0, limit: 9).map(\.type) == ["a", "c"])
            #expect(try await rig.log.streams() == [rig.stream, other].sorted())
        }
    }

    @Test func append_ofTwoChains_doesNotLockThemOut() async throws {
        try await MessagingRig.with { rig in
            let names = ["a", "b", "c"].map { rig.stream + $0 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for _ in 0..<10 {
                            let order = writer.isMultiple(of: 2) ? names : names.reversed()
                            _ = try await rig.pool.withTransaction { connection in
                                try await rig.log.append(
                                    order.map { ($0, NewEvent(type: "t", payload: "{}")) }, at: MessagingRig.time,
                                    on: connection)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for name in names { #expect(try await rig.log.head(of: name) == 80) }
        }
    }

    private func chained(_ positions: ClosedRange<Int64>, by writer: Int) -> [ChainedEvent] {
        positions.map {
            ChainedEvent(
                position: $0, time: Timestamp(milliseconds: 1_790_000_000_007), type: "t",
                payload: "{\"writer\":\(writer)}",
                hash: [UInt8(writer), UInt8($0 & 255), 0, 255])
        }
    }

    @Test func optimisticAppend_ofTwoOnOneHead_hasOneWinner() async throws {
        try await MessagingRig.with { rig in
            for round in 0..<40 {
                let head = try await rig.log.head(of: rig.stream)
                let winners = try await withThrowingTaskGroup(of: Int?.self, returning: [Int].self) { group in
                    for writer in 1...3 {
                        group.addTask {
                            let count = Int64(1 + (writer + round) % 3)
                            let hasWon = try await rig.pool.withConnection { connection in
                                try await rig.log.append(
                                    self.chained(head + 1...head + count, by: writer), to: rig.stream, after: head,
                                    on: connection)
                            }
                            return hasWon ? writer : nil
                        }
                    }
                    return try await group.reduce(into: []) { winners, writer in writer.map { winners.append($0) } }
                }
                #expect(winners.count == 1)
                let written = try await rig.log.read(rig.stream, after: head, limit: 10)
                #expect(written.count == 1 + (winners[0] + round) % 3)
                #expect(written.allSatisfy { $0.payload == "{\"writer\":\(winners[0])}" })
            }
            let state = try #require(try await rig.log.state(of: rig.stream))
            let all = try await rig.log.read(rig.stream, after: 0, limit: 1000)
            #expect(all.map(\.position) == Array(1...state.head))
            #expect(state.headHash == all.last?.hash)
            #expect(all.last?.time == Timestamp(milliseconds: 1_790_000_000_007))
        }
    }

    @Test func optimisticAppend_thatSkipsPositions_isRefused() async throws {
        try await MessagingRig.with { rig in
            try await rig.pool.withConnection { connection in
                // A head that does not exist yet: nothing is written.
                let hasWon = try await rig.log.append(chained(6...6, by: 1), to: rig.stream, after: 5, on: connection)
                #expect(!hasWon)
                await #expect(throws: MessagingError.self) {
                    try await rig.log.append(chained(2...2, by: 1), to: rig.stream, after: 0, on: connection)
                }
            }
            #expect(try await rig.log.state(of: rig.stream) == nil)
        }
    }
}
