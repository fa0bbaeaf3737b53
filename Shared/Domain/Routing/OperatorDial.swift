/// A dial of the engine that whoever runs a hall may set: what it does, in which unit, and how far it goes.
package enum OperatorDial: String, Sendable, Hashable, CaseIterable, CodingKey {
    case gamma, guardFactor, guardMinutes, appointmentStrictness, priorityStrictness, punctuality, flexibility
    case lookAhead, lookAheadSamples, clerkMinutePrice

    /// What may be set; `nil` of a switch.
    package var range: ClosedRange<Double>? {
        switch self {
        case .gamma: 0...2
        case .guardFactor: 0...5
        case .guardMinutes: 0...240
        case .appointmentStrictness, .priorityStrictness: 0.1...10
        case .punctuality: 0...1000
        case .flexibility: 0...1
        case .lookAhead: nil
        case .lookAheadSamples: 0...200
        case .clerkMinutePrice: 1...200
        }
    }

    /// In plain words, for those who set it.
    package var explanation: String {
        switch self {
        case .gamma:
            "How much short services go first (no unit): 0 not at all, 1 as much as keeps the sum of all waits least."
        case .guardFactor:
            "How much longer than first come, first served a walk-in may be let wait (a factor): 1 no longer."
        case .guardMinutes:
            "How many minutes a walk-in may be let wait beyond that. Afterwards nobody passes who came in time."
        case .appointmentStrictness:
            "How much booked people press, as a multiple of the default: above 1 more of them are called in time."
        case .priorityStrictness:
            "How much priority groups press, as a multiple of the default: above 1 they wait less, and others more."
        case .punctuality:
            "How much a late call of a booked person counts (as cost of waiting; 10 minutes of a walk-in are 12.5): 0 nothing."
        case .flexibility:
            "How far windows of many skills are spared for those whom only they serve (a share): 0 not at all."
        case .lookAhead:
            "Whether the next minutes are tried out on sampled futures before somebody is called."
        case .lookAheadSamples:
            "On how many sampled futures a call is tried out at most: 0 on none."
        case .clerkMinutePrice:
            "How much waiting a minute of a clerk must save before it is advised to open a window (minutes of somebody who has just come; after 20 minutes each counts twice, after an hour four times): lower for more advice."
        }
    }
}

extension RoutingDials {
    /// A dial that is set to what it cannot be.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package var dial: OperatorDial
        package var value: Double
        package var range: ClosedRange<Double>

        /// For those who set it, without the dial's name.
        package var explanation: String {
            "is \(value), and must be from \(range.lowerBound) to \(range.upperBound). \(dial.explanation)"
        }

        package var description: String { "\(dial.rawValue) \(explanation)" }
    }

    /// What of the operator's dials is out of range; empty when all is well.
    package func problems() -> [Problem] {
        OperatorDial.allCases.compactMap { dial in
            guard let range = dial.range, !range.contains(self[dial]) else { return nil }
            return Problem(dial: dial, value: self[dial], range: range)
        }
    }

    /// The dial's value; of a switch 0 or 1.
    package subscript(_ dial: OperatorDial) -> Double {
        switch dial {
        case .gamma: gamma
        case .guardFactor: guardFactor
        case .guardMinutes: guardMinutes
        case .appointmentStrictness: appointmentStrictness
        case .priorityStrictness: priorityStrictness
        case .punctuality: punctuality
        case .flexibility: flexibility
        case .lookAhead: lookAhead.isOn ? 1 : 0
        case .lookAheadSamples: Double(lookAhead.samples)
        case .clerkMinutePrice: clerkMinutePrice
        }
    }
}

/// Only the operator's dials are written and read; what is not given keeps its default.
extension RoutingDials: Codable {
    package init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: OperatorDial.self)
        func read<Value: Decodable>(_ dial: OperatorDial, _ value: inout Value) throws {
            value = try container.decodeIfPresent(Value.self, forKey: dial) ?? value
        }
        try read(.gamma, &gamma)
        try read(.guardFactor, &guardFactor)
        try read(.guardMinutes, &guardMinutes)
        try read(.appointmentStrictness, &appointmentStrictness)
        try read(.priorityStrictness, &priorityStrictness)
        try read(.punctuality, &punctuality)
        try read(.flexibility, &flexibility)
        try read(.lookAhead, &lookAhead.isOn)
        try read(.lookAheadSamples, &lookAhead.samples)
        try read(.clerkMinutePrice, &clerkMinutePrice)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: OperatorDial.self)
        for dial in OperatorDial.allCases where dial.range != nil && dial != .lookAheadSamples {
            try container.encode(self[dial], forKey: dial)
        }
        try container.encode(lookAhead.isOn, forKey: .lookAhead)
        try container.encode(lookAhead.samples, forKey: .lookAheadSamples)
    }
}
