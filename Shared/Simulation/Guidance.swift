/// What tells the walk-ins of a city where to go.
package enum Guidance: String, Sendable, Hashable, CaseIterable, Encodable {
    /// Nothing: everybody goes to the nearest hall.
    case nearest
    /// The displayed number of people waiting: to where fewest wait, of these to the nearest.
    case queue
    /// The way, and the displayed number of people waiting × mean service ÷ windows.
    case estimate
    /// The forecast for the moment of arrival.
    case forecast
}
