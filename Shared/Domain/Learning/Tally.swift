/// Number, mean and spread of what was seen, the older the less: a weighted running mean (West 1979).
package struct Tally: Sendable, Hashable {
    package private(set) var weight = 0.0
    package private(set) var mean = 0.0
    /// Sum of the weighted squared deviations from the mean.
    package private(set) var squares = 0.0

    package init() {}

    mutating func add(_ value: Double) {
        weight += 1
        let step = value - mean
        mean += step / weight
        squares += step * (value - mean)
    }

    /// What was seen until now counts less from now on.
    mutating func fade(by factor: Double) {
        weight *= factor
        squares *= factor
    }

    /// Ten-thousandths are enough.
    mutating func round() {
        weight = weight.inTenThousandths
        mean = mean.inTenThousandths
        squares = squares.inTenThousandths
    }

    /// The mean drawn towards a belief that is worth `strength` observations.
    package func mean(towards belief: Double, strength: Double) -> Double {
        (weight * mean + strength * belief) / (weight + strength)
    }

    /// The variance drawn towards a belief that is worth `strength` observations.
    package func variance(towards belief: Double, strength: Double) -> Double {
        (squares + strength * belief) / (weight + strength)
    }

    private enum CodingKeys: String, CodingKey {
        case weight = "n"
        case mean = "m"
        case squares = "q"
    }
}

/// Short, because a hall has one for each clerk and service: number, mean, squares.
extension Tally: Codable {
    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        weight = try container.decode(Double.self)
        mean = try container.decode(Double.self)
        squares = try container.decode(Double.self)
        guard weight >= 0, squares >= 0 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "weight or squares below 0")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(weight)
        try container.encode(mean)
        try container.encode(squares)
    }
}

extension Double {
    var inTenThousandths: Double { (self * 10_000).rounded() / 10_000 }
}
