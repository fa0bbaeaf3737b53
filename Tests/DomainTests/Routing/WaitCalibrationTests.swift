import Foundation
import Testing

@testable import Domain

@Suite("Stated waits hold what they claim")
struct WaitCalibrationTests {
    private typealias Case = WaitCalibration.Case

    /// Sixty samples around a level, as a roll would give them at the moment 0.
    private func sampled(_ level: Double, _ draw: inout RandomSequence) -> WaitDistribution {
        WaitDistribution(calls: (0..<60).map { _ in Int32(max(0, level + 120 * draw.normal())) })
    }

    private func person(_ number: Int) -> Case {
        Case(standing: [.walkIn, .appointment, .priority][number % 3], hour: 8 + number % 7, service: "S\(number % 5)")
    }

    /// The roll's spread and level are both wrong, differently for each class, and from the middle on in another way.
    @Test func `Coverage comes to what is claimed in each group, and comes back after a drift`() {
        var draw = RandomSequence(seed: 3)
        var calibration = WaitCalibration()
        var held: [String: [Double]] = [:]
        let count = 24_000
        for number in 0..<count {
            let person = person(number)
            let level = 600 + 900 * draw.unit()
            let wait = sampled(level, &draw)
            let isLater = number >= count / 2
            let wrong = Double(person.standing.rawValue) * 60 * (isLater ? -1 : 1)
            let actual = (level + wrong + 120 * (isLater ? 0.7 : 1.8) * draw.normal()).rounded()
            for odds in WaitCalibration.Odds.allCases {
                let stated = calibration.state(wait, at: 0, to: person, odds: odds)
                #expect(stated.low <= stated.expected && stated.expected <= stated.high)
                // Each half is judged when it has been learned for a while.
                if number % (count / 2) > count / 4 {
                    let half = isLater ? "later" : "before"
                    for group in ["\(person.standing)", "\(person.hour)", person.service] {
                        held["\(odds) \(group) \(half)", default: []].append(stated.holds(actual) ? 1 : 0)
                    }
                }
                calibration.learn(stated, for: person, odds: odds, actual: actual)
            }
        }
        #expect(held.count == 2 * 2 * 15)
        for (group, hits) in held {
            let share = hits.reduce(0, +) / Double(hits.count)
            let claimed = group.hasPrefix("eighty") ? 0.8 : 0.9
            #expect(abs(share - claimed) < 0.055, "\(group): \(share) of \(hits.count)")
        }
    }

    @Test func `The middle loses its bias`() {
        var draw = RandomSequence(seed: 4)
        var calibration = WaitCalibration()
        var errors: [Double] = []
        for number in 0..<6000 {
            let person = person(number)
            let level = 600 + 900 * draw.unit()
            let stated = calibration.state(sampled(level, &draw), at: 0, to: person)
            let actual = level + 100 + 120 * draw.normal()
            if number >= 4000 { errors.append(stated.expected - actual) }
            calibration.learn(stated, for: person, actual: actual)
        }
        #expect(abs(errors.reduce(0, +) / Double(errors.count)) < 15)
    }

    @Test func `What a ticket keeps is enough to learn from, a day at a time`() {
        var draw = RandomSequence(seed: 7)
        var calibration = WaitCalibration()
        var held: [Double] = []
        for day in 0..<60 {
            let evening = calibration
            for number in 0..<200 {
                let person = person(number)
                let level = 600 + 900 * draw.unit()
                let stated = evening.state(sampled(level, &draw), at: 0, to: person)
                let actual = (level + 60 + 200 * draw.normal()).rounded()
                if day >= 30 { held.append(stated.holds(actual) ? 1 : 0) }
                calibration.learn(
                    low: stated.low, expected: stated.expected, high: stated.high, for: person, actual: actual)
            }
        }
        let share = held.reduce(0, +) / Double(held.count)
        #expect((0.77...0.83).contains(share))
    }

    /// Three quarters are called at once: an interval from zero is never missed below, so its upper end has all the odds.
    @Test func `Where many waits are zero the interval starts there, and claims no more than it holds`() {
        var draw = RandomSequence(seed: 5)
        var calibration = WaitCalibration()
        var held = 0.0
        var claimed = 0.0
        let count = 4000
        func wait(_ draw: inout RandomSequence) -> Double { draw.unit() < 0.75 ? 0 : 60 + 600 * draw.unit() }
        for number in 0..<count {
            let distribution = WaitDistribution(calls: (0..<60).map { _ in Int32(1000 + wait(&draw)) })
            let stated = calibration.state(distribution, at: 1000, to: person(number))
            let actual = wait(&draw).rounded()
            #expect(stated.low == 0)
            #expect(stated.below == 0)
            held += stated.holds(actual) ? 1 : 0
            claimed += 1 - stated.below - stated.above
            calibration.learn(stated, for: person(number), actual: actual)
        }
        #expect(abs(held - claimed) / Double(count) < 0.02)
        #expect(claimed / Double(count) < 0.84)
    }

    @Test func `The state is small whatever is learned, and reads back as the same state`() throws {
        var draw = RandomSequence(seed: 6)
        var calibration = WaitCalibration()
        for number in 0..<20_000 {
            let person = Case(
                standing: .walkIn, hour: number % 24, service: "service-\(Int(draw.unit() * 300))")
            let stated = calibration.state(sampled(900, &draw), at: 0, to: person)
            calibration.learn(stated, for: person, actual: 900 + 400 * draw.normal())
        }
        let data = try JSONEncoder().encode(calibration)
        #expect(data.count < 6000)
        var again = try JSONDecoder().decode(WaitCalibration.self, from: data)
        #expect(again == calibration)
        // And goes on as the same.
        let stated = calibration.state(sampled(900, &draw), at: 0, to: person(1))
        calibration.learn(stated, for: person(1), actual: 5000)
        again.learn(stated, for: person(1), actual: 5000)
        #expect(again == calibration)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(WaitCalibration.self, from: Data(#"{"c0":[1,2]}"#.utf8))
        }
    }

    @Test func `Beyond the last sample the tail goes on`() {
        let wait = WaitDistribution(calls: (1...60).map { Int32($0 * 10) })
        #expect(wait.quantile(0.5) == 305)
        #expect(wait.quantile(60.0 / 61) == 600)
        #expect(wait.quantile(0.995) > 610)
        #expect(wait.quantile(0.999) > wait.quantile(0.995))
        #expect(wait.share(before: 100) == 9.0 / 60)
        #expect(abs(wait.spread - 150) < 1)
    }
}
